(* gf16-oracle: one request a line on standard input, one answer a line on standard output.
   The arithmetic is in reference.ml, which Coq extracts from GoldenFloat/Oracle.v. *)

open Requests

module R = Reference

let usage = {|usage: gf16-oracle < REQUESTS, or gf16-oracle REQUEST
A request is an operation and its operands; codes and bits are hexadecimal.
  add sub mul div rem fmod cmp   A B     two codes
  fma                            A B C   A B + C, rounded once
  sqrt rint neg abs up down key  A       one code
  to32 to64                      A       bits of binary32, binary64
  from32 from64                  BITS    the code nearest to a binary32, binary64
  dyadic                         M E     the code nearest to M 2^E (decimal integers)
  stoch32 stoch64                K U BITS  rounded with the K random bits U (decimal)
  dot                            A B A B ...  the exact sum of products, rounded once
  unary-all OP                           OP of the codes 0000 to FFFF, a line each
  binary-all OP                  A       OP of A and the codes 0000 to FFFF
An operation that rounds takes a mode: add.zr. The modes are
  ne nearest even (default), zr toward zero, dn down, up up, na nearest, ties away.
rem is x - n y with n nearest even, fmod with n toward zero; both are exact.
cmp prints -1 less, 0 equal, 1 greater, 2 unordered; key is a signed number in
the order of the values. A NaN result prints as 7F00.|}

let hexadecimal text =
  try Z.of_string ("0x" ^ text) with _ -> bad "'%s' is not hexadecimal" text

let below bits text =
  let n = hexadecimal text in
  if Z.sign n < 0 || Z.numbits n > bits then bad "'%s' has more than %d bits" text bits else n

let code = below 16

let decimal text =
  try Z.of_string text with _ -> bad "'%s' is not an integer" text

(* Exponents and bit counts become shifts: keep them small enough for memory. *)
let small text =
  let n = decimal text in
  if Z.geq (Z.abs n) (Z.of_int 100_000) then bad "%s is out of range" text else n

let mode = function
  | "ne" -> R.Mode_NE
  | "zr" -> R.Mode_ZR
  | "dn" -> R.Mode_DN
  | "up" -> R.Mode_UP
  | "na" -> R.Mode_NA
  | other -> bad "there is no rounding mode '%s'" other

let hex digits n = Z.format (Printf.sprintf "%%0%dX" digits) n
let show_code n = Printf.sprintf "%04X" (Z.to_int n)

let exact operation = fun _ -> operation

let unary = function
  | "sqrt" -> R.gf16_square_root, show_code
  | "rint" -> R.gf16_round_to_integral, show_code
  | "neg" -> exact R.gf16_negate, show_code
  | "abs" -> exact R.gf16_absolute, show_code
  | "up" -> exact R.gf16_next_up, show_code
  | "down" -> exact R.gf16_next_down, show_code
  | "to32" -> exact R.gf16_to_binary32_bits, hex 8
  | "to64" -> exact R.gf16_to_binary64_bits, hex 16
  | "key" -> exact R.order_key, Z.to_string
  | other -> bad "there is no operation '%s' of one code" other

let binary = function
  | "add" -> R.gf16_add, show_code
  | "sub" -> R.gf16_subtract, show_code
  | "mul" -> R.gf16_multiply, show_code
  | "div" -> R.gf16_divide, show_code
  | "rem" -> exact (R.gf16_remainder R.Mode_NE), show_code
  | "fmod" -> exact (R.gf16_remainder R.Mode_ZR), show_code
  | "cmp" -> exact R.gf16_compare, Z.to_string
  | other -> bad "there is no operation '%s' of two codes" other

let every_code f =
  String.concat "\n" (List.init 65536 (fun n -> f (Z.of_int n)))

let split_mode operation =
  match String.index_opt operation '.' with
  | None -> operation, R.Mode_NE
  | Some dot ->
    String.sub operation 0 dot,
    mode (String.sub operation (dot + 1) (String.length operation - dot - 1))

let random_bits k u =
  let k = small k and u = decimal u in
  if Z.sign k < 0 || Z.sign u < 0 || Z.numbits u > Z.to_int k
  then bad "%s is not a number of %s bits" (Z.to_string u) (Z.to_string k)
  else k, u

let answer words =
  match words with
  | [] -> bad "there is no operation"
  | [ "unary-all"; operation ] ->
    let name, md = split_mode operation in
    let f, show = unary name in
    every_code (fun n -> show (f md n))
  | [ "binary-all"; operation; a ] ->
    let name, md = split_mode operation in
    let f, show = binary name in
    let a = code a in
    every_code (fun n -> show (f md a n))
  | operation :: operands ->
    let name, md = split_mode operation in
    match name, operands with
    | "from32", [ bits ] -> show_code (R.gf16_from_binary32 md (below 32 bits))
    | "from64", [ bits ] -> show_code (R.gf16_from_binary64 md (below 64 bits))
    | "dyadic", [ m; e ] -> show_code (R.gf16_from_dyadic md (decimal m) (small e))
    | "stoch32", [ k; u; bits ] ->
      let k, u = random_bits k u in
      show_code (R.gf16_stochastic_binary32 k u (below 32 bits))
    | "stoch64", [ k; u; bits ] ->
      let k, u = random_bits k u in
      show_code (R.gf16_stochastic_binary64 k u (below 64 bits))
    | "dot", codes ->
      if List.length codes mod 2 <> 0 then bad "dot takes pairs of codes";
      show_code (R.gf16_dot_product (List.map code codes))
    | "fma", [ a; b; c ] ->
      show_code (R.gf16_fused_multiply_add md (code a) (code b) (code c))
    | _, [ a ] -> let f, show = unary name in show (f md (code a))
    | _, [ a; b ] -> let f, show = binary name in show (f md (code a) (code b))
    | _ -> bad "'%s' does not take %d operands" name (List.length operands)

let () = serve "gf16-oracle" "operations" usage answer
