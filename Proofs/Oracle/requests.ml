(* What both oracles have in common: a request a line on standard input, an answer a line on standard
   output; or one request as arguments. *)

exception Bad of string

let bad format = Printf.ksprintf (fun text -> raise (Bad text)) format

let words line =
  List.filter (fun word -> word <> "") (String.split_on_char ' ' line)

let fail program what where text =
  flush stdout;
  Printf.eprintf "error: %s%s\n hint: %s --help lists the %s\n" where text program what;
  exit 65

(* Answers until the end of the input; ends with code 65 at the first request that is wrong. *)
let serve program what usage answer =
  let fail = fail program what in
  match List.tl (Array.to_list Sys.argv) with
  | [ "--help" ] -> print_endline usage
  | [] ->
    let number = ref 0 in
    (try
       while true do
         let line = input_line stdin in
         incr number;
         print_string (answer (words line));
         print_char '\n'
       done
     with
     | End_of_file -> ()
     | Bad text -> fail (Printf.sprintf "line %d: " !number) text)
  | request -> (try print_endline (answer request) with Bad text -> fail "" text)
