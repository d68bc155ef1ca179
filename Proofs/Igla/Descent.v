(** * INV-1, first part: a step along the gradient

    Functions of n real variables; [smooth L f g] says that [g] is the gradient of [f] and does not
    change by more than L times the distance.

    [smooth_upper], [smooth_lower]  f (x + v) differs from f x + <g x, v> by at most L |v|^2 / 2
    [descent]               f (x - eta g x) <= f x - eta (1 - eta L / 2) |g x|^2
    [descent_strict]        which is less than f x for 0 < eta < 2 / L and g x <> 0
    [gradient_test_sound]   where a measured decrease falls short of the bound, the vector is
                            not the gradient
    [gradient_test_complete]  and for every vector that is not, there is a direction in which
                            it falls short for all 0 < eta < 1 / L
    [descent_tight]         on f x = L |x|^2 / 2 the bound is met; [smooth_witness]: f is smooth
    [descent_edge]          and at eta = 2 / L nothing is gained
    [fixed_size_step_rises] a step of fixed size, as AdamW's first one, may raise even that f: no
                            claim about single steps is made for it *)

From Coq Require Import Reals List FunctionalExtensionality Lra Lia.
From Coquelicot Require Import Coquelicot.
From Igla Require Import Vectors.
Open Scope R_scope.

Section Descent.

Context {I : Type}.
Variable ix : list I.

Definition norm2 (v : I -> R) : R := dot ix v v.
Definition along (x v : I -> R) (s : R) : I -> R := fun i => x i + s * v i.

(** The derivative of [f] at [x] in the direction [v] is the product with [g]. *)
Definition gradient (f : (I -> R) -> R) (x g : I -> R) : Prop :=
  forall v, is_derive (fun s => f (along x v s)) 0 (dot ix g v).

Record smooth (L : R) (f : (I -> R) -> R) (g : (I -> R) -> I -> R) : Prop := {
  smooth_gradient : forall x, gradient f x (g x);
  smooth_lipschitz : forall x y,
    norm2 (fun i => g y i - g x i) <= L * L * norm2 (fun i => y i - x i)
}.

Lemma norm2_nonneg v : 0 <= norm2 v.
Proof. apply dot_self_nonneg. Qed.

Lemma norm2_scale c v : norm2 (fun i => c * v i) = c * c * norm2 v.
Proof. unfold norm2, dot; rewrite <- total_scale; apply total_ext; intro; ring. Qed.

Variables (L : R) (f : (I -> R) -> R) (g : (I -> R) -> I -> R).
Hypothesis L_pos : 0 < L.
Hypothesis f_smooth : smooth L f g.

Lemma along_derivative x v t : is_derive (fun s => f (along x v s)) t (dot ix (g (along x v t)) v).
Proof.
  pose proof (smooth_gradient _ _ _ f_smooth (along x v t) v) as here.
  apply is_derive_ext with (fun s => f (along (along x v t) v (s - t))).
  - intro s; f_equal; apply functional_extensionality; intro i; unfold along; ring.
  - replace (dot ix (g (along x v t)) v) with (scal 1 (dot ix (g (along x v t)) v))
      by (unfold scal; simpl; unfold mult; simpl; ring).
    apply (is_derive_comp (fun s => f (along (along x v t) v s)) (fun s => s - t)).
    + replace (t - t) with 0 by ring; exact here.
    + auto_derive; [exact Logic.I|ring].
Qed.

Lemma slope_bound x v s : 0 <= s ->
  Rabs (dot ix (g (along x v s)) v - dot ix (g x) v) <= L * s * norm2 v.
Proof.
  intro s_ge.
  pose proof (smooth_lipschitz _ _ _ f_smooth x (along x v s)) as close.
  replace (norm2 (fun i => along x v s i - x i)) with (s * s * norm2 v) in close.
  - rewrite <- dot_minus_left.
    pose proof (dot_cauchy_schwarz ix (fun i => g (along x v s) i - g x i) v) as schwarz.
    fold (norm2 v) in schwarz; fold (norm2 (fun i => g (along x v s) i - g x i)) in schwarz.
    pose proof (norm2_nonneg v).
    set (p := dot ix (fun i => g (along x v s) i - g x i) v) in *.
    set (q := norm2 (fun i => g (along x v s) i - g x i)) in *.
    assert (square : p * p <= (L * s * norm2 v) * (L * s * norm2 v)) by nra.
    assert (0 <= L * s * norm2 v) by (repeat apply Rmult_le_pos; lra).
    apply Rabs_le; split; nra.
  - unfold norm2, dot; rewrite <- total_scale; apply total_ext; intro i; unfold along; ring.
