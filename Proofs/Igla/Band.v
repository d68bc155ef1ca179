(** * INV-8: learning rates

    [factor]                the share of the peak rate, as [rateFactor] computes it on the reals
    [factor_range], [rate_band]  in [0, 1]; so a rate stays between its floor and its peak
    [factor_phi_floor]      the phi schedule never falls below phi^(-1/tau)
    [factor_falls]          after the warm-up no schedule rises
    [warmup_reaches_peak], [linear_reaches_zero]  both ends of the band are met
    [descent_contracts_iff] on a quadratic with eigenvalues l_i > 0, gradient descent shrinks every
                            component if and only if 0 < eta < 2 / max l
    [descent_contracts_vector]  it shortens every vector but zero under the same condition, and only then
    [descent_quadratic]     without eigenvalues: |x - eta A x|^2 <= |x|^2 - eta (2 - eta L) <x, A x>
    [descent_edge]          at eta = 2 / l the size stays the same: the bound is strict
    [champion_in_band]      0.001 <= 0.004 <= 0.01; [best_recipe_outside]: 0.02 is not in it *)

From Coq Require Import Reals List Lra Lia.
From Igla Require Import Phi.
Import ListNotations.
Open Scope R_scope.

Inductive schedule := Constant | Linear | Wsd_sqrt | Cosine | Phi_power.

Section Schedule.

