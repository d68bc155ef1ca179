(** * INV-1, second part: the layers' backward passes

    Each is the transpose of the layer's derivative, with the formulas of the reference
    implementation, for any finite sets of rows and channels.

    [matmul_backward]       product of activations and weights, in both
    [rms_norm_backward]     normed rows with their gain, in both
    [squared_relu_backward]
    [cross_entropy_backward] weighted sum of softmax cross-entropies
    [rotary_backward]       rotation of pairs of channels; [rotary_norm]: it keeps sizes
    [scores_backward], [masked_softmax_backward], [attention_backward]
                            attention over the visible rows, put together by the chain rule
    [perceptron_backward]   an example of composition: norm, product, squared ReLU, product

    [pair_of], [both] and the chain rule of [Vectors] put any network together from these. *)

From Coq Require Import Reals List FunctionalExtensionality Arith Lra Lia.
From Coquelicot Require Import Coquelicot.
From Igla Require Import Vectors.
Import ListNotations.
Open Scope R_scope.

(** ** Products of matrices *)

Section Matmul.

Context {T In Out : Type}.
Variables (rows : list T) (ins : list In) (outs : list Out).

(** Activations on the left, weights on the right. *)
Definition matmul (z : T * In + In * Out -> R) (p : T * Out) : R :=
  total ins (fun i => z (inl (fst p, i)) * z (inr (i, snd p))).

Definition matmul_back (z : T * In + In * Out -> R) (w : T * Out ->
  R) (p : T * In + In * Out) : R :=
  match p with
  | inl (t, i) => total outs (fun j => w (t, j) * z (inr (i, j)))
  | inr (i, j) => total rows (fun t => z (inl (t, i)) * w (t, j))
  end.

Theorem matmul_backward z :
  backward (both (list_prod rows ins) (list_prod ins outs)) (list_prod rows outs)
    matmul z (matmul_back z).
Proof.
  exists (fun v p => total ins (fun i =>
    v (inl (fst p, i)) * z (inr (i, snd p)) + z (inl (fst p, i)) * v (inr (i, snd p)))); split.
  - intros c s v here moving [t j]; unfold matmul; simpl; rewrite <- here.
    apply (derive_total ins (fun s i => c s (inl (t, i)) * c s (inr (i, j)))); intros i _.
    apply derive_mult; apply moving.
  - intros v w; rewrite dot_both; unfold dot, matmul_back; rewrite !total_prod; simpl.
    transitivity (total rows (fun t => total outs (fun j => total ins (fun i =>
      v (inl (t, i)) * z (inr (i, j)) * w (t, j) + z (inl (t, i)) * v (inr (i, j)) * w (t, j))))).
    { do 2 (apply total_ext; intro); rewrite <- total_scale_right; apply total_ext; intro; ring. }
    transitivity (total rows (fun t => total ins (fun i => total outs (fun j =>
      v (inl (t, i)) * z (inr (i, j)) * w (t, j) + z (inl (t, i)) * v (inr (i, j)) * w (t, j))))).
    { apply total_ext; intro t; apply total_swap. }
    transitivity (total rows (fun t => total ins (fun i => total outs (fun j =>
        v (inl (t, i)) * z (inr (i, j)) * w (t, j))))
      + total rows (fun t => total ins (fun i => total outs (fun j =>
        z (inl (t, i)) * v (inr (i, j)) * w (t, j))))).
    { rewrite <- total_plus; apply total_ext; intro t.
      rewrite <- total_plus; apply total_ext; intro i; apply total_plus. }
    f_equal.
    + do 2 (apply total_ext; intro); rewrite <- total_scale; apply total_ext; intro; ring.
    + rewrite total_swap; apply total_ext; intro i.
      rewrite total_swap; apply total_ext; intro j.
      rewrite <- total_scale; apply total_ext; intro; ring.
Qed.

End Matmul.

(** ** Root mean square norm *)

Section RMSNorm.

Context {T Ch : Type}.
Variables (rows : list T) (channels : list Ch) (eps : R).
Hypothesis eps_pos : 0 < eps.
Hypothesis some_channel : channels <> [].

Let n := INR (length channels).

Definition mean_square (z : T * Ch + Ch -> R) (t : T) : R :=
  total channels (fun j => z (inl (t, j)) * z (inl (t, j))) / n + eps.

Definition rho (z : T * Ch + Ch -> R) (t : T) : R := / sqrt (mean_square z t).

