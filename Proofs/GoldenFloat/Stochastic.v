(** * Stochastic rounding with k random bits

    Between neighbours [a] (towards zero) and [b] (away from it), [x] lies at the
    position (x - a) / (b - a). Its first k bits are an integer [t]; the rounding
    goes to [b] iff the random integer [u] of k bits is below [t].

    [stochastic k u x]        the rounding of a real
    [mean k x]                its mean over all 2^k values of u

    [stochastic_support]      it is a neighbour; a number of the format stays
    [stochastic_opp]          it commutes with the sign
    [stochastic_mean]         the mean is a + (b - a) t / 2^k
    [stochastic_unbiased]     which is x, when the position has only k bits
    [stochastic_bias]         and within ulp 2^-k of x always
    [stochastic_toward_zero]  never above it in magnitude
    [stochastic_carry]        adding 2^k - 1 - u to t carries iff u < t *)

From Coq Require Import ZArith Reals Bool Lia Lra.
From Flocq Require Import Core.
From GoldenFloat Require Import Format.
Open Scope R_scope.

Notation toward_zero := (round radix2 gf16_exp Ztrunc).
Notation away_from_zero := (round radix2 gf16_exp Zaway).

Definition position x := (x - toward_zero x) / (away_from_zero x - toward_zero x).
Definition position_bits (k : nat) x := Zfloor (position x * 2 ^ k).
Definition stochastic (k : nat) (u : Z) x :=
  if Z.ltb u (position_bits k x) then away_from_zero x else toward_zero x.

Fixpoint sum (n : nat) (f : nat -> R) : R :=
  match n with O => 0 | S n => sum n f + f n end.
Definition mean (k : nat) x :=
  sum (2 ^ k) (fun u => stochastic k (Z.of_nat u) x) / 2 ^ k.

(** ** The two neighbours *)

Lemma neighbours_pos x : 0 <= x ->
  toward_zero x = round radix2 gf16_exp Zfloor x
  /\ away_from_zero x = round radix2 gf16_exp Zceil x.
Proof. split; [now apply round_ZR_DN|now apply round_AW_UP]. Qed.

Lemma neighbours_neg x : x <= 0 ->
  toward_zero x = round radix2 gf16_exp Zceil x
  /\ away_from_zero x = round radix2 gf16_exp Zfloor x.
Proof. split; [now apply round_ZR_UP|now apply round_AW_DN]. Qed.

Lemma toward_zero_opp x : toward_zero (- x) = - toward_zero x.
Proof. apply round_ZR_opp. Qed.

Lemma away_from_zero_opp x : away_from_zero (- x) = - away_from_zero x.
Proof. apply round_AW_opp. Qed.

Lemma neighbours_format x :
  generic_format radix2 gf16_exp x -> toward_zero x = x /\ away_from_zero x = x.
Proof. split; apply round_generic; (typeclasses eauto || assumption). Qed.

(** Neighbours differ by one ulp, outwards. *)
Lemma neighbours_ulp x :
  ~ generic_format radix2 gf16_exp x -> 0 <= x ->
  away_from_zero x = toward_zero x + ulp radix2 gf16_exp x
  /\ toward_zero x <= x < away_from_zero x.
Proof.
  intros inexact x_ge_0; destruct (neighbours_pos x x_ge_0) as [-> ->].
  pose proof (round_UP_DN_ulp radix2 gf16_exp x inexact) as next.
  destruct (round_DN_UP_lt radix2 gf16_exp x inexact) as [below above].
  split; [exact next|lra].
Qed.

Lemma ulp_gt_0 x : 0 < ulp radix2 gf16_exp x.
Proof.
  destruct (Req_dec x 0) as [->|nonzero].
  - rewrite ulp_FLT_0 by typeclasses eauto; apply bpow_gt_0.
  - rewrite ulp_neq_0 by exact nonzero; apply bpow_gt_0.
Qed.

