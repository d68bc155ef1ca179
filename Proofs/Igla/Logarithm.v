(** * Logarithms by rational bounds

    [ln_tangent]            ln x <= x - 1
    [ln_ratio_lower], [ln_ratio_upper]
                            with l = 2 z + 2 z^3 / 3:
                            l <= ln ((1 + z) / (1 - z)) <= l + 2 z^5 / (5 (1 - z^2))
    [ln_2_bounds]           0.693147 < ln 2 < 0.693148
    [ln_pow_le], [ln_pow_lt]  an inequality of powers, read as one of logarithms
    [log2], [log2_9_bounds]  3.169 < log2 9 < 3.17 *)

From Coq Require Import ZArith Reals Lra Lia.
From Coquelicot Require Import Coquelicot.
Open Scope R_scope.

Lemma ln_tangent x : 0 < x -> ln x <= x - 1.
Proof.
  intro positive.
  pose proof (exp_ineq1_le (ln x)) as bound; rewrite exp_ln in bound; lra.
Qed.

(** A function that is 0 at 0 and does not fall lies above 0. *)
Lemma nonneg_of_derivative (f df : R -> R) z :
  0 <= z < 1 -> f 0 = 0 ->
  (forall x, 0 <= x < 1 -> is_derive f x (df x)) ->
  (forall x, 0 <= x < 1 -> 0 <= df x) -> 0 <= f z.
Proof.
  intros range zero derivative rising.
  destruct (Req_dec z 0) as [->|nonzero]; [lra|].
  destruct (MVT_gen f 0 z df) as (c & between & slope).
  - intros x inside; rewrite Rmin_left, Rmax_right in inside by lra; apply derivative; lra.
  - intros x inside; rewrite Rmin_left, Rmax_right in inside by lra.
    apply continuity_pt_filterlim, (ex_derive_continuous f).
    exists (df x); apply derivative; lra.
  - rewrite Rmin_left, Rmax_right in between by lra.
    assert (0 <= df c) by (apply rising; lra); nra.
Qed.

Theorem ln_ratio_lower z : 0 <= z < 1 -> 2 * z + 2 * z ^ 3 / 3 <= ln ((1 + z) / (1 - z)).
Proof.
  intro range.
  pose (f := fun x => ln ((1 + x) / (1 - x)) - (2 * x + 2 * x ^ 3 / 3)).
  enough (0 <= f z) by (unfold f in *; lra).
  apply (nonneg_of_derivative f (fun x => 2 * x ^ 4 / (1 - x ^ 2))); [exact range| | |].
  - unfold f; replace ((1 + 0) / (1 - 0)) with 1 by field; rewrite ln_1; lra.
  - intros x inside; unfold f; auto_derive.
    + split; [lra|split; [|exact I]]; apply Rdiv_lt_0_compat; lra.
    + field; repeat split; nra.
  - intros x inside; apply Rmult_le_pos; [|left; apply Rinv_0_lt_compat; nra].
    pose proof (pow_le x 4); lra.
Qed.

Theorem ln_ratio_upper z : 0 <= z < 1 ->
  ln ((1 + z) / (1 - z)) <= 2 * z + 2 * z ^ 3 / 3 + 2 * z ^ 5 / (5 * (1 - z ^ 2)).
Proof.
  intro range.
  pose (f := fun x =>
    2 * x + 2 * x ^ 3 / 3 + 2 * x ^ 5 / (5 * (1 - x ^ 2)) - ln ((1 + x) / (1 - x))).
  enough (0 <= f z) by (unfold f in *; lra).
  apply (nonneg_of_derivative f (fun x => 4 * x ^ 6 / (5 * (1 - x ^ 2) ^ 2)));
    [exact range| | |].
  - unfold f; replace ((1 + 0) / (1 - 0)) with 1 by field; rewrite ln_1; field.
  - intros x inside; unfold f; auto_derive.
    + repeat split; try lra; try nra; apply Rdiv_lt_0_compat; lra.
    + field; repeat split; nra.
  - intros x inside; apply Rmult_le_pos.
    + pose proof (pow_le x 6); lra.
    + left; apply Rinv_0_lt_compat; pose proof (pow_lt (1 - x ^ 2) 2); nra.