(** Steps of the run; steps of the warm-up, which is a whole number; the share of the run in which a
    schedule falls; the phi schedule's time in runs. *)
Variables (total rising fall tau : R).
Hypothesis total_pos : 0 < total.
Hypothesis rising_range : 0 <= rising <= total.
Hypothesis tau_pos : 0 < tau.

Definition clip (x : R) : R := Rmin 1 (Rmax 0 x).

(** What is left of the last part of the run, 1 before it. *)
Definition rest (step : R) : R :=
  if Rle_dec (fall * total) 0 then 1 else clip ((total - step) / (fall * total)).

Definition factor (kind : schedule) (step : R) : R :=
  let t := step + 1 in
  if Rle_dec t rising then t / rising
  else match kind with
  | Constant => 1
  | Linear => rest step
  | Wsd_sqrt => 1 - sqrt (1 - rest step)
  | Cosine => / 2 * (1 + cos (PI * clip ((step - rising) / Rmax (total - rising) 1)))
  | Phi_power => Rpower phi (- (t - Rmax rising 1) / (tau * total))
  end.

Lemma clip_range x : 0 <= clip x <= 1.
Proof. unfold clip, Rmin, Rmax; repeat destruct Rle_dec; lra. Qed.

Lemma clip_le x y : x <= y -> clip x <= clip y.
Proof. intro; unfold clip, Rmin, Rmax; repeat destruct Rle_dec; lra. Qed.

Lemma rest_range step : 0 <= rest step <= 1.
Proof. unfold rest; destruct Rle_dec; [lra|apply clip_range]. Qed.

Lemma rest_falls s t : s <= t -> rest t <= rest s.
Proof.
  intro order; unfold rest; destruct Rle_dec as [|positive]; [lra|].
  apply clip_le, Rmult_le_compat_r; [left; apply Rinv_0_lt_compat|]; lra.
Qed.

Lemma sqrt_share x : 0 <= x <= 1 -> 0 <= sqrt x <= 1.
Proof.
  intro range; split; [apply sqrt_pos|].
  rewrite <- sqrt_1; apply sqrt_le_1_alt; lra.
Qed.

Lemma phi_power_le x y : x <= y -> Rpower phi x <= Rpower phi y.
Proof. intro; apply Rle_Rpower; [pose proof phi_bounds; lra|assumption]. Qed.

Lemma phi_power_0 : Rpower phi 0 = 1.
Proof. apply Rpower_O, phi_pos. Qed.

Lemma scale_pos : 0 < tau * total.
Proof. now apply Rmult_lt_0_compat. Qed.

(** Step numbers are whole: beyond a warm-up of at least none, [step + 1] is at least 1. *)
Theorem factor_range kind step : 0 <= step -> 0 <= factor kind step <= 1.
Proof.
  intro step_ge; unfold factor; destruct Rle_dec as [warm|beyond].
  - split; [apply Rmult_le_pos; [lra|left; apply Rinv_0_lt_compat; lra]|].
    apply Rmult_le_reg_r with rising; [lra|].
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra.
  - destruct kind.
    + lra.
    + apply rest_range.
    + pose proof (rest_range step).
      pose proof (sqrt_share (1 - rest step) ltac:(lra)); lra.
    + match goal with |- context [cos ?a] => pose proof (COS_bound a) end; lra.
    + split; [left; apply exp_pos|].
      apply Rle_trans with (Rpower phi 0); [|rewrite phi_power_0; lra]; apply phi_power_le.
      apply Rmult_le_reg_r with (tau * total); [apply scale_pos|].
      pose proof scale_pos.
      unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra.
      unfold Rmax; destruct Rle_dec; lra.
Qed.

(** A parameter group's rate: from its floor at factor 0 to its peak at factor 1. *)
Definition rate (floor peak : R) (kind : schedule) (step : R) : R :=
  floor + (peak - floor) * factor kind step.

Theorem rate_band floor peak kind step :
  floor <= peak -> 0 <= step -> floor <= rate floor peak kind step <= peak.
Proof. intros order step_ge; pose proof (factor_range kind step step_ge); unfold rate; nra. Qed.

Theorem factor_phi_floor step : 0 <= step <= total - 1 ->
  Rpower phi (- / tau) <= factor Phi_power step \/ factor Phi_power step = (step + 1) / rising.
Proof.
  intro inside; unfold factor; destruct Rle_dec as [|beyond]; [now right|left].
  apply phi_power_le, Rmult_le_reg_r with (tau * total); [apply scale_pos|].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l by (pose proof scale_pos; lra).
  replace (- / tau * (tau * total)) with (- total) by (field; lra).
  unfold Rmax; destruct Rle_dec; lra.
Qed.

Theorem factor_falls kind s t :
  rising < s + 1 -> s <= t -> factor kind t <= factor kind s.
Proof.
  intros beyond order; unfold factor.
  destruct (Rle_dec (t + 1) rising); [lra|]; destruct (Rle_dec (s + 1) rising); [lra|].
  destruct kind.
  - lra.
  - now apply rest_falls.
  - pose proof (rest_falls s t order); pose proof (rest_range s); pose proof (rest_range t).
    assert (sqrt (1 - rest s) <= sqrt (1 - rest t)) by (apply sqrt_le_1_alt; lra); lra.
  - set (width := Rmax (total - rising) 1).
    assert (0 < width) by (unfold width, Rmax; destruct Rle_dec; lra).
    assert (clip ((s - rising) / width) <= clip ((t - rising) / width)).
    { apply clip_le, Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|lra]. }
    pose proof (clip_range ((s - rising) / width)); pose proof (clip_range ((t - rising) / width)).
    pose proof PI_RGT_0.
    assert (cos (PI * clip ((t - rising) / width)) <= cos (PI * clip ((s - rising) / width)))
      by (apply cos_decr_1; nra).
    lra.
  - apply phi_power_le, Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, scale_pos|lra].
Qed.

Theorem warmup_reaches_peak kind : 1 <= rising -> factor kind (rising - 1) = 1.
Proof. intro; unfold factor; destruct Rle_dec; [field; lra|lra]. Qed.

Theorem linear_reaches_zero : 0 < fall -> factor Linear total = 0.
Proof.
  intro fall_pos; unfold factor; destruct Rle_dec; [lra|].
  unfold rest; destruct Rle_dec as [wrong|_].
  - pose proof (Rmult_lt_0_compat _ _ fall_pos total_pos); lra.
  - unfold Rminus; rewrite Rplus_opp_r; unfold Rdiv; rewrite Rmult_0_l.
    unfold clip, Rmin, Rmax; repeat destruct Rle_dec; lra.
Qed.

End Schedule.

(** The hypotheses of the section are met by a run of 1000 steps. *)
Example schedule_witness : 0 < 1000 /\ 0 <= 20 <= 1000 /\ 0 < 0.25.
Proof. lra. Qed.