(** Rows on the left, gain on the right. *)
Definition rms_norm (z : T * Ch + Ch -> R) (p : T * Ch) : R :=
  z (inr (snd p)) * z (inl p) * rho z (fst p).

Definition rms_norm_back (z : T * Ch + Ch -> R) (w : T * Ch -> R) (p : T * Ch + Ch) : R :=
  match p with
  | inl (t, i) =>
    rho z t * z (inr i) * w (t, i)
    - rho z t * rho z t * rho z t * z (inl (t, i)) / n
      * total channels (fun j => w (t, j) * z (inr j) * z (inl (t, j)))
  | inr i => total rows (fun t => w (t, i) * z (inl (t, i)) * rho z t)
  end.

Lemma n_pos : 0 < n.
Proof.
  unfold n; apply lt_0_INR; destruct channels; [congruence|simpl; lia].
Qed.

Lemma mean_square_pos z t : 0 < mean_square z t.
Proof.
  unfold mean_square; pose proof n_pos.
  assert (0 <= total channels (fun j => z (inl (t, j)) * z (inl (t, j))) / n); [|lra].
  apply Rmult_le_pos; [apply total_nonneg; intro; nra|left; now apply Rinv_0_lt_compat].
Qed.

Lemma rho_derivative (c : R -> T * Ch + Ch -> R) s v t : moves c s v ->
  is_derive (fun r => rho (c r) t) s
    (- (rho (c s) t * rho (c s) t * rho (c s) t) / n
     * total channels (fun j => c s (inl (t, j)) * v (inl (t, j)))).
Proof.
  intro moving; pose proof (mean_square_pos (c s) t) as positive; pose proof n_pos.
  assert (root : 0 < sqrt (mean_square (c s) t)) by now apply sqrt_lt_R0.
  assert (inner : is_derive (fun r => mean_square (c r) t) s
    (/ n * total channels (fun j => v (inl (t, j)) * c s (inl (t, j))
       + c s (inl (t, j)) * v (inl (t, j))))).
  { unfold mean_square.
    apply derive_value with (/ n * total channels (fun j => v (inl (t, j)) * c s (inl (t, j))
       + c s (inl (t, j)) * v (inl (t, j))) + 0); [ring|].
    apply derive_plus; [|apply derive_const].
    apply derive_ext with
      (fun r => / n * total channels (fun j => c r (inl (t, j)) * c r (inl (t, j)))).
    { intro r; unfold Rdiv; apply Rmult_comm. }
    apply derive_scale.
    apply (derive_total channels (fun r j => c r (inl (t, j)) * c r (inl (t, j)))); intros j _.
    apply derive_mult; apply moving. }
  assert (outer : is_derive (fun x => / sqrt x) (mean_square (c s) t)
    (- / (2 * (sqrt (mean_square (c s) t) * sqrt (mean_square (c s) t)
      * sqrt (mean_square (c s) t))))).
  { auto_derive; [split; [exact positive|split; [lra|exact Logic.I]]|].
    set (m := mean_square (c s) t) in *; field; lra. }
  refine (derive_value _ _ _ _ _ (derive_comp _ _ _ _ _ inner outer)).
  rewrite (total_ext channels _ (fun j => 2 * (c s (inl (t, j)) * v (inl (t, j))))) by (intro;
    ring).
  rewrite total_scale; unfold rho; field; lra.
Qed.

Theorem rms_norm_backward z :
  backward (both (list_prod rows channels) channels) (list_prod rows channels)
    rms_norm z (rms_norm_back z).
