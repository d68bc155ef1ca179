(** * Fused multiply-add through a wider format

    [fma_binary32_wrong]   through binary32 it is wrong: a triple of codes
    [fma_binary64_wrong]   through binary64 it is wrong: a triple of codes
    [odd_double_round]     rounding to odd in between is innocuous, for every real:
                           in any format of 12 bits or more that starts at 2^-41 or
                           below; binary32 and binary64 are such
    [fma_correct]          Flocq's [Bfma] is the single rounding of x y + z *)

From Coq Require Import ZArith Reals Bool Lia Lra.
From Flocq Require Import Core BinarySingleNaN Round_odd.
From GoldenFloat Require Import Format Convert.
Open Scope Z_scope.

Definition fma (x y z : gf16) : gf16 := Bfma mode_NE x y z.
Definition fma_via_binary32 (x y z : gf16) : gf16 :=
  of_binary32 (Bfma mode_NE (to_binary32 x) (to_binary32 y) (to_binary32 z)).
Definition fma_via_binary64 (x y z : gf16) : gf16 :=
  of_binary64 (Bfma mode_NE (to_binary64 x) (to_binary64 y) (to_binary64 z)).

(** 1.001953125 * 1.5 - 2^-30 *)
Theorem fma_binary32_wrong :
  let x := of_code 0x3E01 in let y := of_code 0x3F00 in let z := of_code 0x8200 in
  code (fma x y z) = 0x3F01 /\ code (fma_via_binary32 x y z) = 0x3F02.
Proof. now vm_compute. Qed.

(** 32832 * 49152 - 2^-30 *)
Theorem fma_binary64_wrong :
  let x := of_code 0x5C01 in let y := of_code 0x5D00 in let z := of_code 0x8200 in
  code (fma x y z) = 0x7B01 /\ code (fma_via_binary64 x y z) = 0x7B02.
Proof. now vm_compute. Qed.

Theorem fma_operands :
  B2R (of_code 0x3E01) = 1.001953125%R /\ B2R (of_code 0x3F00) = 1.5%R
  /\ B2R (of_code 0x5C01) = 32832%R /\ B2R (of_code 0x5D00) = 49152%R
  /\ B2R (of_code 0x8200) = (- bpow radix2 (-30))%R.
Proof. repeat split; value_of_code. Qed.

Open Scope R_scope.

Theorem fma_correct (x y z : gf16) :
  is_finite x = true -> is_finite y = true -> is_finite z = true ->
  let exact := B2R x * B2R y + B2R z in
  if Rlt_bool (Rabs (gf16_round exact)) (bpow radix2 32)
  then B2R (fma x y z) = gf16_round exact /\ is_finite (fma x y z) = true
  else B2SF (fma x y z) = SpecFloat.S754_infinity (Rlt_bool exact 0).
Proof.
  intros x_fin y_fin z_fin exact.
  pose proof (Bfma_correct 10 32 _ _ mode_NE x y z x_fin y_fin z_fin) as correct.
  cbv zeta in correct; fold exact in correct; simpl round_mode in correct.
  change (SpecFloat.fexp 10 32) with gf16_exp in correct.
  destruct (Rlt_bool _ _); [|exact correct].
  now destruct correct as (value & finite & _).
Qed.

Theorem odd_double_round (emin prec : Z) (z : R) :
  Prec_gt_0 prec -> (emin <= -41)%Z -> (12 <= prec)%Z ->
  gf16_round (round radix2 (FLT_exp emin prec) Zrnd_odd z) = gf16_round z.
Proof.
  intros prec_gt_0 emin_le prec_ge.
  assert (Exists_NE radix2 (FLT_exp emin prec)) by (apply exists_NE_FLT; lia).
  apply round_N_odd; try typeclasses eauto; try reflexivity.
  intro e; unfold FLT_exp; lia.
Qed.

Corollary odd_double_round_binary64 (z : R) :
  gf16_round (round radix2 binary64_exp Zrnd_odd z) = gf16_round z.
Proof. apply odd_double_round; [typeclasses eauto|lia|lia]. Qed.

Corollary odd_double_round_binary32 (z : R) :
  gf16_round (round radix2 binary32_exp Zrnd_odd z) = gf16_round z.
Proof. apply odd_double_round; [typeclasses eauto|lia|lia]. Qed.
