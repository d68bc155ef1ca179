(** * INV-7: all candidates of a race together

    [levels_sum], [levels_below], [levels_series]
                            the levels of the first n candidates sum to (1 - 1/(n+1)) / 100
    [family_error]          the chance that any of them passes wrongly is at most 1/100, however
                            many there are, under the hypotheses of the section [Family], of which
                            [statistic_of_three_normals] is the one about the world
    [judge_passes]          the judge's verdict is the event that this bounds
    [family_witness]        the hypotheses can hold together *)

From Coq Require Import ZArith QArith Qreals Reals List Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Igla Require Import Victory Student.
Import ListNotations.
Open Scope R_scope.

(** ** The levels *)

Definition level (k : nat) : R := / IZR (family (Z.of_nat k)).

Lemma level_value k : (1 <= k)%nat -> level k = / 100 * (/ INR k - / INR (k + 1)).
Proof.
  intro k_ge; unfold level, family.
  rewrite !mult_IZR, plus_IZR, <- INR_IZR_INZ, plus_INR; simpl (INR 1).
  pose proof (le_INR _ _ k_ge) as k_ge'; simpl in k_ge'.
  field; lra.
Qed.

Fixpoint level_sum (n : nat) : R :=
  match n with
  | O => 0
  | S m => level_sum m + level (S m)
  end.

Theorem levels_sum n : level_sum n = / 100 * (1 - / INR (n + 1)).
Proof.
  induction n as [|n IH]; [simpl; lra|].
  simpl level_sum; rewrite IH, level_value by lia.
  replace (n + 1)%nat with (S n) by lia; ring.
Qed.

Theorem levels_below n : level_sum n < / 100.
Proof.
  rewrite levels_sum.
  assert (0 < / INR (n + 1)) by (apply Rinv_0_lt_compat, lt_0_INR; lia); lra.
Qed.

(** The bound is the sum of all levels: no smaller one holds. *)
Theorem levels_series : is_lim_seq level_sum (/ 100).
Proof.
  apply is_lim_seq_ext with (fun n => / 100 - / 100 * / INR (n + 1)).
  { intro n; rewrite levels_sum; ring. }
  replace (Finite (/ 100)) with (Finite (/ 100 - / 100 * 0)) by (f_equal; ring).
  apply is_lim_seq_minus'; [apply is_lim_seq_const|].
  apply is_lim_seq_mult'; [apply is_lim_seq_const|].
  apply is_lim_seq_ext with (fun n => / INR (S n)).
  { intro n; now replace (n + 1)%nat with (S n) by lia. }
  apply (is_lim_seq_incr_1 (fun n => / INR n)).
  replace (Finite 0) with (Rbar_inv p_infty) by reflexivity.
  apply is_lim_seq_inv; [apply is_lim_seq_INR|discriminate].
Qed.

(** ** All candidates of a race together *)

Section Family.

(** What may happen, and a measure of it of which no more is asked than this. *)
Variables (World : Type) (probability : (World -> Prop) -> R).
Hypothesis probability_monotone : forall A B : World -> Prop,
  (forall w, A w -> B w) -> probability A <= probability B.
Hypothesis probability_union : forall A B : World -> Prop,
  probability (fun w => A w \/ B w) <= probability A + probability B.
Hypothesis probability_empty : probability (fun _ => False) = 0.

(** The k-th candidate: its mean over all seeds, and mean and sample variance of its three. *)
Variables (expectation : nat -> R) (mean variance : nat -> World -> R) (target : R).
Hypothesis variance_pos : forall k w, 0 < variance k w.