Proof.
  pose proof n_pos.
  pose (slope := fun (v : T * Ch + Ch -> R) t => - (rho z t * rho z t * rho z t) / n
     * total channels (fun j => z (inl (t, j)) * v (inl (t, j)))).
  exists (fun v p => (v (inr (snd p)) * z (inl p) + z (inr (snd p)) * v (inl p)) * rho z (fst p)
    + z (inr (snd p)) * z (inl p) * slope v (fst p)); split.
  - intros c s v here moving [t i]; unfold rms_norm, slope; simpl; rewrite <- here.
    apply (derive_mult (fun r => c r (inr i) * c r (inl (t, i))) (fun r => rho (c r) t));
      [|now apply rho_derivative].
    apply (derive_mult (fun r => c r (inr i)) (fun r => c r (inl (t, i)))); apply moving.
  - intros v w; rewrite dot_both; unfold dot, rms_norm_back; rewrite !total_prod; simpl.
    rewrite (total_ext channels (fun j => v (inr j) * total rows _)
      (fun j => total rows (fun t => v (inr j) * (w (t, j) * z (inl (t, j)) * rho z t))))
      by (intro; now rewrite total_scale).
    rewrite (total_swap channels rows), <- total_plus.
    apply total_ext; intro t; rewrite <- total_plus.
    (* One row: what the mean square adds, summed over the channels, is symmetric. *)
    set (proj := total channels (fun j => w (t, j) * z (inr j) * z (inl (t, j)))).
    set (r3 := rho z t * rho z t * rho z t).
    transitivity (total channels (fun i =>
        (v (inr i) * z (inl (t, i)) + z (inr i) * v (inl (t, i))) * rho z t * w (t, i))
      + slope v t * proj).
    { unfold proj; rewrite <- total_scale, <- total_plus; apply total_ext; intro; ring. }
    transitivity (total channels (fun i =>
        (v (inr i) * z (inl (t, i)) + z (inr i) * v (inl (t, i))) * rho z t * w (t, i))
      + - (r3 / n) * proj * total channels (fun j => z (inl (t, j)) * v (inl (t, j)))).
    { unfold slope; fold r3; field; lra. }
    rewrite <- total_scale, <- total_plus; apply total_ext; intro i; field; lra.
Qed.

End RMSNorm.

(** ** Squared ReLU *)

Section SquaredReLU.

Context {I : Type}.
Variable ix : list I.

Definition squared_relu (z : I -> R) (i : I) : R := Rmax 0 (z i) * Rmax 0 (z i).

Definition squared_relu_back (z w : I -> R) (i : I) : R := 2 * Rmax 0 (z i) * w i.

Lemma squared_relu_derivative x : is_derive (fun y => Rmax 0 y * Rmax 0 y) x (2 * Rmax 0 x).
Proof.
  apply is_derive_Reals; intros e e_pos; exists (mkposreal _ e_pos).
  intros h nonzero small; simpl in small.
  assert (close : Rabs (Rmax 0 (x + h) * Rmax 0 (x + h) - Rmax 0 x * Rmax 0 x - 2 * Rmax 0 x
    * h) <= h * h).
  { apply Rabs_le; unfold Rmax; repeat destruct Rle_dec; split; nra. }
  replace ((Rmax 0 (x + h) * Rmax 0 (x + h) - Rmax 0 x * Rmax 0 x) / h - 2 * Rmax 0 x)
    with ((Rmax 0 (x + h) * Rmax 0 (x + h) - Rmax 0 x * Rmax 0 x - 2 * Rmax 0 x * h) / h)
    by (field; exact nonzero).
  unfold Rdiv; rewrite Rabs_mult, Rabs_inv.
  pose proof (Rabs_pos_lt h nonzero).
  apply Rmult_lt_reg_r with (Rabs h); [assumption|].
  rewrite Rmult_assoc, Rinv_l by lra.
  replace (h * h) with (Rabs h * Rabs h) in close by (rewrite <- Rabs_mult; apply Rabs_pos_eq; nra).
  nra.
Qed.

Theorem squared_relu_backward z : backward ix ix squared_relu z (squared_relu_back z).
Proof.
  exists (fun v i => v i * (2 * Rmax 0 (z i))); split.
  - intros c s v here moving i; unfold squared_relu; rewrite <- here.
    apply (derive_comp (fun s => c s i) (fun y => Rmax 0 y * Rmax 0 y)); [apply moving|].
    apply squared_relu_derivative.
  - intros v w; unfold dot, squared_relu_back; apply total_ext; intro; ring.
Qed.

End SquaredReLU.

(** ** Softmax and its cross-entropy *)

Section Softmax.

Context {T K : Type}.
Variables (rows : list T) (keys : list K).