Qed.

(** Both sides at once: [c] is 1 for the upper bound and -1 for the lower one. *)
Lemma smooth_both c x v : c = 1 \/ c = -1 ->
  c * (f (fun i => x i + v i) - f x - dot ix (g x) v) <= L / 2 * norm2 v.
Proof.
  intro sign.
  pose (h := fun s => c * (f (along x v s) - s * dot ix (g x) v) - L / 2 * norm2 v * (s * s)).
  pose (dh := fun s => c * (dot ix (g (along x v s)) v - dot ix (g x) v) - L * norm2 v * s).
  assert (derivative : forall s, is_derive h s (dh s)).
  { intro s; unfold h, dh.
    apply derive_value with (c * (dot ix (g (along x v s)) v - (1 * dot ix (g x) v + s * 0))
      - L / 2 * norm2 v * (1 * s + s * 1)); [field|].
    apply derive_minus; apply derive_scale; [apply derive_minus; [apply along_derivative|]|];
      apply derive_mult; first [apply derive_id|apply derive_const]. }
  destruct (MVT_gen h 0 1 dh) as (s & between & slope).
  - intros s _; apply derivative.
  - intros s _; apply continuity_pt_filterlim, (ex_derive_continuous h).
    exists (dh s); apply derivative.
  - rewrite Rmin_left, Rmax_right in between by lra.
    assert (falling : dh s <= 0).
    { pose proof (slope_bound x v s ltac:(lra)) as bound; apply Rabs_le_between in bound.
      unfold dh; destruct sign as [-> | ->]; nra. }
    assert (ends : h 1 - h 0 <= 0) by (rewrite slope; lra).
    unfold h in ends.
    replace (along x v 1) with (fun i => x i + v i) in ends
      by (apply functional_extensionality; intro i; unfold along; ring).
    replace (along x v 0) with x in ends
      by (apply functional_extensionality; intro i; unfold along; ring).
    lra.
Qed.

Theorem smooth_upper x v :
  f (fun i => x i + v i) <= f x + dot ix (g x) v + L / 2 * norm2 v.
Proof. pose proof (smooth_both 1 x v (or_introl eq_refl)); lra. Qed.

Theorem smooth_lower x v :
  f x + dot ix (g x) v - L / 2 * norm2 v <= f (fun i => x i + v i).
Proof. pose proof (smooth_both (-1) x v (or_intror eq_refl)); lra. Qed.

Lemma step_upper x u eta :
  f (fun i => x i - eta * u i) <= f x - eta * dot ix (g x) u + L / 2 * (eta * eta) * norm2 u.
Proof.
  pose proof (smooth_upper x (fun i => - eta * u i)) as bound; cbv beta in bound.
  replace (fun i => x i + - eta * u i) with (fun i => x i - eta * u i) in bound
    by (apply functional_extensionality; intro; ring).
  rewrite dot_scale_right in bound.
  replace (norm2 (fun i => - eta * u i)) with (eta * eta * norm2 u) in bound
    by (rewrite norm2_scale; ring).
  lra.
Qed.

Lemma step_lower x u eta :
  f x - eta * dot ix (g x) u - L / 2 * (eta * eta) * norm2 u <= f (fun i => x i - eta * u i).
Proof.
  pose proof (smooth_lower x (fun i => - eta * u i)) as bound; cbv beta in bound.
  replace (fun i => x i + - eta * u i) with (fun i => x i - eta * u i) in bound
    by (apply functional_extensionality; intro; ring).
  rewrite dot_scale_right in bound.
  replace (norm2 (fun i => - eta * u i)) with (eta * eta * norm2 u) in bound
    by (rewrite norm2_scale; ring).
  lra.
Qed.

Theorem descent x eta :
  f (fun i => x i - eta * g x i) <= f x - eta * (1 - eta * L / 2) * norm2 (g x).
Proof. pose proof (step_upper x (g x) eta); unfold norm2 in *; lra. Qed.

Theorem descent_strict x eta : 0 < eta < 2 / L -> 0 < norm2 (g x) ->
  f (fun i => x i - eta * g x i) < f x.
