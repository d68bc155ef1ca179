(* igla-oracle: one request a line on standard input, one answer a line on standard output.
   The rules are in igla_rules.ml, igla_scheduler.ml and igla_lease.ml, which Coq extracts from Igla. *)

open Requests

module R = Igla_rules
module S = Igla_scheduler
module L = Igla_lease

let usage = {|usage: igla-oracle < REQUESTS, or igla-oracle REQUEST
Numbers are integers; a rational number is written 3, 3/2 or 1.5, and nan stands for no finite number.
  lucas N                        the N-th Lucas number, N up to 10000
  ladder UNIT ETA COUNT          the steps of the rungs, or refused
  promotion ETA DELAYED RANK REPORTED NEXT
                                 yes or no; DELAYED is 0 or 1
  victory STEPS TARGET K SEED:STEPS:SCORE ...
                                 passed, no-seed-variation, failed or invalid
  penalty LOW HIGH H             the penalty of an entropy of H bits, and its slope
  encode SYMBOLS S ...           bytes in hexadecimal: SYMBOLS symbols, from 0, each predicted by how
                                 often it came before, plus 1, with intervals of 6 to 7 bytes
  decode SYMBOLS COUNT BYTES     back again; of other bytes what they decode to, up to a symbol
                                 that there is not, which is impossible
  encode-tables TABLE:SYMBOL ... each symbol with its table of frequencies, F,F,..., that sum to at
  decode-tables BYTES TABLE ...    most 2^48
  constants                      NAME VALUE MEANING of each, with ; between; a whole number or N/D
Two machines keep their state from one line to the next. A score is an integer in any unit, or nan.
  scheduler new ETA DELAYED TOP CUT AFTER
  scheduler start T RUNG         the answer to an event is ok or refused, the trial's status, and the
  scheduler report T SCORE STEPS   trial that is promoted next, or -
  scheduler lose|resume|give-up|promote|withdraw T
  scheduler drain T RUNG
  scheduler rank T RUNG          rank and number of results
  lease new SECONDS TRIALS STEPS RUNG ...   a limit of - is none; RUNG is a number of steps
  lease add T RUNG               the answer is ok or refused, the trial's phase (waiting RUNG,
  lease claim T WORKER NOW RUNG    held WORKER TOKEN EXPIRY RUNG, parked RUNG, resting RUNG, ended
  lease heartbeat T TOKEN NOW      or -), its steps, then last token, trials started, steps used,
  lease checkpoint T TOKEN STEP NOW  steps reserved, results
  lease report T TOKEN RUNG STEP ENDS    ENDS is 0 or 1
  lease release T TOKEN STEP
  lease fail T TOKEN
  lease reclaim|give-up|stop T|}

let integer text =
  try Z.of_string text with _ -> bad "'%s' is not an integer" text

(* What becomes a length or an index. *)
let small text =
  match int_of_string_opt text with
  | Some n when 0 <= n && n <= 10_000 -> n
  | _ -> bad "'%s' is not a number from 0 to 10000" text

let flag = function
  | "0" -> false
  | "1" -> true
  | other -> bad "'%s' is neither 0 nor 1" other

let rational text =
  let value = try Q.of_string text with _ -> bad "'%s' is not a rational number" text in
  if Z.sign (Q.den value) <= 0 then bad "'%s' is not a rational number" text;
  { R.qnum = Q.num value; qden = Q.den value }

let finite parse = function
  | "nan" -> None
  | text -> Some (parse text)

let limit parse = function
  | "-" -> None
  | text -> Some (parse text)

let show_rational q =
  let q = R.qred q in
  if Z.equal q.R.qden Z.one then Z.to_string q.R.qnum
  else Z.to_string q.R.qnum ^ "/" ^ Z.to_string q.R.qden

let numbers list = String.concat " " (List.map Z.to_string list)

let run_of text =
  match String.split_on_char ':' text with
  | [ seed; steps; score ] ->
    { R.seed = integer seed; steps = integer steps; score = finite rational score }
  | _ -> bad "'%s' is not SEED:STEPS:SCORE" text

let verdict = function
  | Some R.Passed -> "passed"
  | Some R.No_seed_variation -> "no-seed-variation"
  | Some R.Failed -> "failed"
  | None -> "invalid"

(* The symbols that a code has decoded to, latest first, the first of them beyond the alphabet. *)
exception Impossible of int list

(* The predictor of encode and decode: how often each symbol came, plus 1. *)
let counting symbols past =
  let counts = Array.make symbols 1 in
  (match past with
   | latest :: _ when latest >= symbols -> raise (Impossible past)
   | _ -> ());
  List.iter (fun s -> counts.(s) <- counts.(s) + 1) past;
  Array.to_list (Array.map Z.of_int counts)