(** The statistic of three independent normal scores has Student's distribution. *)
Hypothesis statistic_of_three_normals : forall k t,
  probability (fun w => t < t_statistic (expectation k) (mean k w) (variance k w)) = t_tail t.

(** Every candidate is at the target or above it. *)
Hypothesis none_better : forall k, target <= expectation k.

Definition passes (k : nat) (w : World) : Prop :=
  let M := IZR (family (Z.of_nat k)) in
  mean k w < target
  /\ (M - 2) * (M - 2) * variance k w
     < 6 * (M - 1) * ((target - mean k w) * (target - mean k w)).

Lemma family_ge k : (1 <= k)%nat -> 200 <= IZR (family (Z.of_nat k)).
Proof. intro; apply (IZR_le 200); unfold family; nia. Qed.

Lemma passes_level k : (1 <= k)%nat -> probability (passes k) <= level k.
Proof.
  intro k_ge; pose proof (family_ge k k_ge) as large.
  unfold level; rewrite <- t_tail_critical, <- (statistic_of_three_normals k) by lra.
  apply probability_monotone; intros w [below test].
  apply critical_iff in test; try lra; [|apply variance_pos].
  apply Rlt_le_trans with (1 := test); unfold t_statistic.
  assert (0 < sqrt (variance k w) / sqrt 3)
    by (apply Rdiv_lt_0_compat; apply sqrt_lt_R0; [apply variance_pos|lra]).
  apply Rmult_le_compat_r; [now apply Rlt_le, Rinv_0_lt_compat|].
  specialize (none_better k); lra.
Qed.

Theorem family_error n :
  probability (fun w => exists k, (1 <= k <= n)%nat /\ passes k w) <= / 100.
Proof.
  apply Rle_trans with (level_sum n); [|apply Rlt_le, levels_below].
  induction n as [|n IH].
  - simpl level_sum; rewrite <- probability_empty; apply probability_monotone;
    intros w (k & range & _); lia.
  - apply Rle_trans with (probability (fun w =>
      (exists k, (1 <= k <= n)%nat /\ passes k w) \/ passes (S n) w)).
    + apply probability_monotone; intros w (k & range & pass).
      destruct (Nat.eq_dec k (S n)) as [->|]; [now right|].
      left; exists k; split; [lia|exact pass].
    + apply Rle_trans with (1 := probability_union _ _).
      apply Rplus_le_compat; [exact IH|apply passes_level; lia].
Qed.

End Family.

(** ** The judge's verdict is that event *)

(** Where three scores are those of world [w], the judge's [Passed] is [passes] with their mean and
    sample variance: what [family_error] bounds is what the program calls a victory. *)
Theorem judge_passes required target k runs :
  judge required target k runs = Some Passed ->
  exists l, map score runs = map Some l /\
  forall (World : Type) (mean variance : nat -> World -> R) (w : World),
    mean (Z.to_nat k) w = Q2R (mean3 l) -> variance (Z.to_nat k) w = Q2R (variance3 l) ->
    passes World mean variance (Q2R target) (Z.to_nat k) w.
Proof.
  intro passed; apply judge_passed in passed as (l & known & _ & _ & below & test).
  exists l; split; [apply (judged_scores _ _ _ _ _ known)|].
  intros World mean variance w same_mean same_variance.
  pose proof (judged_number _ _ _ _ _ known) as range.
  assert (injected : forall z, Q2R (inject_Z z) = IZR z)
    by (intro; unfold Q2R, inject_Z; simpl; field).
  unfold passes; rewrite same_mean, same_variance, Z2Nat.id by lia.
  split; [now apply Qlt_Rlt|].
  apply Qlt_Rlt in test.
  rewrite !Q2R_mult, !injected, !mult_IZR, !minus_IZR, Q2R_minus in test; exact test.
Qed.

Theorem judge_passes_witness :
  judge 9 (3 # 2) 1 [ {| seed := 43; steps := 9; score := Some (7 # 5) |};
    {| seed := 44; steps := 9; score := Some (701 # 500) |};
    {| seed := 45; steps := 9; score := Some (699 # 500) |} ] = Some Passed.
Proof. vm_compute; reflexivity. Qed.

(** ** The hypotheses can hold together

    With one number for a world and the supremum of its tails for the size of an event, the
    statistic has the distribution that is asked for. Such a size is monotone and not more than
    additive, which is all that the theorem uses. *)

Definition size_set (A : R -> Prop) (y : R) : Prop := y = 0 \/ exists w, A w /\ y = t_tail w.
Definition size (A : R -> Prop) : R := real (Lub_Rbar (size_set A)).

Lemma t_tail_range t : 0 < t_tail t < 1.
Proof. unfold t_tail; pose proof (t_cdf_bounds t); lra. Qed.

Lemma size_finite (A : R -> Prop) : Lub_Rbar (size_set A) = Finite (size A).
Proof.
  unfold size; destruct (Lub_Rbar_correct (size_set A)) as [upper least].
  assert (above : Rbar_le 0 (Lub_Rbar (size_set A))) by (apply upper; now left).
  assert (below : Rbar_le (Lub_Rbar (size_set A)) 1).
  { apply least; intros y [-> |(w & _ & ->)]; simpl; [lra|]; pose proof (t_tail_range w); lra. }
  now destruct (Lub_Rbar (size_set A)).
Qed.

Lemma size_upper (A : R -> Prop) w : A w -> t_tail w <= size A.
Proof.
  intro member; destruct (Lub_Rbar_correct (size_set A)) as [upper _].
  rewrite size_finite in upper; apply (upper (t_tail w)); right; now exists w.
Qed.

Lemma size_nonneg (A : R -> Prop) : 0 <= size A.
Proof.
  destruct (Lub_Rbar_correct (size_set A)) as [upper _].
  rewrite size_finite in upper; apply (upper 0); now left.
Qed.

Lemma size_least (A : R -> Prop) b : 0 <= b -> (forall w, A w -> t_tail w <= b) -> size A <= b.
Proof.
  intros nonneg bound; destruct (Lub_Rbar_correct (size_set A)) as [_ least].
  rewrite size_finite in least; apply (least b).
  intros y [-> |(w & member & ->)]; simpl; [exact nonneg|now apply bound].
Qed.

Lemma size_above t : size (fun w => t < w) = t_tail t.
Proof.
  apply Rle_antisym.
  - apply size_least; [pose proof (t_tail_range t); lra|].
    intros w above; left; now apply t_tail_decreasing.
  - apply Rnot_lt_le; intro less.
    assert (continuous : continuity_pt t_tail t).
    { apply continuity_pt_minus; [now apply continuity_pt_const|].
      apply continuity_pt_filterlim, (ex_derive_continuous t_cdf).
      exists (t_density t); apply t_cdf_derivative. }
    destruct (continuous (t_tail t - size (fun w => t < w)) ltac:(lra)) as (d & d_pos & near).
    assert (distance : R_dist (t_tail (t + d / 2)) (t_tail t) < t_tail t - size (fun w => t < w)).
    { apply near; split; [split; [exact I|lra]|].
      simpl; unfold R_dist; rewrite Rabs_pos_eq; lra. }
    unfold R_dist in distance; apply Rabs_def2 in distance.
    pose proof (size_upper (fun w => t < w) (t + d / 2) ltac:(simpl; lra)); lra.
Qed.

Theorem family_witness :
  let mean := fun (_ : nat) (w : R) => 1 - w / sqrt 3 in
  let variance := fun (_ : nat) (_ : R) => 1 in
  (forall A B : R -> Prop, (forall w, A w -> B w) -> size A <= size B)
  /\ (forall A B, size (fun w => A w \/ B w) <= size A + size B)
  /\ size (fun _ => False) = 0
  /\ (forall k w, 0 < variance k w)
  /\ (forall k t, size (fun w => t < t_statistic 1 (mean k w) (variance k w)) = t_tail t)
  /\ 1 <= 1.
Proof.
  intros mean variance; repeat split.
  - intros A B inside; apply size_least; [apply size_nonneg|].
    intros w member; apply size_upper; auto.
  - intros A B; pose proof (size_nonneg A); pose proof (size_nonneg B).
    apply size_least; [lra|].
    intros w [member|member]; [pose proof (size_upper A w member)|pose proof (size_upper B w
      member)]; lra.
  - apply Rle_antisym; [apply size_least; [lra|tauto]|apply size_nonneg].
  - intros; unfold variance; lra.
  - intros k t; unfold mean, variance; rewrite <- size_above.
    assert (three : 0 < sqrt 3) by (apply sqrt_lt_R0; lra).
    assert (same : forall w, t_statistic 1 (1 - w / sqrt 3) 1 = w).
    { intro w; unfold t_statistic; rewrite sqrt_1; field; lra. }
    apply Rle_antisym; (apply size_least; [apply size_nonneg|]); intros w member;
      apply size_upper; rewrite same in *; exact member.
  - lra.
Qed.
