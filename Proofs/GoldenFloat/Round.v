(** * Rounding a real to GF16

    [round_nearest_even]       the nearest number of the format, ties to even
    [round_relative_error]     at most 2^-10 |x| from 2^-30 on
    [round_absolute_error]     at most 2^-40 up to 2^-29
    [round_overflow]           overflow is at (2 - 2^-10) 2^31 = 4,292,870,144
    [of_dyadic_correct]        [of_dyadic] is that rounding, in every mode
    [round_half_ulp_witness]   the bound 2^-10 is met but for the factor 1 + 2^-10 *)

From Coq Require Import ZArith Reals Bool Lia Lra.
From Flocq Require Import Core BinarySingleNaN Relative.
From GoldenFloat Require Import Format.
Open Scope R_scope.

Theorem round_nearest_even x : Rnd_NE_pt radix2 gf16_exp x (gf16_round x).
Proof. apply round_NE_pt; typeclasses eauto. Qed.

Theorem round_relative_error x :
  bpow radix2 (-30) <= Rabs x ->
  Rabs (gf16_round x - x) <= bpow radix2 (-10) * Rabs x.
Proof.
  intro normal.
  replace (bpow radix2 (-10)) with (/ 2 * bpow radix2 (- (10) + 1)) by (simpl; lra).
  now apply relative_error_N_FLT.
Qed.

Theorem round_absolute_error x :
  Rabs x < bpow radix2 (-29) ->
  Rabs (gf16_round x - x) <= bpow radix2 (-40).
Proof.
  intro small.
  apply Rle_trans with (/ 2 * ulp radix2 gf16_exp x).
  - apply error_le_half_ulp; typeclasses eauto.
  - rewrite ulp_FLT_small by (exact small || typeclasses eauto).
    simpl; lra.
Qed.

(** ** Overflow *)

Lemma generic_format_F2R' m e : (Z.abs m < 1024)%Z -> (-39 <= e)%Z ->
  generic_format radix2 gf16_exp (F2R (Float radix2 m e)).
Proof.
  intros m_lt e_ge; apply generic_format_FLT.
  exists (Float radix2 m e); [reflexivity|exact m_lt|exact e_ge].
Qed.

Theorem round_overflow x :
  bpow radix2 32 <= Rabs (gf16_round x) <-> 4292870144 <= Rabs x.
Proof.
  assert (format_max : generic_format radix2 gf16_exp 4290772992).
  { replace 4290772992 with (F2R (Float radix2 1023 22)) by (unfold F2R; simpl; lra).
    apply generic_format_F2R'; lia. }
  assert (format_top : generic_format radix2 gf16_exp (bpow radix2 32)).
  { apply generic_format_bpow; unfold FLT_exp; lia. }
  assert (round_abs : Rabs (gf16_round x) = gf16_round (Rabs x))
    by now rewrite round_NE_abs by typeclasses eauto.
  rewrite round_abs; clear round_abs; set (y := Rabs x).
  assert (top_ulp : ulp radix2 gf16_exp 4290772992 = bpow radix2 22).
  { rewrite ulp_neq_0 by lra; unfold cexp.
    rewrite (mag_unique radix2 _ 32); [reflexivity|].
    rewrite Rabs_pos_eq by lra; simpl; lra. }
  assert (top_succ : succ radix2 gf16_exp 4290772992 = bpow radix2 32).
  { rewrite succ_eq_pos, top_ulp by lra; simpl; lra. }
  split; intro big.
  - apply Rnot_lt_le; intro below.
    enough (gf16_round y <= 4290772992) by (simpl in big; lra).
    apply round_N_le_midp; [typeclasses eauto|exact format_max|].
    rewrite top_succ; simpl; lra.
  - destruct (Rle_lt_or_eq_dec _ _ big) as [above|tie].
    + apply round_N_ge_midp; [typeclasses eauto|exact format_top|].
      rewrite <- top_succ, pred_succ by (try typeclasses eauto; exact format_max).
      rewrite top_succ; simpl; lra.
    + rewrite <- tie.
      unfold round, scaled_mantissa, cexp.
      rewrite (mag_unique radix2 _ 32) by (rewrite Rabs_pos_eq; simpl; lra).
      unfold FLT_exp; change (Z.max (32 - 10) (-39)) with 22%Z.
      replace (4292870144 * bpow radix2 (- (22)))
        with (IZR 1023 + / 2) by (simpl; lra).
      replace (ZnearestE (IZR 1023 + / 2)) with 1024%Z.
      * unfold F2R; simpl; lra.
      * symmetry; unfold Znearest.
        rewrite (Zfloor_imp 1023) by (simpl; lra).
        rewrite Rcompare_Eq by lra.
        simpl; rewrite (Zceil_imp 1024) by (simpl; lra); reflexivity.
Qed.

(** ** The float nearest to m 2^e *)

Theorem of_dyadic_correct md m e :
  let x := F2R (Float radix2 m e) in
  let r := round radix2 gf16_exp (round_mode md) x in
  if Rlt_bool (Rabs r) (bpow radix2 32)
  then B2R (of_dyadic md m e) = r /\ is_finite (of_dyadic md m e) = true
  else B2SF (of_dyadic md m e) = binary_overflow 10 32 md (Rlt_bool x 0).
Proof.
  intros x r; unfold of_dyadic.
  pose proof (binary_normalize_correct 10 32 _ _ md m e false) as correct.
  cbv zeta in correct; fold x in correct.
  change (round radix2 (SpecFloat.fexp 10 32) (round_mode md) x) with r in correct.
  destruct (Rlt_bool (Rabs r) (bpow radix2 32)); [|exact correct].
  now destruct correct as (value & finite & _).
Qed.

(** ** The bound on the relative error is met (up to 1 + 2^-10) *)

Theorem round_half_ulp_witness :
  gf16_round (1 + bpow radix2 (-10)) = 1.
Proof.
  assert (format_1 : generic_format radix2 gf16_exp 1).
  { change 1 with (bpow radix2 0); apply generic_format_bpow; unfold FLT_exp; lia. }
  unfold round, scaled_mantissa, cexp.
  rewrite (mag_unique radix2 _ 1) by (rewrite Rabs_pos_eq; simpl; lra).
  unfold FLT_exp; change (Z.max (1 - 10) (-39)) with (-9)%Z.
  replace ((1 + bpow radix2 (-10)) * bpow radix2 (- -9)) with (IZR 512 + / 2)
    by (simpl; lra).
  replace (ZnearestE (IZR 512 + / 2)) with 512%Z.
  - unfold F2R; simpl; lra.
  - symmetry; unfold Znearest.
    rewrite (Zfloor_imp 512) by (simpl; lra).
    rewrite Rcompare_Eq by lra; reflexivity.
Qed.