(* The predictor of encode-tables and decode-tables: a table a symbol, given beforehand. *)
let tabled tables past =
  (match past with
   | latest :: rest when latest >= List.length tables.(List.length rest) -> raise (Impossible past)
   | _ -> ());
  tables.(List.length past)

(* Nothing is decoded after a symbol that a table lacks: no text has such a code. *)
let decoded predict sizes code count =
  let text = try R.decode 6 predict code count with Impossible past -> List.rev past in
  String.concat " "
    (List.mapi (fun i s -> if s >= sizes i then "impossible" else string_of_int s) text)

let table text =
  let table = List.map integer (String.split_on_char ',' text) in
  if List.exists (fun f -> Z.sign f < 0) table then bad "'%s' has a negative frequency" text;
  let sum = List.fold_left Z.add Z.zero table in
  if Z.sign sum = 0 || Z.gt sum (Z.shift_left Z.one 48) then
    bad "'%s' sums to %s, not to 1 to 2^48" text (Z.to_string sum);
  table

let tabled_symbol text =
  match String.split_on_char ':' text with
  | [ frequencies; s ] ->
    let frequencies = table frequencies and s = small s in
    if s >= List.length frequencies || Z.sign (List.nth frequencies s) = 0 then
      bad "'%s': the symbol has no share" text;
    frequencies, s
  | _ -> bad "'%s' is not TABLE:SYMBOL" text

let alphabet text =
  let n = small text in
  if n = 0 || n > 256 then bad "an alphabet has 1 to 256 symbols, not %d" n else n

let symbol alphabet text =
  let s = small text in
  if s >= alphabet then bad "there is no symbol %d" s else s

let show_bytes code =
  String.concat "" (List.map (fun b -> Printf.sprintf "%02X" (Z.to_int b)) code)

let bytes text =
  if String.length text mod 2 <> 0 then bad "'%s' is not a number of bytes" text;
  List.init (String.length text / 2) (fun i ->
    let pair = String.sub text (2 * i) 2 in
    try Z.of_string ("0x" ^ pair) with _ -> bad "'%s' is not hexadecimal" pair)

let constant ((name, value), meaning) =
  let shown =
    match value with
    | R.Whole n -> Z.to_string n
    | R.Real { R.qnum; qden } -> Z.to_string qnum ^ "/" ^ Z.to_string qden in
  String.concat " " [ name; shown; meaning ]

let find trial list =
  List.find_map (fun (t, row) -> if Z.equal t trial then Some row else None) list

(* The scheduler *)

let scheduler = ref None

let status = function
  | None -> "-"
  | Some (S.Running r) -> Printf.sprintf "running %d" r
  | Some (S.Suspended r) -> Printf.sprintf "suspended %d" r
  | Some (S.Paused r) -> Printf.sprintf "paused %d" r
  | Some S.Completed -> "completed"
  | Some (S.Stopped (r, S.Diverged)) -> Printf.sprintf "diverged %d" r
  | Some (S.Stopped (r, S.Cut)) -> Printf.sprintf "cut %d" r
  | Some (S.Given_up r) -> Printf.sprintf "given-up %d" r
  | Some S.Withdrawn -> "withdrawn"

let schedule words =
  match words with
  | [ "new"; eta; delayed; top; cut; after ] ->
    let eta = integer eta in
    if Z.sign eta <= 0 then bad "eta is %s" (Z.to_string eta);
    scheduler := Some (
      { S.eta; delayed = flag delayed; top = small top; cut = integer cut; cut_after = integer after },
      S.initial);
    "ok"
  | _ ->
    let settings, state =
      match !scheduler with
      | Some both -> both
      | None -> bad "there is no scheduler; say: scheduler new" in
    let event trial event =
      let word, state =
        match S.step settings state event with
        | Some next -> scheduler := Some (settings, next); "ok", next
        | None -> "refused", state in
      let next =
        match S.next_promotion settings state with
        | Some t -> Z.to_string t
        | None -> "-" in
      Printf.sprintf "%s %s %s" word (status (find trial state.S.table)) next in
    match words with
    | [ "start"; t; r ] -> let t = integer t in event t (S.Start (t, small r))
    | [ "report"; t; score; steps ] ->
      let t = integer t in
      event t (S.Report (t, finite integer score, integer steps))
    | [ "lose"; t ] -> let t = integer t in event t (S.Lose t)
    | [ "resume"; t ] -> let t = integer t in event t (S.Resume t)
    | [ "give-up"; t ] -> let t = integer t in event t (S.Give_up t)
    | [ "promote"; t ] -> let t = integer t in event t (S.Promote t)
    | [ "withdraw"; t ] -> let t = integer t in event t (S.Withdraw t)
    | [ "drain"; t; r ] -> let t = integer t in event t (S.Drain (t, small r))
    | [ "rank"; t; r ] ->
      let t = integer t and r = small r in
      (match List.find_opt (fun x -> Z.equal x.S.trial t) (S.at_rung r state) with
       | Some x -> numbers [ S.rank x r state; S.reported r state ]
       | None -> bad "trial %s has no result at rung %d" (Z.to_string t) r)
    | _ -> bad "there is no such event of the scheduler"