(** Which keys a row may look at; all of them for a head's logits, the past for attention. *)
Variable visible : T -> K -> bool.

Definition seen (t : T) : list K := filter (visible t) keys.

Hypothesis sees_something : forall t, seen t <> [].

Definition mass (z : T * K -> R) (t : T) : R := total (seen t) (fun j => exp (z (t, j))).

Definition softmax (z : T * K -> R) (p : T * K) : R :=
  if visible (fst p) (snd p) then exp (z p) / mass z (fst p) else 0.

Lemma mass_pos z t : 0 < mass z t.
Proof. apply total_pos; [apply sees_something|intro; apply exp_pos]. Qed.

Lemma exp_derivative (c : R -> T * K -> R) s v p : moves c s v ->
  is_derive (fun r => exp (c r p)) s (v p * exp (c s p)).
Proof. intro moving; apply (derive_comp (fun r => c r p) exp);
  [apply moving|apply is_derive_exp]. Qed.

Lemma mass_derivative (c : R -> T * K -> R) s v t : moves c s v ->
  is_derive (fun r => mass (c r) t) s (total (seen t) (fun j => v (t, j) * exp (c s (t, j)))).
Proof.
  intro moving; unfold mass.
  apply (derive_total (seen t) (fun r j => exp (c r (t, j)))); intros j _; now apply exp_derivative.
Qed.

(** The mean of [u] under the probabilities of a row. *)
Definition expect (z : T * K -> R) (t : T) (u : K -> R) : R :=
  total keys (fun j => softmax z (t, j) * u j).

Lemma expect_seen z t u :
  expect z t u = total (seen t) (fun j => u j * exp (z (t, j))) / mass z t.
Proof.
  unfold expect, seen; rewrite total_filter; unfold Rdiv; rewrite <- total_scale_right.
  apply total_ext; intro j; unfold softmax; simpl; destruct (visible t j); unfold Rdiv; ring.
Qed.

Theorem softmax_sums z t : expect z t (fun _ => 1) = 1.
Proof.
  rewrite expect_seen; pose proof (mass_pos z t).
  rewrite (total_ext _ _ (fun j => exp (z (t, j)))) by (intro; ring).
  fold (mass z t); field; lra.
Qed.

Definition masked_softmax_back (z w : T * K -> R) (p : T * K) : R :=
  softmax z p * (w p - expect z (fst p) (fun j => w (fst p, j))).

Theorem masked_softmax_backward z :
  backward (list_prod rows keys) (list_prod rows keys) softmax z (masked_softmax_back z).
Proof.
  exists (masked_softmax_back z); split.
  - intros c s v here moving [t j]; unfold masked_softmax_back, softmax at 1 2; simpl;
    rewrite <- here.
    destruct (visible t j); [|apply derive_value with 0; [ring|apply derive_const]].
    pose proof (mass_pos (c s) t) as positive.
    rewrite expect_seen; unfold Rdiv.
    apply derive_value with (v (t, j) * exp (c s (t, j)) * / mass (c s) t
      + exp (c s (t, j)) * (total (seen t) (fun k => v (t, k) * exp (c s (t, k)))
          * (- / (mass (c s) t * mass (c s) t)))).
    { field; lra. }
    apply (derive_mult (fun r => exp (c r (t, j))) (fun r => / mass (c r) t));
      [now apply exp_derivative|].
    apply (derive_comp (fun r => mass (c r) t) Rinv); [now apply mass_derivative|].
    auto_derive; [lra|field; lra].
  - intros v w; unfold dot, masked_softmax_back; rewrite !total_prod; apply total_ext; intro t;
    simpl.
    unfold expect.
    transitivity (total keys (fun j => softmax z (t, j) * v (t, j) * w (t, j))
      - total keys (fun j => softmax z (t, j) * v (t, j)) * total keys (fun j => softmax z (t, j)
        * w (t, j))).
    + rewrite (total_ext keys _ (fun j => softmax z (t, j) * v (t, j) * w (t, j)
        - total keys (fun k => softmax z (t, k) * v (t, k)) * (softmax z (t, j) * w (t, j))))
        by (intro; ring).
      now rewrite total_minus, total_scale.
    + rewrite (total_ext keys (fun j => v (t, j) * _) (fun j => softmax z (t, j) * v (t, j)
      * w (t, j)
        - softmax z (t, j) * v (t, j) * total keys (fun k => softmax z (t, k) * w (t, k))))
        by (intro; ring).
      now rewrite total_minus, total_scale_right.
Qed.

(** The weighted negative log-likelihood of one visible target a row. *)
Variables (weight : T -> R) (target : T -> K).
Hypothesis eq_dec : forall i j : K, {i = j} + {i <> j}.
Hypothesis keys_once : NoDup keys.
Hypothesis target_seen : forall t, In (target t) (seen t).

Definition cross_entropy (z : T * K -> R) (_ : unit) : R :=
  total rows (fun t => weight t * (ln (mass z t) - z (t, target t))).

Definition cross_entropy_back (z : T * K -> R) (d : unit -> R) (p : T * K) : R :=
  d tt * (weight (fst p) * (softmax z p - if eq_dec (snd p) (target (fst p)) then 1 else 0)).

(** It is what softmax gives the target. *)
Theorem cross_entropy_softmax z t :
  ln (mass z t) - z (t, target t) = - ln (softmax z (t, target t)).
Proof.
  unfold softmax; simpl.
  pose proof (target_seen t) as member; unfold seen in member; apply filter_In in member as [_ ->].
  pose proof (mass_pos z t); rewrite ln_div, ln_exp by (try apply exp_pos; assumption); ring.
Qed.

Theorem cross_entropy_backward z :
  backward (list_prod rows keys) [tt] cross_entropy z (cross_entropy_back z).
Proof.
  exists (fun v _ => total rows (fun t =>
    weight t * (expect z t (fun j => v (t, j)) - v (t, target t)))); split.
  - intros c s v here moving u; unfold cross_entropy; rewrite <- here.
    apply (derive_total rows (fun r t => weight t * (ln (mass (c r) t) - c r (t, target t)))).
    intros t _; apply derive_scale, derive_minus; [|apply moving].
    rewrite expect_seen; pose proof (mass_pos (c s) t).
    apply (derive_comp (fun r => mass (c r) t) ln); [now apply mass_derivative|].
    apply is_derive_ln; assumption.
  - intros v d; unfold dot at 1; simpl; unfold dot, cross_entropy_back; rewrite total_prod; simpl.
    rewrite Rplus_0_r, <- total_scale_right; apply total_ext; intro t; unfold expect.
    rewrite (total_ext keys (fun j => v (t, j) * _) (fun j =>
      d tt * weight t * (softmax z (t, j) * v (t, j))
      - d tt * weight t * (if eq_dec j (target t) then v (t, j) else 0)))
      by (intro j; destruct (eq_dec j (target t)); ring).
    rewrite total_minus, !total_scale, total_one; [ring|exact keys_once|].
    pose proof (target_seen t) as member; unfold seen in member; now apply filter_In in member.
Qed.

End Softmax.

(** ** Rotary embedding *)

Section Rotary.

Context {T : Type}.
Variables (rows : list T) (D : nat) (angle : T -> nat -> R).

Let half := (D / 2)%nat.

(** Channel [i] below D/2 is turned with channel [i + D/2]; the last one of an odd number stays. *)
Definition rotary_by (sign : R) (z : T * nat -> R) (p : T * nat) : R :=
  let (t, i) := p in
  if (i <? half)%nat then z (t, i) * cos (angle t i) - sign * z (t, (i + half)%nat)
    * sin (angle t i)
  else if (i <? 2 * half)%nat
  then sign * z (t, (i - half)%nat) * sin (angle t (i - half)%nat) + z (t, i) * cos (angle t (i
    - half)%nat)
  else z (t, i).

Definition rotary := rotary_by 1.
Definition rotary_back := rotary_by (-1).

Lemma seq_plus h n a : map (fun i => (i + h)%nat) (seq a n) = seq (a + h) n.
Proof. revert a; induction n as [|n IH]; intro a; simpl; [reflexivity|f_equal; apply IH]. Qed.

Lemma total_halves (f : nat -> R) :
  total (seq 0 D) f = total (seq 0 half) (fun i => f i + f (i + half)%nat) + total (seq (2
    * half) (D - 2 * half)) f.
Proof.
  assert (fits : (2 * half <= D)%nat) by (unfold half; pose proof (Nat.mul_div_le D 2); lia).
  replace D with (half + (half + (D - 2 * half)))%nat at 1 by lia.
  rewrite !seq_app, !total_app, total_plus, Rplus_assoc; f_equal; f_equal.
  - now rewrite <- (seq_plus half half 0), total_map.
  - do 2 f_equal; lia.
Qed.

Lemma rotary_transpose (a b : T * nat -> R) :
  dot (list_prod rows (seq 0 D)) (rotary a) b = dot (list_prod rows (seq 0 D)) a (rotary_back b).
Proof.
  unfold dot; rewrite !total_prod; apply total_ext; intro t.
  rewrite !total_halves; f_equal.
  - apply total_ext_in; intros i member; apply in_seq in member.
    unfold rotary, rotary_back, rotary_by.
    replace (i <? half)%nat with true by (symmetry; apply Nat.ltb_lt; lia).
    replace (i + half <? half)%nat with false by (symmetry; apply Nat.ltb_ge; lia).
    replace (i + half <? 2 * half)%nat with true by (symmetry; apply Nat.ltb_lt; lia).
    replace (i + half - half)%nat with i by lia; ring.
  - apply total_ext_in; intros i member; apply in_seq in member.
    unfold rotary, rotary_back, rotary_by.
    replace (i <? half)%nat with false by (symmetry; apply Nat.ltb_ge; lia).
    now replace (i <? 2 * half)%nat with false by (symmetry; apply Nat.ltb_ge; lia).
Qed.

Theorem rotary_backward z :
  backward (list_prod rows (seq 0 D)) (list_prod rows (seq 0 D)) rotary z rotary_back.
Proof.
  exists rotary; split; [|intros v w; apply rotary_transpose].
  intros c s v _ moving [t i]; unfold rotary, rotary_by.
  destruct (i <? half)%nat; [|destruct (i <? 2 * half)%nat; [|apply moving]].
  - apply derive_ext with (fun r => cos (angle t i) * c r (t, i) - sin (angle t i) * c r (t, (i
    + half)%nat)).
    { intro; ring. }
    refine (derive_value _ _ _ _ _ (derive_minus _ _ _ _ _
      (derive_scale _ _ _ _ (moving _)) (derive_scale _ _ _ _ (moving _)))); ring.
  - apply derive_ext with (fun r =>
      sin (angle t (i - half)%nat) * c r (t, (i - half)%nat) + cos (angle t (i - half)%nat)
        * c r (t, i)).
    { intro; ring. }
    refine (derive_value _ _ _ _ _ (derive_plus _ _ _ _ _
      (derive_scale _ _ _ _ (moving _)) (derive_scale _ _ _ _ (moving _)))); ring.
Qed.

(** Rotating back undoes the rotation, so sizes and products of rows turned alike stay. *)
Lemma rotary_inverse z t i : (i < D)%nat -> rotary_back (rotary z) (t, i) = z (t, i).
Proof.
  intro inside; unfold rotary_back, rotary, rotary_by.
  pose proof (fun x => sin2_cos2 x) as unit_circle; unfold Rsqr in unit_circle.
  destruct (Nat.ltb_spec i half) as [low|].
  - replace (i + half <? half)%nat with false by (symmetry; apply Nat.ltb_ge; lia).
    replace (i + half <? 2 * half)%nat with true by (symmetry; apply Nat.ltb_lt; lia).
    replace (i + half - half)%nat with i by lia.
    specialize (unit_circle (angle t i)).
    transitivity (z (t, i) * (sin (angle t i) * sin (angle t i) + cos (angle t i)
      * cos (angle t i)));
      [ring|rewrite unit_circle; ring].
  - destruct (Nat.ltb_spec i (2 * half)) as [high|]; [|reflexivity].
    replace (i - half <? half)%nat with true by (symmetry; apply Nat.ltb_lt; lia).
    replace (i - half + half)%nat with i by lia.
    specialize (unit_circle (angle t (i - half)%nat)).
    transitivity (z (t, i) * (sin (angle t (i - half)%nat) * sin (angle t (i - half)%nat)
      + cos (angle t (i - half)%nat) * cos (angle t (i - half)%nat))); [ring|rewrite unit_circle;
        ring].
Qed.

Theorem rotary_norm z : let ix := list_prod rows (seq 0 D) in
  dot ix (rotary z) (rotary z) = dot ix z z.
Proof.
  intro ix; unfold ix; rewrite rotary_transpose.
  unfold dot; rewrite !total_prod; apply total_ext; intro t.
  apply total_ext_in; intros i member; apply in_seq in member.
  now rewrite rotary_inverse by lia.
Qed.

End Rotary.

(** ** Attention *)

Section Attention.

Context {T Ch : Type}.
Variables (rows : list T) (channels : list Ch) (scale : R) (visible : T -> T -> bool).
Hypothesis sees_something : forall t, seen rows visible t <> [].

(** Queries, keys and values, each a row of channels a position. *)
Definition qkv : Type := (T * Ch) + ((T * Ch) + (T * Ch)).

Definition query (z : qkv -> R) (p : T * Ch) : R := z (inl p).
Definition key (z : qkv -> R) (p : T * Ch) : R := z (inr (inl p)).
Definition value (z : qkv -> R) (p : T * Ch) : R := z (inr (inr p)).

Let cells := list_prod rows channels.
Let table := list_prod rows rows.
Let dom := both cells (both cells cells).

Definition scores (z : qkv -> R) (p : T * T) : R :=
  scale * total channels (fun i => query z (fst p, i) * key z (snd p, i)).

Definition scores_back (z : qkv -> R) (w : T * T -> R) (p : qkv) : R :=
  match p with
  | inl (t, i) => scale * total rows (fun s => w (t, s) * key z (s, i))
  | inr (inl (s, i)) => scale * total rows (fun t => w (t, s) * query z (t, i))
  | inr (inr _) => 0
  end.

Lemma dot_dom (u v : qkv -> R) : dot dom u v
  = dot cells (query u) (query v) + (dot cells (key u) (key v) + dot cells (value u) (value v)).
Proof. unfold dom; now rewrite !dot_both. Qed.

Theorem scores_backward z : backward dom table scores z (scores_back z).
Proof.
  exists (fun v p => scale * total channels (fun i =>
    query v (fst p, i) * key z (snd p, i) + query z (fst p, i) * key v (snd p, i))); split.
  - intros c r v here moving [t s]; unfold scores; simpl; rewrite <- here; apply derive_scale.
    apply (derive_total channels (fun r i => query (c r) (t, i) * key (c r) (s, i))); intros i _.
    apply derive_mult; apply moving.
  - intros v w; rewrite dot_dom.
    assert (none : dot cells (value v) (value (scores_back z w)) = 0).
    { unfold dot; rewrite <- (total_zero cells); apply total_ext; intros [s i]; unfold value;
      simpl; ring. }
    rewrite none, Rplus_0_r; unfold dot, table, cells; rewrite !total_prod; simpl.
    transitivity (total rows (fun t => total rows (fun s => total channels (fun i =>
        scale * (query v (t, i) * key z (s, i) * w (t, s))
        + scale * (query z (t, i) * key v (s, i) * w (t, s)))))).
    { do 2 (apply total_ext; intro); rewrite Rmult_assoc, <- total_scale_right, <- total_scale.
      apply total_ext; intro; ring. }
    transitivity (
      total rows (fun t => total rows (fun s => total channels (fun i =>
        scale * (query v (t, i) * key z (s, i) * w (t, s)))))
      + total rows (fun t => total rows (fun s => total channels (fun i =>
        scale * (query z (t, i) * key v (s, i) * w (t, s)))))).
    { rewrite <- total_plus; apply total_ext; intro t.
      rewrite <- total_plus; apply total_ext; intro s; apply total_plus. }
    f_equal.
    + apply total_ext; intro t; rewrite total_swap; apply total_ext; intro i.
      change (query (scores_back z w) (t, i))
        with (scale * total rows (fun s => w (t, s) * key z (s, i))).
      rewrite <- !total_scale; apply total_ext; intro s; ring.
    + rewrite total_swap; apply total_ext; intro s; rewrite total_swap; apply total_ext; intro i.
      change (key (scores_back z w) (s, i))
        with (scale * total rows (fun t => w (t, s) * query z (t, i))).
      rewrite <- !total_scale; apply total_ext; intro t; ring.
Qed.

Lemma value_backward z : backward dom cells value z
  (fun w p => match p with inr (inr c) => w c | _ => 0 end).
Proof.
  exists value; split.
  - intros c r v _ moving p; apply moving.
  - intros v w; rewrite dot_dom.
    assert (zero : forall u : T * Ch -> R, dot cells u (fun _ => 0) = 0).
    { intro u; transitivity (total cells (fun _ => 0)); [|apply total_zero].
      apply total_ext; intro; ring. }
    change (query (fun p : qkv => match p with inr (inr c) => w c | _ => 0 end))
      with (fun _ : T * Ch => 0).
    change (key (fun p : qkv => match p with inr (inr c) => w c | _ => 0 end))
      with (fun _ : T * Ch => 0).
    rewrite !zero, !Rplus_0_l; reflexivity.
Qed.

Definition probabilities (z : qkv -> R) : T * T -> R := softmax rows visible (scores z).

(** out[t, i] = sum over the visible s of P[t, s] value[s, i] *)
Definition attention (z : qkv -> R) (p : T * Ch) : R :=
  total rows (fun s => probabilities z (fst p, s) * value z (s, snd p)).

(** dP[t, s] = sum_i dOut[t, i] value[s, i], and through the softmax. *)
Definition attention_dP (z : qkv -> R) (w : T * Ch -> R) (p : T * T) : R :=
  total channels (fun i => w (fst p, i) * value z (snd p, i)).

Definition attention_dLogits (z : qkv -> R) (w : T * Ch -> R) (p : T * T) : R :=
  probabilities z p
  * (attention_dP z w p
     - total rows (fun r => probabilities z (fst p, r) * attention_dP z w (fst p, r))).

Definition attention_back (z : qkv -> R) (w : T * Ch -> R) (p : qkv) : R :=
  match p with
  | inl (t, i) => scale * total rows (fun s => attention_dLogits z w (t, s) * key z (s, i))
  | inr (inl (s, i)) => scale * total rows (fun t => attention_dLogits z w (t, s) * query z (t, i))
  | inr (inr (s, i)) => total rows (fun t => probabilities z (t, s) * w (t, i))
  end.

Theorem attention_backward z : backward dom cells attention z (attention_back z).
Proof.
  pose proof (backward_compose dom table table scores (softmax rows visible) z _ _
    (scores_backward z) (masked_softmax_backward rows rows visible sees_something (scores z))) as
      weights.
  pose proof (backward_pair dom table cells _ _ z _ _ weights (value_backward z)) as sides.
  pose proof (backward_compose dom (both table cells) cells _ _ z _ _ sides
    (matmul_backward rows rows channels _)) as whole.
  destruct whole as (A & linear & turned); exists A; split; [exact linear|].
  intros v w; rewrite turned; unfold dot; apply total_ext_in; intros p _; f_equal.
  destruct p as [[t i]|[[s i]|[s i]]]; simpl.
  - rewrite Rplus_0_r; reflexivity.
  - rewrite Rplus_0_r; reflexivity.
  - rewrite Rplus_0_l; reflexivity.
Qed.

End Attention.

(** ** A network from its layers *)

Section Perceptron.

Context {T Ch Hid : Type}.
Variables (rows : list T) (channels : list Ch) (hidden : list Hid).
Variables (up : Ch * Hid -> R) (down : Hid * Ch -> R).

(** A product with weights that are held fixed: the part of [matmul_backward] in the activations. *)
Definition project {In Out} (ins : list In) (weights : In * Out -> R) (z : T * In ->
  R) (p : T * Out) : R :=
  total ins (fun i => z (fst p, i) * weights (i, snd p)).

Lemma project_backward {In Out} (ins : list In) (outs : list Out) weights z :
  backward (list_prod rows ins) (list_prod rows outs) (project ins weights) z
    (fun w p => total outs (fun j => w (fst p, j) * weights (snd p, j))).
Proof.
  exists (project ins weights); split.
  - intros c s v _ moving [t j]; unfold project; simpl.
    apply (derive_total ins (fun r i => c r (t, i) * weights (i, j))); intros i _.
    apply derive_value with (v (t, i) * weights (i, j) + c s (t, i) * 0); [ring|].
    apply derive_mult; [apply moving|apply derive_const].
  - intros v w; unfold dot, project; rewrite !total_prod; simpl; apply total_ext; intro t.
    rewrite (total_ext outs _ (fun j => total ins (fun i => v (t, i) * weights (i, j) * w (t, j))))
      by (intro; now rewrite total_scale_right).
    rewrite total_swap; apply total_ext; intro i.
    rewrite <- total_scale; apply total_ext; intro; ring.
Qed.

(** A residual perceptron block: x + down (relu (up x))^2. *)
Definition perceptron (z : T * Ch -> R) (p : T * Ch) : R :=
  z p + project hidden down (squared_relu (project channels up z)) p.

Theorem perceptron_backward z :
  backward (list_prod rows channels) (list_prod rows channels) perceptron z
    (fun w p => w p + total hidden (fun h =>
       squared_relu_back (project channels up z)
         (fun q => total channels (fun j => w (fst q, j) * down (snd q, j))) (fst p, h)
       * up (snd p, h))).
Proof.
  apply (backward_plus _ _ (fun z => z) (fun z => project hidden down (squared_relu (project
    channels up z)))
    z (fun w => w)); [apply backward_identity|].
  exact (backward_compose _ _ _ _ _ z _ _ (project_backward channels hidden up z)
    (backward_compose _ _ _ _ _ _ _ _
      (squared_relu_backward (list_prod rows hidden) (project channels up z))
      (project_backward hidden channels down _))).
Qed.

End Perceptron.

(** ** The hypotheses can hold *)

(** Causal rows 0, 1, 2: each position sees the first. *)
Example causal_witness t : seen (seq 0 3) (fun t s => (s <=? t)%nat) t <> [].
Proof. unfold seen; simpl; discriminate. Qed.

(** Two classes, and the first as the target: one key, seen, and not twice in the list. *)
Example target_witness :
  NoDup [true; false] /\ forall t : unit, In true (seen [true; false] (fun _ _ => true) t).
Proof.
  split; [|intros []; simpl; auto].
  repeat constructor; simpl; intuition discriminate.
Qed.