Proof.
  intros [eta_pos eta_lt] nonzero; pose proof (descent x eta).
  assert (eta * L < 2).
  { apply Rmult_lt_compat_r with (r := L) in eta_lt; [|exact L_pos].
    unfold Rdiv in eta_lt; rewrite Rmult_assoc, Rinv_l in eta_lt; lra. }
  assert (0 < eta * (1 - eta * L / 2) * norm2 (g x)); [|lra].
  repeat apply Rmult_lt_0_compat; lra.
Qed.

(** A direction, a step, and a decrease that a vector [u] promises but the function denies. *)
Definition falls_short (x u v : I -> R) (eta : R) : Prop :=
  f x - eta * dot ix u v + L / 2 * (eta * eta) * norm2 v < f (fun i => x i - eta * v i).

Theorem gradient_test_sound x u v eta :
  falls_short x u v eta -> ~ (forall i, In i ix -> u i = g x i).
Proof.
  intros short same; pose proof (step_upper x v eta); unfold falls_short in short.
  rewrite (dot_ext_left ix u (g x)) in short by exact same; lra.
Qed.

Theorem gradient_test_complete x u :
  0 < norm2 (fun i => u i - g x i) ->
  exists v, forall eta, 0 < eta < / L -> falls_short x u v eta.
Proof.
  intro different; exists (fun i => u i - g x i); intros eta [eta_pos eta_lt].
  unfold falls_short; pose proof (step_lower x (fun i => u i - g x i) eta).
  assert (products : dot ix u (fun i => u i - g x i)
    = dot ix (g x) (fun i => u i - g x i) + norm2 (fun i => u i - g x i)).
  { unfold norm2; rewrite dot_minus_left; lra. }
  rewrite products; set (n := norm2 (fun i => u i - g x i)) in *.
  assert (eta * L < 1).
  { apply Rmult_lt_compat_r with (r := L) in eta_lt; [|exact L_pos].
    rewrite Rinv_l in eta_lt; lra. }
  assert (0 < eta * (1 - eta * L) * n) by (repeat apply Rmult_lt_0_compat; lra).
  lra.
Qed.

End Descent.

(** ** The hypotheses hold, and the bound is met *)

Section Quadratic.

Context {I : Type}.
Variables (ix : list I) (L : R).
Hypothesis L_pos : 0 < L.

Definition bowl (x : I -> R) : R := L / 2 * norm2 ix x.
Definition bowl_gradient (x : I -> R) (i : I) : R := L * x i.

Theorem smooth_witness : smooth ix L bowl bowl_gradient.
Proof.
  split.
  - intros x v; unfold bowl, norm2, bowl_gradient.
    apply is_derive_ext with (fun s =>
      L / 2 * (dot ix x x + s * (2 * dot ix x v) + s * s * dot ix v v)).
    + intro s; f_equal; unfold along, dot.
      rewrite <- !total_scale, <- !total_plus; apply total_ext; intro i; ring.
    + auto_derive; [exact Logic.I|].
      unfold dot; rewrite (total_ext ix (fun i => L * x i * v i) (fun i => L * (x i * v i)))
        by (intro; ring).
      rewrite total_scale; field.
  - intros x y; unfold norm2, bowl_gradient, dot; rewrite <- total_scale.
    right; apply total_ext; intro i; ring.
Qed.

Theorem descent_tight x eta :
  bowl (fun i => x i - eta * bowl_gradient x i)
  = bowl x - eta * (1 - eta * L / 2) * norm2 ix (bowl_gradient x).
Proof.
  unfold bowl, norm2, bowl_gradient, dot.
  rewrite (total_ext ix _ (fun i => (1 - eta * L) * (1 - eta * L) * (x i * x i))) by (intro; ring).
  rewrite (total_ext ix (fun i => L * x i * (L * x i)) (fun i => L * L * (x i * x i)))
    by (intro; ring).
  rewrite !total_scale; field.
Qed.

Theorem descent_edge x : bowl (fun i => x i - 2 / L * bowl_gradient x i) = bowl x.
Proof. rewrite descent_tight; field; lra. Qed.

End Quadratic.

(** The square of one number, at a quarter of the step from its minimum. *)
Theorem fixed_size_step_rises eta : 0 < eta ->
  let f x := x * x / 2 in
  let x := eta / 4 in
  let gradient := x in
  f x < f (x - eta * (gradient / Rabs gradient)).
Proof. intros eta_pos f x gradient; unfold f, gradient, x; rewrite Rabs_pos_eq by lra.
  replace (eta / 4 / (eta / 4)) with 1 by (field; lra); nra.
Qed.