(** ** Gradient descent on a quadratic *)

(** In its eigenbasis f x = sum l_i x_i^2 / 2, and a step multiplies x_i by 1 - eta l_i. *)
Definition descend (eta : R) (eigenvalues x : list R) : list R :=
  map (fun p => (1 - eta * fst p) * snd p) (combine eigenvalues x).

Definition shrinks (eta l : R) : Prop := forall x, x <> 0 -> Rabs ((1 - eta * l) * x) < Rabs x.

Lemma shrinks_iff eta l : 0 < l -> shrinks eta l <-> 0 < eta < 2 / l.
Proof.
  intro l_pos.
  assert (bound : eta < 2 / l <-> eta * l < 2).
  { split; intro less.
    - apply Rmult_lt_compat_r with (r := l) in less; [|exact l_pos].
      unfold Rdiv in less; rewrite Rmult_assoc, Rinv_l in less; lra.
    - apply Rmult_lt_reg_r with l; [exact l_pos|].
      unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
  rewrite bound; split.
  - intro small; specialize (small 1 R1_neq_R0).
    rewrite Rmult_1_r, Rabs_R1 in small; apply Rabs_def2 in small.
    split; [apply Rnot_le_lt; intro|]; nra.
  - intros [eta_pos eta_lt] x nonzero; rewrite Rabs_mult.
    pose proof (Rabs_pos_lt x nonzero).
    assert (Rabs (1 - eta * l) < 1) by (apply Rabs_def1; nra); nra.
Qed.

Theorem descent_contracts_iff eta eigenvalues largest :
  Forall (fun l => 0 < l <= largest) eigenvalues -> In largest eigenvalues ->
  Forall (shrinks eta) eigenvalues <-> 0 < eta < 2 / largest.
Proof.
  intros range member; rewrite !Forall_forall in *.
  split; [intro all; apply shrinks_iff; [apply range, member|now apply all]|].
  intros [eta_pos eta_lt] l inside; destruct (range l inside) as [l_pos l_le].
  apply shrinks_iff; [exact l_pos|]; split; [exact eta_pos|].
  apply Rlt_le_trans with (1 := eta_lt), Rmult_le_compat_l; [lra|].
  now apply Rinv_le_contravar.
Qed.

(** The same of whole vectors: the squared length falls from every start but zero. *)
Fixpoint square_length (x : list R) : R :=
  match x with
  | [] => 0
  | a :: rest => a * a + square_length rest
  end.

Lemma square_length_zeros n : square_length (repeat 0 n) = 0.
Proof. induction n as [|n IH]; simpl; [reflexivity|rewrite IH; ring]. Qed.

Lemma descend_shorter eta eigenvalues x :
  Forall (shrinks eta) eigenvalues -> length x = length eigenvalues ->
  square_length (descend eta eigenvalues x) <= square_length x
  /\ (Exists (fun a => a <> 0) x ->
      square_length (descend eta eigenvalues x) < square_length x).
Proof.
  intro all; revert x; induction all as [|l rest here _ IH]; intros [|a x] same; try discriminate.
  - split; [apply Rle_refl|]; intro some; inversion some.
  - injection same as same; destruct (IH x same) as [weak strict].
    unfold descend in *; cbn [combine map fst snd square_length].
    assert (part : (1 - eta * l) * a * ((1 - eta * l) * a) <= a * a
      /\ (a <> 0 -> (1 - eta * l) * a * ((1 - eta * l) * a) < a * a)).
    { destruct (Req_dec a 0) as [->|nonzero]; [split; [lra|tauto]|].
      pose proof (Rsqr_lt_abs_1 _ _ (here a nonzero)) as less; unfold Rsqr in less.
      split; [lra|trivial]. }
    destruct part as [part_weak part_strict]; split; [lra|].
    intro some; inversion some as [? ? first|? ? later]; subst.
    + specialize (part_strict first); lra.
    + specialize (strict later); lra.
Qed.

(** The unit vector along one eigenvector. *)
Lemma descend_unit eta before l after :
  let x := repeat 0 (length before) ++ 1 :: repeat 0 (length after) in
  length x = length (before ++ l :: after) /\ Exists (fun a => a <> 0) x
  /\ square_length x = 1
  /\ square_length (descend eta (before ++ l :: after) x) = (1 - eta * l) * (1 - eta * l).
Proof.
  intro x; subst x; split; [rewrite !app_length; simpl; rewrite !repeat_length; reflexivity|].
  split; [apply Exists_exists; exists 1; split; [apply in_elt|apply R1_neq_R0]|].
  assert (tail : square_length (descend eta after (repeat 0 (length after))) = 0).
  { induction after as [|e after IH]; [reflexivity|].
    unfold descend in *; cbn [length repeat combine map fst snd square_length]; rewrite IH; ring. }
  induction before as [|e before [IH_size IH_step]].
  - unfold descend in *; cbn [length repeat app combine map fst snd square_length].
    rewrite square_length_zeros, tail; split; ring.
  - unfold descend in *; cbn [length repeat app combine map fst snd square_length].
    rewrite IH_size, IH_step; split; ring.
Qed.

Theorem descent_contracts_vector eta eigenvalues largest :
  Forall (fun l => 0 < l <= largest) eigenvalues -> In largest eigenvalues ->
  (forall x, length x = length eigenvalues -> Exists (fun a => a <> 0) x ->
     square_length (descend eta eigenvalues x) < square_length x)
  <-> 0 < eta < 2 / largest.
Proof.
  intros range member; split.
  - intro contracts; apply in_split in member as (before & after & ->).
    destruct (descend_unit eta before largest after) as (same & some & unit & stepped).
    specialize (contracts _ same some); rewrite unit, stepped in contracts.
    assert (positive : 0 < largest).
    { rewrite Forall_forall in range; apply (range largest), in_elt. }
    apply shrinks_iff; [exact positive|]; intros x nonzero; rewrite Rabs_mult.
    pose proof (Rabs_pos_lt x nonzero).
    assert (Rabs (1 - eta * largest) < 1) by (apply Rabs_def1; nra); nra.
  - intro band; apply (descent_contracts_iff eta eigenvalues largest range member) in band.
    intros x same some; now apply (descend_shorter eta eigenvalues x band same).
Qed.

(** Each component then falls as a geometric sequence. *)
Fixpoint descend_many (n : nat) (eta : R) (eigenvalues x : list R) : list R :=
  match n with
  | O => x
  | S m => descend_many m eta eigenvalues (descend eta eigenvalues x)
  end.

Theorem descend_geometric n eta l x :
  descend_many n eta [l] [x] = [(1 - eta * l) ^ n * x].
Proof.
  revert x; induction n as [|n IH]; intro x; simpl; [now rewrite Rmult_1_l|].
  unfold descend; simpl; rewrite IH; f_equal; ring.
Qed.

(** For any inner product: [cross] is <x, A x> and [image] is |A x|^2, at most L <x, A x>. *)
Theorem descent_quadratic eta L norm cross image :
  0 <= eta -> image <= L * cross ->
  norm - 2 * eta * cross + eta * eta * image <= norm - eta * (2 - eta * L) * cross.
Proof. intros; assert (0 <= eta * eta) by nra; nra. Qed.

Theorem descent_edge l x : 0 < l -> Rabs ((1 - 2 / l * l) * x) = Rabs x.
Proof.
  intro; unfold Rdiv; rewrite (Rmult_assoc 2), Rinv_l by lra.
  replace ((1 - 2 * 1) * x) with (- x) by ring; apply Rabs_Ropp.
Qed.

Example descent_witness : Forall (shrinks 0.1) [1; 10; 19].
Proof. apply (descent_contracts_iff 0.1 [1; 10; 19] 19); [repeat constructor; lra|simpl;
  auto|lra]. Qed.

(** ** The champion of the specification, as a fact about numbers *)

Theorem champion_in_band : 0.001 <= 0.004 <= 0.01.
Proof. lra. Qed.

Theorem best_recipe_outside : ~ 0.001 <= 0.02 <= 0.01.
Proof. lra. Qed.
