(** Extraction of the executable definitions to OCaml; Z becomes Zarith's integers, nat OCaml's. *)

From Coq Require Import Extraction ExtrOcamlBasic ExtrOcamlNatInt ExtrOcamlZBigInt
  ExtrOcamlNativeString QArith.
From Igla Require Victory Rungs Lucas Entropy Coder Scheduler Lease Constants.

Extraction "igla_rules.ml" Victory.judge Rungs.ladder Lucas.lucas Entropy.penaltyQ
  Entropy.penalty_slopeQ Coder.encode Coder.decode Scheduler.allows Qred Constants.constants.

Extraction "igla_scheduler.ml" Scheduler.initial Scheduler.step Scheduler.next_promotion
  Scheduler.rank Scheduler.reported Scheduler.at_rung.

Extraction "igla_lease.ml" Lease.initial Lease.step.
