(** * INV-4: the entropy band of the automaton

    A distribution is a list of shares; entropy is in bits.

    [distribution], [entropy]
    [entropy_nonneg], [entropy_le_log2]  0 <= H <= log2 K
    [entropy_uniform], [entropy_certain] both ends are met
    [band_above_constrains] log2 9 > 2.8: the upper edge excludes something
    [peak_bound]            K = 9 and H >= 1.5 bits: no share exceeds 0.7634
    [peak_bound_tight]      a share above 0.763 is reached
    [penalty], [penalty_zero_iff], [penalty_convex]
    [penalty_derivative], [penalty_slope_below], [penalty_slope_above]
                            the slope is the derivative, and a step against it leads into the band
    [penalty_step], [penalty_step_tight]
                            steps up to 1/200 stay on their side of the band, larger ones do not
    [penaltyQ], [penaltyQ_correct]  the same over rational numbers, to be extracted
    [grid_in_band], [grid_below], [grid_above]
                            states of a grid of 81 cells inside and outside the band *)

From Coq Require Import ZArith QArith Qreals Reals List Permutation Lia Lra Psatz.
From Igla Require Import Logarithm.
From Coquelicot Require Import Rcomplements Rbar Hierarchy Derive.
Import ListNotations.
Open Scope R_scope.

Fixpoint sum (p : list R) : R :=
  match p with
  | [] => 0
  | x :: rest => x + sum rest
  end.

Definition distribution (p : list R) : Prop := List.Forall (fun x => 0 <= x) p /\ sum p = 1.

(** What a share adds to the entropy, in nats; 0 ln 0 is 0. *)
Definition surprise (x : R) : R := if Rle_dec x 0 then 0 else - x * ln x.
Definition entropy (p : list R) : R := sum (map surprise p) / ln 2.

Lemma sum_ge_0 p : List.Forall (fun x => 0 <= x) p -> 0 <= sum p.
Proof. induction 1; simpl; lra. Qed.

Lemma share_le_sum p x : List.Forall (fun x => 0 <= x) p -> In x p -> x <= sum p.
Proof.
  induction 1 as [|y rest y_ge later IH]; simpl; [tauto|].
  pose proof (sum_ge_0 rest later); intros [-> |member]; [lra|].
  specialize (IH member); lra.
Qed.

Lemma distribution_share p x : distribution p -> In x p -> 0 <= x <= 1.
Proof.
  intros [nonneg one] member; split.
  - now apply (proj1 (Forall_forall _ _) nonneg).
  - rewrite <- one; now apply share_le_sum.
Qed.

Lemma surprise_nonneg x : 0 <= x <= 1 -> 0 <= surprise x.
Proof.
  intro range; unfold surprise; destruct Rle_dec as [|positive]; [lra|].
  assert (ln x <= ln 1) by (apply ln_le_iff; lra); rewrite ln_1 in *; nra.
Qed.

Theorem entropy_nonneg p : distribution p -> 0 <= entropy p.
Proof.
  intro dist; unfold entropy; apply Rmult_le_pos.
  - apply sum_ge_0, Forall_map, Forall_forall; intros x member.
    apply surprise_nonneg, (distribution_share p); assumption.
  - left; apply Rinv_0_lt_compat, ln_2_pos.
Qed.

