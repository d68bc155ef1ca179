(** * Integers

    [integer_exact]          every |n| <= 1024 is a number of the format
    [integer_code]           and has a code of that value
    [integer_1025_inexact]   1025 is not: the bound is tight
    [integer_1025_rounds]    it rounds to 1024
    [plus_integers], [minus_integers], [mult_integers]
                             a result of magnitude 1024 or less is exact *)

From Coq Require Import ZArith Reals Bool Lia Lra.
From Flocq Require Import Core BinarySingleNaN.
From GoldenFloat Require Import Format Round.
Open Scope Z_scope.

Theorem integer_exact n : Z.abs n <= 1024 -> generic_format radix2 gf16_exp (IZR n).
Proof.
  intro small; destruct (Z.eq_dec (Z.abs n) 1024) as [top|below].
  - assert (n = 1024 \/ n = -1024) as [-> | ->] by lia.
    + replace (IZR 1024) with (F2R (Float radix2 1 10)) by (unfold F2R; simpl; lra).
      apply generic_format_F2R'; lia.
    + replace (IZR (-1024)) with (F2R (Float radix2 (-1) 10)) by (unfold F2R; simpl; lra).
      apply generic_format_F2R'; lia.
  - replace (IZR n) with (F2R (Float radix2 n 0)) by (unfold F2R; simpl; lra).
    apply generic_format_F2R'; lia.
Qed.

Theorem integer_code n : Z.abs n <= 1024 ->
  exists c, 0 <= c < 65536 /\ B2R (of_code c) = IZR n.
Proof.
  intro small; exists (code (of_dyadic mode_NE n 0)); split; [apply code_range|].
  rewrite of_code_code.
  assert (value : F2R (Float radix2 n 0) = IZR n) by (unfold F2R; simpl; lra).
  pose proof (of_dyadic_correct mode_NE n 0) as correct; cbv zeta in correct.
  rewrite value, round_generic in correct by (typeclasses eauto || now apply integer_exact).
  rewrite Rlt_bool_true in correct; [apply correct|].
  rewrite <- abs_IZR; apply Rle_lt_trans with 1024%R; [now apply IZR_le|simpl; lra].
Qed.

Theorem integer_1025_inexact : ~ generic_format radix2 gf16_exp 1025.
Proof.
  unfold generic_format, scaled_mantissa, cexp.
  rewrite (mag_unique radix2 _ 11) by (rewrite Rabs_pos_eq; simpl; lra).
  unfold FLT_exp; change (Z.max (11 - 10) (-39)) with 1.
  replace (1025 * bpow radix2 (- (1)))%R with (IZR 512 + / 2)%R by (simpl; lra).
  replace (Ztrunc (IZR 512 + / 2)) with 512.
  - unfold F2R; simpl; lra.
  - rewrite Ztrunc_floor by lra; symmetry; apply Zfloor_imp; simpl; lra.
Qed.

Theorem integer_1025_rounds : B2R (of_dyadic mode_NE 1025 0) = 1024%R.
Proof.
  rewrite <- SF2R_B2SF.
  replace (B2SF (of_dyadic mode_NE 1025 0)) with (SpecFloat.S754_finite false 512 1)
    by (vm_compute; reflexivity).
  unfold SF2R, F2R; simpl; lra.
Qed.

Section Exact.

Variables (x y : gf16) (n m : Z).
Hypothesis x_finite : is_finite x = true.
Hypothesis y_finite : is_finite y = true.
Hypothesis x_value : B2R x = IZR n.
Hypothesis y_value : B2R y = IZR m.

Lemma integer_no_overflow k : Z.abs k <= 1024 ->
  Rlt_bool (Rabs (gf16_round (IZR k))) (bpow radix2 32) = true.
Proof.
  intro small; rewrite round_generic by (typeclasses eauto || now apply integer_exact).
  apply Rlt_bool_true; rewrite <- abs_IZR.
  apply Rle_lt_trans with 1024%R; [now apply IZR_le|simpl; lra].
Qed.

Theorem plus_integers : Z.abs (n + m) <= 1024 ->
  B2R (Bplus mode_NE x y) = IZR (n + m).
Proof.
  intro small.
  pose proof (Bplus_correct 10 32 _ _ mode_NE x y x_finite y_finite) as correct.
  change (SpecFloat.fexp 10 32) with gf16_exp in correct; simpl round_mode in correct.
  rewrite x_value, y_value, <- plus_IZR, integer_no_overflow in correct by exact small.
  rewrite round_generic in correct by (typeclasses eauto || now apply integer_exact).
  apply correct.
Qed.

Theorem minus_integers : Z.abs (n - m) <= 1024 ->
  B2R (Bminus mode_NE x y) = IZR (n - m).
Proof.
  intro small.
  pose proof (Bminus_correct 10 32 _ _ mode_NE x y x_finite y_finite) as correct.
  change (SpecFloat.fexp 10 32) with gf16_exp in correct; simpl round_mode in correct.
  rewrite x_value, y_value, <- minus_IZR, integer_no_overflow in correct by exact small.
  rewrite round_generic in correct by (typeclasses eauto || now apply integer_exact).
  apply correct.
Qed.

Theorem mult_integers : Z.abs (n * m) <= 1024 ->
  B2R (Bmult mode_NE x y) = IZR (n * m).
Proof.
  intro small.
  pose proof (Bmult_correct 10 32 _ _ mode_NE x y) as correct.
  change (SpecFloat.fexp 10 32) with gf16_exp in correct; simpl round_mode in correct.
  rewrite x_value, y_value, <- mult_IZR, integer_no_overflow in correct by exact small.
  rewrite round_generic in correct by (typeclasses eauto || now apply integer_exact).
  apply correct.
Qed.

End Exact.
