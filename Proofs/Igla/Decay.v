(** * INV-6: the target encoder's moving average

    [decay]                 the share that is kept: from t0 to 1 on half a cosine
    [decay_range], [decay_first], [decay_last], [decay_increasing]
    [average]               target := d target + (1 - d) online, step by step
    [average_hull]          stays between any bounds of the first target and the online values
    [average_closed]        is the sum of those values with the weights [weight]
    [weights_nonneg], [weights_sum]  which are not negative and sum to 1
    [average_hull_tight]    the bounds are met
    [decay_above_one_leaves]  a share above 1 leaves the hull
    [average_hull_vector]   whole vectors: one convex combination, the same in every coordinate
    [average_last_step]     a share of 1 keeps the target *)

From Coq Require Import Reals List Lra Lia.
Import ListNotations.
Open Scope R_scope.

(** The share kept at progress [p] through the steps with hidden spans, from 0 to 1. *)
Definition decay (t0 p : R) : R := 1 - (1 - t0) * (1 + cos (PI * p)) / 2.

Theorem decay_range t0 p : t0 <= 1 -> t0 <= decay t0 p <= 1.
Proof. intro; unfold decay; pose proof (COS_bound (PI * p)); nra. Qed.

Theorem decay_first t0 : decay t0 0 = t0.
Proof. unfold decay; rewrite Rmult_0_r, cos_0; field. Qed.

Theorem decay_last t0 : decay t0 1 = 1.
Proof. unfold decay; rewrite Rmult_1_r, cos_PI; field. Qed.

Theorem decay_increasing t0 p q : t0 < 1 -> 0 <= p < q -> q <= 1 -> decay t0 p < decay t0 q.
Proof.
  intros below order last; unfold decay; pose proof PI_RGT_0.
  assert (cos (PI * q) < cos (PI * p)) by (apply cos_decreasing_1; nra); nra.
Qed.

Theorem decay_default p : 0.996 <= decay 0.996 p <= 1.
Proof. apply decay_range; lra. Qed.

(** ** The average *)

(** The target after the steps of a list of kept shares and online values. *)
Fixpoint average (target : R) (steps : list (R * R)) : R :=
  match steps with
  | [] => target
  | (d, online) :: rest => average (d * target + (1 - d) * online) rest
  end.

Definition shares_valid (steps : list (R * R)) : Prop :=
  Forall (fun s => 0 <= fst s <= 1) steps.

Theorem average_hull low high target steps :
  shares_valid steps -> low <= target <= high ->
  Forall (fun s => low <= snd s <= high) steps ->
  low <= average target steps <= high.
Proof.
  intro valid; revert target.
  induction valid as [|[d online] rest share _ IH]; intros target start inside; [exact start|].
  inversion inside as [|? ? here later]; subst; simpl in *.
  apply IH; [nra|exact later].
Qed.

(** What is left of the first target, and the weight of each online value. *)
Fixpoint kept (steps : list (R * R)) : R :=
  match steps with
  | [] => 1
  | (d, _) :: rest => d * kept rest
  end.

Fixpoint weights (steps : list (R * R)) : list R :=
  match steps with
  | [] => []
  | (d, _) :: rest => (1 - d) * kept rest :: weights rest
  end.

Fixpoint weighted_sum (w : list R) (steps : list (R * R)) : R :=
  match w, steps with
  | x :: w', (_, online) :: rest => x * online + weighted_sum w' rest
  | _, _ => 0
  end.

Theorem average_closed target steps :
  average target steps = kept steps * target + weighted_sum (weights steps) steps.
Proof.
  revert target; induction steps as [|[d online] rest IH]; intro target; simpl; [ring|].
  rewrite IH; ring.
Qed.

Theorem weights_sum steps : kept steps + fold_right Rplus 0 (weights steps) = 1.
Proof.
  induction steps as [|[d online] rest IH]; simpl; [ring|].
  transitivity (kept rest + fold_right Rplus 0 (weights rest)); [ring|exact IH].
Qed.

Lemma kept_range steps : shares_valid steps -> 0 <= kept steps <= 1.
Proof. induction 1 as [|[d online] rest share _ IH]; simpl in *; [lra|nra]. Qed.

Theorem weights_nonneg steps :
  shares_valid steps -> 0 <= kept steps /\ Forall (fun w => 0 <= w) (weights steps).
Proof.
  intro valid; split; [now apply kept_range|].
  induction valid as [|[d online] rest share later IH]; simpl in *; constructor; [|exact IH].
  pose proof (kept_range rest later); nra.
Qed.

Theorem average_last_step target online : average target [(decay 0.996 1, online)] = target.
Proof. simpl; rewrite decay_last; ring. Qed.

(** ** The hypotheses are met and needed *)

Example shares_valid_witness : shares_valid [(decay 0.996 0, 2); (decay 0.996 (/ 2), 3)].
Proof.
  pose proof (decay_default 0); pose proof (decay_default (/ 2)).
  apply Forall_cons; [simpl; lra|]; apply Forall_cons; [simpl; lra|apply Forall_nil].
Qed.

Theorem average_hull_tight high steps :
  Forall (fun s => snd s = high) steps -> average high steps = high.
Proof.
  induction 1 as [|[d online] rest same _ IH]; simpl in *; [reflexivity|].
  subst online; now replace (d * high + (1 - d) * high) with high by ring.
Qed.

Theorem decay_above_one_leaves d : 1 < d -> average 1 [(d, 0)] > 1.
Proof. intro; simpl; lra. Qed.

(** ** Vectors *)

(** The steps as one coordinate sees them. *)
Definition coordinate {A} (i : A) (steps : list (R * (A -> R))) : list (R * R) :=
  map (fun s => (fst s, snd s i)) steps.

Lemma coordinate_weights {A} (i j : A) steps :
  kept (coordinate i steps) = kept (coordinate j steps)
  /\ weights (coordinate i steps) = weights (coordinate j steps).
Proof.
  induction steps as [|[d online] rest [same_kept same_weights]]; [now split|].
  simpl; rewrite same_kept, same_weights; now split.
Qed.

(** The target is one convex combination of whole vectors: the same weights in every coordinate, none
    negative, of sum 1. *)
Theorem average_hull_vector {A} (origin : A) (target : A -> R) (steps : list (R * (A -> R))) :
  Forall (fun s => 0 <= fst s <= 1) steps ->
  exists first rest, 0 <= first /\ Forall (fun w => 0 <= w) rest
  /\ first + fold_right Rplus 0 rest = 1
  /\ forall i, average (target i) (coordinate i steps)
      = first * target i + weighted_sum rest (coordinate i steps).
Proof.
  intro valid.
  assert (shares : shares_valid (coordinate origin steps)).
  { unfold shares_valid, coordinate; rewrite Forall_map; exact valid. }
  destruct (weights_nonneg _ shares) as [first_ge rest_ge].
  exists (kept (coordinate origin steps)), (weights (coordinate origin steps)).
  split; [exact first_ge|]; split; [exact rest_ge|]; split; [apply weights_sum|].
  intro i; rewrite average_closed.
  destruct (coordinate_weights i origin steps) as [-> ->]; reflexivity.
Qed.

Example average_hull_vector_witness :
  Forall (fun s : R * (bool -> R) => 0 <= fst s <= 1) [(0.996, fun _ => 2)].
Proof. repeat constructor; simpl; lra. Qed.