(** ** Gibbs' inequality, a share at a time *)

Lemma surprise_le x q : 0 < q -> 0 <= x -> surprise x <= - x * ln q + q - x.
Proof.
  intros q_pos x_ge; unfold surprise; destruct Rle_dec as [zero|positive].
  - replace x with 0 by lra; lra.
  - assert (x_pos : 0 < x) by lra.
    pose proof (ln_tangent (q / x) ltac:(now apply Rdiv_lt_0_compat)) as tangent.
    rewrite ln_div in tangent by lra.
    apply Rmult_le_compat_l with (r := x) in tangent; [|lra].
    replace (x * (q / x - 1)) with (q - x) in tangent by (field; lra); lra.
Qed.

Lemma gibbs_uniform q p : 0 < q -> List.Forall (fun x => 0 <= x) p ->
  sum (map surprise p) <= - ln q * sum p + INR (length p) * q - sum p.
Proof.
  intros q_pos; induction 1 as [|x rest x_ge _ IH]; [simpl; lra|].
  simpl map; simpl sum; simpl length; rewrite S_INR.
  pose proof (surprise_le x q q_pos x_ge); lra.
Qed.

Theorem entropy_le_log2 p : distribution p -> entropy p <= log2 (INR (length p)).
Proof.
  intros [nonneg one].
  assert (size : 0 < INR (length p)).
  { apply lt_0_INR; destruct p; [simpl in one; lra|simpl; lia]. }
  pose proof (gibbs_uniform (/ INR (length p)) p ltac:(now apply Rinv_0_lt_compat) nonneg) as gibbs.
  rewrite one, ln_Rinv, Rinv_r in gibbs by lra.
  unfold entropy, log2; apply Rmult_le_compat_r; [|lra].
  left; apply Rinv_0_lt_compat, ln_2_pos.
Qed.

Lemma sum_repeat x n : sum (repeat x n) = INR n * x.
Proof. induction n as [|n IH]; [simpl; ring|]; simpl repeat; simpl sum; rewrite IH, S_INR;
  ring. Qed.

Lemma map_repeat {A B} (f : A -> B) x n : map f (repeat x n) = repeat (f x) n.
Proof. induction n as [|n IH]; simpl; congruence. Qed.

Definition uniform (n : nat) : list R := repeat (/ INR n) n.

Theorem entropy_uniform n : (1 <= n)%nat ->
  distribution (uniform n) /\ entropy (uniform n) = log2 (INR n).
Proof.
  intro n_ge; assert (n_pos : 0 < INR n) by (apply lt_0_INR; lia).
  assert (share : 0 < / INR n) by now apply Rinv_0_lt_compat.
  unfold uniform; split; [split|].
  - apply Forall_forall; intros x member; apply repeat_spec in member; lra.
  - rewrite sum_repeat; field; lra.
  - unfold entropy, log2; rewrite map_repeat, sum_repeat; unfold surprise.
    destruct Rle_dec; [lra|].
    rewrite ln_Rinv by lra; pose proof ln_2_pos; field; lra.
Qed.

Theorem entropy_certain n : let p := 1 :: repeat 0 n in distribution p /\ entropy p = 0.
Proof.
  simpl; split; [split|].
  - constructor; [lra|apply Forall_forall; intros x member; apply repeat_spec in member; lra].
  - simpl; rewrite sum_repeat; ring.
  - unfold entropy; simpl; rewrite map_repeat, sum_repeat; unfold surprise.
    repeat destruct Rle_dec; try lra; rewrite ln_1; lra.
Qed.

Theorem band_above_constrains : 2.8 < log2 9.
Proof. pose proof log2_9_bounds; lra. Qed.

(** ** No state dominates inside the band *)

(** Gibbs' inequality against one share [a] and eight of [(1 - a) / 8]. *)
Lemma gibbs_peak a b p x rest : 0 < a -> 0 < b -> Permutation p (x :: rest) ->
  distribution p -> length p = 9%nat ->
  sum (map surprise p) <= - x * ln a - (1 - x) * ln b + a + 8 * b - 1.
Proof.
  intros a_pos b_pos moved [nonneg one] nine.
  assert (sums : forall l l', Permutation l l' -> sum l = sum l').
  { induction 1; simpl; lra. }
  rewrite (sums _ _ (Permutation_map surprise moved)).
  rewrite (sums _ _ moved) in one; simpl in one.
  assert (nonneg' : List.Forall (fun x => 0 <= x) (x :: rest)).
  { rewrite Forall_forall in *; intros y member; apply nonneg.
    apply Permutation_in with (x :: rest); [now apply Permutation_sym|exact member]. }
  inversion nonneg' as [|? ? x_ge rest_ge]; subst.
  apply Permutation_length in moved; simpl in moved.
  assert (eight : length rest = 8%nat) by lia.
  pose proof (gibbs_uniform b rest b_pos rest_ge) as others; rewrite eight in others.
  pose proof (surprise_le x a a_pos x_ge) as first.
  simpl map; simpl sum; replace (INR 8) with 8 in others by (simpl; ring).
  replace (sum rest) with (1 - x) in others by lra; lra.
Qed.

(** 21^171 168^53 <= 2^1020 5^53, that is 171 ln (21/16) + 53 ln (168/5) <= 336 ln 2. *)
Lemma peak_numbers : 171 * ln (21 / 16) + 53 * ln (168 / 5) <= 336 * ln 2.
Proof.
  assert (powers : ln ((21 / 16) ^ 171 * (168 / 5) ^ 53) <= ln (2 ^ 336)).
  { apply ln_le_iff; [apply Rmult_lt_0_compat; apply pow_lt; lra|].
    unfold Rdiv; rewrite !Rpow_mult_distr, !pow_inv.
    apply Rmult_le_reg_r with (16 ^ 171 * 5 ^ 53);
      [apply Rmult_lt_0_compat; apply pow_lt; lra|].
    replace (21 ^ 171 * / 16 ^ 171 * (168 ^ 53 * / 5 ^ 53) * (16 ^ 171 * 5 ^ 53))
      with (21 ^ 171 * 168 ^ 53) by (field; split; apply pow_nonzero; lra).
    rewrite !pow_IZR, <- !mult_IZR; apply IZR_le; vm_compute; discriminate. }
  rewrite ln_mult, !ln_pow in powers by (try apply pow_lt; lra).
  rewrite !INR_IZR_INZ in powers.
  change (Z.of_nat 171) with 171%Z in powers; change (Z.of_nat 53) with 53%Z in powers.
  change (Z.of_nat 336) with 336%Z in powers; lra.
Qed.

Theorem peak_bound p x : distribution p -> length p = 9%nat -> 1.5 <= entropy p ->
  In x p -> x <= 0.7634.
Proof.
  intros dist nine high member; apply Rnot_lt_le; intro large.
  destruct (in_split x p member) as (before & after & split_at).
  assert (moved : Permutation p (x :: before ++ after)).
  { rewrite split_at; apply Permutation_sym, Permutation_middle. }
  pose proof (gibbs_peak (16 / 21) (5 / 168) p x _ ltac:(lra) ltac:(lra) moved dist nine) as gibbs.
  replace (ln (16 / 21)) with (- ln (21 / 16)) in gibbs
    by (rewrite <- ln_Rinv by lra; f_equal; field).
  replace (ln (5 / 168)) with (- ln (168 / 5)) in gibbs
    by (rewrite <- ln_Rinv by lra; f_equal; field).
  assert (more : ln (21 / 16) < ln (168 / 5)) by (apply ln_increasing; lra).
  pose proof peak_numbers; pose proof ln_2_pos.
  assert (entropy p < 1.5); [|lra].
  unfold entropy; apply Rmult_lt_reg_r with (ln 2); [assumption|].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra.
  assert ((x - 171 / 224) * (ln (168 / 5) - ln (21 / 16)) > 0) by (apply Rmult_lt_0_compat; lra).
  nra.
Qed.

(** One share of 29 / 38, which is above 0.763, and eight alike have at least 1.5 bits. *)
Theorem peak_bound_tight : let p := 29 / 38 :: repeat (9 / 304) 8 in
  distribution p /\ length p = 9%nat /\ 1.5 <= entropy p /\ 0.763 < 29 / 38.
Proof.
  intro p; split; [split|split; [reflexivity|split; [|lra]]].
  - unfold p; repeat constructor; lra.
  - unfold p; simpl; lra.
  - assert (powers : ln (2 ^ 57) <= ln ((38 / 29) ^ 29 * (304 / 9) ^ 9)).
    { apply ln_le_iff; [apply pow_lt; lra|].
      unfold Rdiv; rewrite !Rpow_mult_distr, !pow_inv.
      apply Rmult_le_reg_r with (29 ^ 29 * 9 ^ 9);
        [apply Rmult_lt_0_compat; apply pow_lt; lra|].
      replace (38 ^ 29 * / 29 ^ 29 * (304 ^ 9 * / 9 ^ 9) * (29 ^ 29 * 9 ^ 9))
        with (38 ^ 29 * 304 ^ 9) by (field; split; apply pow_nonzero; lra).
      rewrite !pow_IZR, <- !mult_IZR; apply IZR_le; vm_compute; discriminate. }
    rewrite ln_mult, !ln_pow in powers by (try apply pow_lt; lra).
    rewrite !INR_IZR_INZ in powers.
    change (Z.of_nat 29) with 29%Z in powers; change (Z.of_nat 9) with 9%Z in powers.
    change (Z.of_nat 57) with 57%Z in powers.
    pose proof ln_2_pos.
    unfold entropy, p; simpl map; simpl sum; unfold surprise.
    repeat destruct Rle_dec; try lra.
    assert (first : ln (29 / 38) = - ln (38 / 29)).
    { rewrite <- ln_Rinv by lra; apply (f_equal ln); lra. }
    assert (others : ln (9 / 304) = - ln (304 / 9)).
    { rewrite <- ln_Rinv by lra; apply (f_equal ln); lra. }
    rewrite first, others.
    apply Rmult_le_reg_r with (ln 2); [assumption|].
    match goal with |- _ <= ?a / _ * _ => set (nats := a) end.
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; unfold nats; lra.
Qed.

(** ** The penalty *)

(** 100 max (low - h, 0, h - high)^2, as [NCAConfiguration.penalty], and its derivative. *)
Definition excess (low high h : R) : R :=
  if Rlt_dec h low then h - low else if Rlt_dec high h then h - high else 0.
Definition penalty (low high h : R) : R := 100 * (excess low high h * excess low high h).
Definition penalty_slope (low high h : R) : R := 2 * 100 * excess low high h.

Section Penalty.

Variables (low high : R).
Hypothesis order : low <= high.

Theorem penalty_zero_iff h : penalty low high h = 0 <-> low <= h <= high.
Proof. unfold penalty, excess; repeat destruct Rlt_dec; split; intro; nra. Qed.

Theorem penalty_nonneg h : 0 <= penalty low high h.
Proof. unfold penalty; nra. Qed.

Lemma excess_above h k : h <= k ->
  0 <= excess low high k - excess low high h <= k - h.
Proof. intro; unfold excess; repeat destruct Rlt_dec; lra. Qed.

(** What is nearer to the band along the excess is on its other side. *)
Lemma excess_projection h k :
  excess low high h * ((k - excess low high k) - (h - excess low high h)) <= 0.
Proof. unfold excess; repeat destruct Rlt_dec; nra. Qed.

(** The tangent lies below: so the penalty is convex, and the slope a subgradient. *)
Theorem penalty_tangent h k :
  penalty low high h + penalty_slope low high h * (k - h) <= penalty low high k.
Proof.
  unfold penalty, penalty_slope; pose proof (excess_projection h k).
  pose proof (Rle_0_sqr (excess low high k - excess low high h)); unfold Rsqr in *; nra.
Qed.

Theorem penalty_convex a b l : 0 <= l <= 1 ->
  penalty low high (l * a + (1 - l) * b) <= l * penalty low high a + (1 - l) * penalty low high b.
Proof.
  intro range; set (m := l * a + (1 - l) * b).
  pose proof (penalty_tangent m a) as at_a; pose proof (penalty_tangent m b) as at_b.
  apply Rmult_le_compat_l with (r := l) in at_a; [|lra].
  apply Rmult_le_compat_l with (r := 1 - l) in at_b; [|lra].
  assert (balance : forall s, l * (s * (a - m)) + (1 - l) * (s * (b - m)) = 0)
    by (intro; unfold m; ring).
  specialize (balance (penalty_slope low high m)); clearbody m; lra.
Qed.

Theorem penalty_derivative h : is_derive (penalty low high) h (penalty_slope low high h).
Proof.
  apply is_derive_Reals; intros e e_pos.
  assert (d_pos : 0 < e / 200) by lra.
  exists (mkposreal _ d_pos); intros step nonzero small; simpl in small.
  (* The quotient differs from the slope by at most 200 |step|. *)
  assert (close : Rabs (penalty low high (h + step) - penalty low high h
      - penalty_slope low high h * step) <= 200 * (step * step)).
  { pose proof (penalty_tangent h (h + step)) as below.
    pose proof (penalty_tangent (h + step) h) as above.
    replace (h + step - h) with step in below by ring.
    replace (h - (h + step)) with (- step) in above by ring.
    rewrite Rabs_pos_eq by lra.
    unfold penalty_slope in below, above |- *.
    assert (bound : (excess low high (h + step) - excess low high h) * step <= step * step).
    { destruct (Rle_or_lt 0 step) as [up|down].
      - pose proof (excess_above h (h + step) ltac:(lra)); nra.
      - pose proof (excess_above (h + step) h ltac:(lra)); nra. }
    lra. }
  replace ((penalty low high (h + step) - penalty low high h) / step - penalty_slope low high h)
    with ((penalty low high (h + step) - penalty low high h - penalty_slope low high h
      * step) / step)
    by (field; exact nonzero).
  unfold Rdiv; rewrite Rabs_mult, Rabs_inv.
  pose proof (Rabs_pos_lt step nonzero).
  apply Rmult_lt_reg_r with (Rabs step); [assumption|].
  rewrite Rmult_assoc, Rinv_l by lra.
  replace (step * step) with (Rabs step * Rabs step) in close
    by (rewrite <- Rabs_mult, Rabs_pos_eq; nra).
  nra.
Qed.

Theorem penalty_slope_below h : h < low -> penalty_slope low high h < 0.
Proof. intro; unfold penalty_slope, excess; repeat destruct Rlt_dec; lra. Qed.

Theorem penalty_slope_above h : high < h -> 0 < penalty_slope low high h.
Proof. intro; unfold penalty_slope, excess; repeat destruct Rlt_dec; lra. Qed.

(** A small step against the slope comes nearer to the band without leaping over its edge. *)
Theorem penalty_step h eta : 0 < eta <= / 200 ->
  (h < low -> h < h - eta * penalty_slope low high h <= low)
  /\ (high < h -> high <= h - eta * penalty_slope low high h < h).
Proof.
  intro small; unfold penalty_slope, excess.
  split; intro outside; repeat destruct Rlt_dec; split; nra.
Qed.

(** Beyond 1/200 the step leaves the side of the band that it came from. *)
Theorem penalty_step_tight h eta : / 200 < eta -> h < low ->
  low < h - eta * penalty_slope low high h.
Proof.
  intros large outside; unfold penalty_slope, excess; repeat destruct Rlt_dec; nra.
Qed.

End Penalty.

(** ** Over the rational numbers *)

Definition excessQ (low high h : Q) : Q :=
  if negb (Qle_bool low h) then h - low else if negb (Qle_bool h high) then h - high else 0.
Definition penaltyQ (low high h : Q) : Q := Qred (100 * (excessQ low high h * excessQ low high h)).
Definition penalty_slopeQ (low high h : Q) : Q := Qred (200 * excessQ low high h).

Lemma Q2R_le_iff x y : (x <= y)%Q <-> Q2R x <= Q2R y.
Proof. split; [apply Qle_Rle|apply Rle_Qle]. Qed.

Lemma excessQ_correct low high h :
  Q2R (excessQ low high h) = excess (Q2R low) (Q2R high) (Q2R h).
Proof.
  unfold excessQ, excess.
  assert (zero : Q2R 0 = 0) by (unfold Q2R; simpl; lra).
  destruct (Qle_bool low h) eqn:first; destruct (Qle_bool h high) eqn:second; simpl;
    rewrite ?Q2R_minus;
    try apply Qle_bool_iff in first; try apply Qle_bool_iff in second;
    try (rewrite <- not_true_iff_false, Qle_bool_iff in first);
    try (rewrite <- not_true_iff_false, Qle_bool_iff in second);
    rewrite ?Q2R_le_iff in first; rewrite ?Q2R_le_iff in second;
    repeat destruct Rlt_dec; lra.
Qed.

Theorem penaltyQ_correct low high h :
  Q2R (penaltyQ low high h) = penalty (Q2R low) (Q2R high) (Q2R h)
  /\ Q2R (penalty_slopeQ low high h) = penalty_slope (Q2R low) (Q2R high) (Q2R h).
Proof.
  unfold penaltyQ, penalty_slopeQ, penalty, penalty_slope.
  rewrite !(Qeq_eqR _ _ (Qred_correct _)), !Q2R_mult, excessQ_correct.
  assert (Q2R 100 = 100) as -> by (unfold Q2R; simpl; lra).
  assert (Q2R 200 = 200) as -> by (unfold Q2R; simpl; lra).
  split; ring.
Qed.

Example penaltyQ_witness :
  (penaltyQ (3 # 2) (14 # 5) 2 = 0 /\ penaltyQ (3 # 2) (14 # 5) 1 = 25
   /\ penalty_slopeQ (3 # 2) (14 # 5) 3 = 40)%Q.
Proof. repeat split. Qed.

(** ** Grids of 9 x 9 cells with 9 states *)

(** How many of 81 cells are in each state, as shares. *)
Definition grid_state (cells : list nat) : list R := map (fun n => INR n / 81) cells.

Definition grid_counts (cells : list nat) : Prop :=
  length cells = 9%nat /\ fold_right Nat.add 0%nat cells = 81%nat.

Lemma surprise_third : surprise (INR 27 / 81) = ln 3 / 3.
Proof.
  unfold surprise; replace (INR 27 / 81) with (/ 3) by (simpl; field).
  destruct Rle_dec; [lra|]; rewrite ln_Rinv by lra; field.
Qed.

Lemma surprise_zero : surprise (INR 0 / 81) = 0.
Proof. unfold surprise; simpl; destruct Rle_dec; [reflexivity|lra]. Qed.

Theorem grid_in_band : let cells := [27; 27; 27; 0; 0; 0; 0; 0; 0]%nat in
  grid_counts cells /\ distribution (grid_state cells) /\ 1.5 <= entropy (grid_state cells) <= 2.8.
Proof.
  intro cells; split; [now split|split].
  - split; [unfold cells, grid_state; repeat constructor; simpl; lra|].
    unfold cells, grid_state; simpl; lra.
  - assert (value : entropy (grid_state cells) = log2 3).
    { unfold entropy, grid_state, cells, log2; cbn [map sum].
      rewrite !surprise_third, !surprise_zero; lra. }
    rewrite value; unfold log2; pose proof ln_2_pos.
    assert (nine : ln 9 = 2 * ln 3).
    { replace 9 with (3 ^ 2) by ring; rewrite ln_pow by lra; simpl; ring. }
    pose proof log2_9_bounds as bounds; unfold log2 in bounds; rewrite nine in bounds.
    replace (2 * ln 3 / ln 2) with (2 * (ln 3 / ln 2)) in bounds by (field; lra); lra.
Qed.

Theorem grid_below : let cells := [81; 0; 0; 0; 0; 0; 0; 0; 0]%nat in
  grid_counts cells /\ entropy (grid_state cells) = 0.
Proof.
  intro cells; split; [now split|].
  unfold entropy, grid_state, cells; cbn [map sum]; rewrite !surprise_zero; unfold surprise.
  replace (INR 81 / 81) with 1 by (simpl; field).
  destruct Rle_dec; [simpl; lra|]; rewrite ln_1; simpl; lra.
Qed.

Theorem grid_above : let cells := repeat 9%nat 9 in
  grid_counts cells /\ 2.8 < entropy (grid_state cells).
Proof.
  intro cells; split; [now split|].
  assert (same : grid_state cells = uniform 9).
  { unfold grid_state, cells, uniform; rewrite map_repeat; f_equal; simpl; field. }
  rewrite same; destruct (entropy_uniform 9 ltac:(lia)) as [_ ->].
  replace (INR 9) with 9 by (simpl; ring); apply band_above_constrains.
Qed.