(* Leases *)

let leases = ref None

let phase = function
  | None -> "- 0"
  | Some { L.standing; charged } ->
    let where =
      match standing with
      | L.Waiting r -> Printf.sprintf "waiting %d" r
      | L.Held (worker, token, expiry, r) -> Printf.sprintf "held %s %d" (numbers [ worker; token; expiry ]) r
      | L.Parked r -> Printf.sprintf "parked %d" r
      | L.Resting r -> Printf.sprintf "resting %d" r
      | L.Ended -> "ended" in
    where ^ " " ^ Z.to_string charged

let lease words =
  match words with
  | "new" :: seconds :: trials :: steps :: (_ :: _ as rungs) ->
    leases := Some (
      { L.rungs = List.map integer rungs; lease = integer seconds;
        trial_limit = limit integer trials; step_limit = limit integer steps },
      L.initial);
    "ok"
  | _ ->
    let settings, state =
      match !leases with
      | Some both -> both
      | None -> bad "there are no leases; say: lease new" in
    let trial, event =
      match words with
      | [ "add"; t; r ] -> t, L.Add (integer t, small r)
      | [ "claim"; t; worker; now; r ] -> t, L.Claim (integer t, integer worker, integer now, small r)
      | [ "heartbeat"; t; token; now ] -> t, L.Heartbeat (integer t, integer token, integer now)
      | [ "checkpoint"; t; token; step; now ] ->
        t, L.Checkpoint (integer t, integer token, integer step, integer now)
      | [ "report"; t; token; r; step; ends ] ->
        t, L.Report (integer t, integer token, small r, integer step, flag ends)
      | [ "release"; t; token; step ] -> t, L.Release (integer t, integer token, integer step)
      | [ "fail"; t; token ] -> t, L.Fail (integer t, integer token)
      | [ "reclaim"; t ] -> t, L.Reclaim (integer t)
      | [ "give-up"; t ] -> t, L.Give_up (integer t)
      | [ "stop"; t ] -> t, L.Stop (integer t)
      | _ -> bad "there is no such event of a lease" in
    let word, state =
      match L.step settings state event with
      | Some next -> leases := Some (settings, next); "ok", next
      | None -> "refused", state in
    Printf.sprintf "%s %s %s %d" word (phase (find (integer trial) state.L.trials))
      (numbers [ state.L.last_token; state.L.started; state.L.used; state.L.reserved ])
      (List.length state.L.recorded)

let answer words =
  match words with
  | [] -> bad "there is no request"
  | [ "lucas"; n ] -> Z.to_string (R.lucas (small n))
  | [ "ladder"; unit; eta; count ] ->
    (match R.ladder (integer unit) (integer eta) (integer count) with
     | Some steps -> numbers steps
     | None -> "refused")
  | [ "promotion"; eta; delayed; rank; reported; next ] ->
    if R.allows (integer eta) (flag delayed) (integer rank) (integer reported) (integer next)
    then "yes" else "no"
  | "victory" :: steps :: target :: k :: runs ->
    verdict (R.judge (integer steps) (rational target) (integer k) (List.map run_of runs))
  | [ "penalty"; low; high; h ] ->
    let low = rational low and high = rational high and h = rational h in
    show_rational (R.penaltyQ low high h) ^ " " ^ show_rational (R.penalty_slopeQ low high h)
  | "encode" :: n :: symbols ->
    let n = alphabet n in
    show_bytes (R.encode 6 (counting n) (List.map (symbol n) symbols))
  | [ "decode"; n; count; code ] ->
    let n = alphabet n in
    decoded (counting n) (fun _ -> n) (bytes code) (small count)
  | "encode-tables" :: rest ->
    let pairs = List.map tabled_symbol rest in
    let tables = Array.of_list (List.map fst pairs @ [ [] ]) in
    show_bytes (R.encode 6 (tabled tables) (List.map snd pairs))
  | "decode-tables" :: code :: rest ->
    let tables = Array.of_list (List.map table rest @ [ [] ]) in
    decoded (tabled tables) (fun i -> List.length tables.(i)) (bytes code) (List.length rest)
  | [ "constants" ] -> String.concat ";" (List.map constant R.constants)
  | "scheduler" :: rest -> schedule rest
  | "lease" :: rest -> lease rest
  | request :: _ -> bad "there is no request '%s', or not with these operands" request

let () = serve "igla-oracle" "requests" usage answer