(** The position is in [0, 1); it and the sign of x give x. *)
Lemma position_range x : 0 <= position x < 1.
Proof.
  destruct (generic_format_EM radix2 gf16_exp x) as [exact|inexact].
  - unfold position; destruct (neighbours_format x exact) as [-> ->].
    unfold Rdiv; rewrite Rminus_eq_0, Rmult_0_l; lra.
  - assert (pos : forall y, 0 <= y -> ~ generic_format radix2 gf16_exp y ->
                            0 <= position y < 1).
    { intros y y_ge_0 y_inexact; unfold position.
      destruct (neighbours_ulp y y_inexact y_ge_0) as (next & below & above).
      split.
      - apply Rmult_le_pos; [lra|apply Rlt_le, Rinv_0_lt_compat; lra].
      - apply Rmult_lt_reg_r with (away_from_zero y - toward_zero y); [lra|].
        unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra. }
    destruct (Rle_or_lt 0 x) as [x_ge_0|x_lt_0]; [now apply pos|].
    replace (position x) with (position (- x)).
    + apply pos; [lra|].
      intro exact; apply inexact.
      rewrite <- (Ropp_involutive x); now apply generic_format_opp.
    + unfold position; rewrite toward_zero_opp, away_from_zero_opp.
      assert (proper : away_from_zero x - toward_zero x <> 0).
      { destruct (neighbours_ulp (- x)) as (next & _ & _); [|lra|].
        - intro exact; apply inexact.
          rewrite <- (Ropp_involutive x); now apply generic_format_opp.
        - rewrite toward_zero_opp, away_from_zero_opp, ulp_opp in next.
          pose proof (ulp_gt_0 x); lra. }
      field; split; lra.
Qed.

Lemma position_opp x : position (- x) = position x.
Proof.
  unfold position; rewrite toward_zero_opp, away_from_zero_opp.
  replace (- x - - toward_zero x) with (- (x - toward_zero x)) by ring.
  replace (- away_from_zero x - - toward_zero x)
    with (- (away_from_zero x - toward_zero x)) by ring.
  unfold Rdiv; rewrite Rinv_opp; ring.
Qed.

Lemma position_correct x :
  x = toward_zero x + (away_from_zero x - toward_zero x) * position x.
Proof.
  destruct (generic_format_EM radix2 gf16_exp x) as [exact|inexact].
  - destruct (neighbours_format x exact) as [-> ->]; ring.
  - unfold position; field.
    assert (distinct : forall y, 0 <= y -> ~ generic_format radix2 gf16_exp y ->
                                 away_from_zero y - toward_zero y <> 0).
    { intros y y_ge_0 y_inexact.
      destruct (neighbours_ulp y y_inexact y_ge_0) as (_ & below & above); lra. }
    destruct (Rle_or_lt 0 x) as [x_ge_0|x_lt_0]; [now apply distinct|].
    assert (opp_inexact : ~ generic_format radix2 gf16_exp (- x)).
    { intro exact; apply inexact.
      rewrite <- (Ropp_involutive x); now apply generic_format_opp. }
    pose proof (distinct (- x) ltac:(lra) opp_inexact) as differ.
    rewrite toward_zero_opp, away_from_zero_opp in differ; lra.
Qed.

Lemma neighbours_distance x :
  Rabs (away_from_zero x - toward_zero x) <= ulp radix2 gf16_exp x.
Proof.
  pose proof (ulp_gt_0 x) as ulp_pos.
  destruct (generic_format_EM radix2 gf16_exp x) as [exact|inexact].
  - destruct (neighbours_format x exact) as [-> ->].
    rewrite Rminus_eq_0, Rabs_R0; lra.
  - destruct (Rle_or_lt 0 x) as [x_ge_0|x_lt_0].
    + destruct (neighbours_ulp x inexact x_ge_0) as [-> _].
      rewrite Rabs_pos_eq; lra.
    + destruct (neighbours_ulp (- x)) as [next _]; [|lra|].
      * intro exact; apply inexact.
        rewrite <- (Ropp_involutive x); now apply generic_format_opp.
      * rewrite toward_zero_opp, away_from_zero_opp, ulp_opp in next.
        rewrite Rabs_left1; lra.
Qed.

Lemma position_bits_range k x : (0 <= position_bits k x < 2 ^ Z.of_nat k)%Z.
Proof.
  destruct (position_range x) as [pos_ge_0 pos_lt_1].
  assert (power : 0 < 2 ^ k) by (apply pow_lt; lra).
  unfold position_bits; split.
  - apply Zfloor_lub; simpl; nra.
  - apply lt_IZR; apply Rle_lt_trans with (1 := Zfloor_lb _).
    rewrite <- pow_IZR; nra.
Qed.

(** ** Theorems *)

Theorem stochastic_support k u x :
  (stochastic k u x = round radix2 gf16_exp Zfloor x
   \/ stochastic k u x = round radix2 gf16_exp Zceil x)
  /\ (generic_format radix2 gf16_exp x -> stochastic k u x = x).
Proof.
  split.
  - unfold stochastic; destruct (Rle_or_lt 0 x) as [x_ge_0|x_lt_0].
    + destruct (neighbours_pos x x_ge_0) as [-> ->]; destruct (Z.ltb _ _); auto.
    + destruct (neighbours_neg x (Rlt_le _ _ x_lt_0)) as [-> ->].
      destruct (Z.ltb _ _); auto.
  - intro exact; unfold stochastic.
    destruct (neighbours_format x exact) as [-> ->]; now destruct (Z.ltb _ _).