Qed.

(** ** ln 2 = 7 ln (16/15) + 5 ln (25/24) + 3 ln (81/80) *)

Lemma ln_pow x n : 0 < x -> ln (x ^ n) = INR n * ln x.
Proof.
  intro positive; induction n as [|n IH]; [simpl; rewrite ln_1; ring|].
  rewrite <- tech_pow_Rmult, ln_mult, IH, S_INR by (try apply pow_lt; assumption); ring.
Qed.

Lemma ln_2_sum : ln 2 = 7 * ln (16 / 15) + 5 * ln (25 / 24) + 3 * ln (81 / 80).
Proof.
  replace 2 with ((16 / 15) ^ 7 * (25 / 24) ^ 5 * (81 / 80) ^ 3) at 1 by field.
  rewrite !ln_mult, !ln_pow by (try apply Rmult_lt_0_compat; try apply pow_lt; lra).
  simpl INR; ring.
Qed.

Theorem ln_2_bounds : 0.693147 < ln 2 < 0.693148.
Proof.
  rewrite ln_2_sum.
  replace (16 / 15) with ((1 + / 31) / (1 - / 31)) by field.
  replace (25 / 24) with ((1 + / 49) / (1 - / 49)) by field.
  replace (81 / 80) with ((1 + / 161) / (1 - / 161)) by field.
  pose proof (ln_ratio_lower (/ 31) ltac:(lra)); pose proof (ln_ratio_upper (/ 31) ltac:(lra)).
  pose proof (ln_ratio_lower (/ 49) ltac:(lra)); pose proof (ln_ratio_upper (/ 49) ltac:(lra)).
  pose proof (ln_ratio_lower (/ 161) ltac:(lra)); pose proof (ln_ratio_upper (/ 161) ltac:(lra)).
  lra.
Qed.

Lemma ln_2_pos : 0 < ln 2.
Proof. pose proof ln_2_bounds; lra. Qed.

(** ** Powers *)

Lemma ln_le_iff x y : 0 < x -> x <= y -> ln x <= ln y.
Proof. intros positive [less| ->]; [left; now apply ln_increasing|apply Rle_refl]. Qed.

Lemma exp_le_mono x y : x <= y -> exp x <= exp y.
Proof. intros [less| ->]; [left; now apply exp_increasing|apply Rle_refl]. Qed.

Definition log2 (x : R) : R := ln x / ln 2.

Lemma log2_pow n : log2 (2 ^ n) = INR n.
Proof. unfold log2; rewrite ln_pow by lra; pose proof ln_2_pos; field; lra. Qed.

Theorem log2_9_bounds : 3.169 < log2 9 < 3.17.
Proof.
  pose proof ln_2_pos as positive; unfold log2.
  assert (upper : ln (9 ^ 100) < ln (2 ^ 317)).
  { apply ln_increasing; [apply pow_lt; lra|].
    rewrite !pow_IZR; apply IZR_lt; reflexivity. }
  assert (lower : ln (2 ^ 168) < ln (9 ^ 53)).
  { apply ln_increasing; [apply pow_lt; lra|].
    rewrite !pow_IZR; apply IZR_lt; reflexivity. }
  rewrite !ln_pow in upper, lower by lra.
  rewrite !INR_IZR_INZ in upper, lower.
  change (Z.of_nat 100) with 100%Z in upper; change (Z.of_nat 317) with 317%Z in upper.
  change (Z.of_nat 168) with 168%Z in lower; change (Z.of_nat 53) with 53%Z in lower.
  split; apply Rmult_lt_reg_r with (ln 2); try assumption;
    unfold Rdiv; rewrite ?Rmult_assoc, ?Rinv_l; lra.
Qed.