Qed.

Theorem stochastic_opp k u x : stochastic k u (- x) = - stochastic k u x.
Proof.
  unfold stochastic, position_bits.
  rewrite position_opp, toward_zero_opp, away_from_zero_opp.
  now destruct (Z.ltb _ _).
Qed.

Lemma sum_threshold n t a b : (0 <= t)%Z ->
  sum n (fun u => if Z.ltb (Z.of_nat u) t then b else a)
  = INR n * a + IZR (Z.min (Z.of_nat n) t) * (b - a).
Proof.
  intro t_ge_0; induction n as [|n IH].
  - simpl; rewrite Z.min_l by lia; ring.
  - cbn [sum]; rewrite IH, S_INR; destruct (Z.ltb_spec (Z.of_nat n) t) as [below|above].
    + rewrite !Z.min_l, Nat2Z.inj_succ, succ_IZR by lia; ring.
    + rewrite !Z.min_r by lia; ring.
Qed.

Theorem stochastic_mean k x :
  mean k x = toward_zero x
             + (away_from_zero x - toward_zero x) * (IZR (position_bits k x) / 2 ^ k).
Proof.
  unfold mean, stochastic; pose proof (position_bits_range k x) as t_range.
  rewrite sum_threshold by lia.
  rewrite Z.min_r, pow_INR by (rewrite Nat2Z.inj_pow; simpl Z.of_nat; lia).
  replace (INR 2) with 2 by (simpl; lra); field; apply pow_nonzero; lra.
Qed.

Theorem stochastic_unbiased k x :
  (exists n, position x * 2 ^ k = IZR n) -> mean k x = x.
Proof.
  intros [n whole]; rewrite stochastic_mean; unfold position_bits.
  rewrite whole, Zfloor_IZR, <- whole.
  pose proof (position_correct x) as value.
  replace (position x * 2 ^ k / 2 ^ k) with (position x); [now symmetry|].
  field; apply pow_nonzero; lra.
Qed.

Lemma position_bits_error k x :
  0 <= position x - IZR (position_bits k x) / 2 ^ k < / 2 ^ k.
Proof.
  assert (power : 0 < 2 ^ k) by (apply pow_lt; lra).
  pose proof (Zfloor_lb (position x * 2 ^ k)) as below.
  pose proof (Zfloor_ub (position x * 2 ^ k)) as above.
  fold (position_bits k x) in below, above; set (t := IZR (position_bits k x)) in *.
  replace (position x - t / 2 ^ k) with ((position x * 2 ^ k - t) * / 2 ^ k)
    by (field; lra).
  assert (inverse : 0 < / 2 ^ k) by now apply Rinv_0_lt_compat.
  split; nra.
Qed.

Theorem stochastic_bias k x :
  Rabs (mean k x - x) < ulp radix2 gf16_exp x * / 2 ^ k.
Proof.
  rewrite stochastic_mean.
  pose proof (position_bits_error k x) as error; pose proof (position_correct x) as value.
  set (t := IZR (position_bits k x) / 2 ^ k) in *.
  set (gap := away_from_zero x - toward_zero x) in *.
  replace (toward_zero x + gap * t - x) with (- (gap * (position x - t))) by lra.
  rewrite Rabs_Ropp, Rabs_mult, (Rabs_pos_eq (position x - t)) by lra.
  pose proof (neighbours_distance x) as near; fold gap in near.
  pose proof (ulp_gt_0 x) as ulp_pos.
  apply Rle_lt_trans with (ulp radix2 gf16_exp x * (position x - t)).
  - apply Rmult_le_compat_r; lra.
  - apply Rmult_lt_compat_l; lra.
Qed.

Theorem stochastic_toward_zero k x :
  0 <= x -> mean k x <= x.
Proof.
  intro x_ge_0; rewrite stochastic_mean.
  pose proof (position_bits_error k x) as error; pose proof (position_correct x) as value.
  assert (gap : 0 <= away_from_zero x - toward_zero x).
  { destruct (generic_format_EM radix2 gf16_exp x) as [exact|inexact].
    - destruct (neighbours_format x exact) as [-> ->]; lra.
    - destruct (neighbours_ulp x inexact x_ge_0) as (_ & below & above); lra. }
  nra.
Qed.

Theorem stochastic_carry (k t u : Z) :
  (2 ^ k <= t + (2 ^ k - 1 - u) <-> u < t)%Z.
Proof. lia. Qed.
