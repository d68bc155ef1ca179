(** * Sums over finite index sets, and derivatives of vectors

    Vectors are functions from any index type; a list of indices says which count.

    [total], [dot]          sums and inner products, with their algebra
    [dot_cauchy_schwarz]
    [moves]                 a curve of vectors has a derivative, each component its own
    [differential]          [F] carries every curve through [x] with velocity [v] to one with
                            velocity [A v]: differentiability in the sense of Hadamard, which for
                            finitely many variables is Frechet's
    [transpose]             <A v, w> = <v, B w>
    [backward]              [F] has a differential at [x] and [B] is its transpose
    [backward_compose]      the chain rule: backward passes compose in reverse
    [backward_pair], [backward_plus], [backward_identity]  branches, residual sums
    [backward_gradient]     of a loss, [B 1] is the gradient
    [backward_unique]       and there is but one *)

From Coq Require Import Reals List FunctionalExtensionality Lra Lia.
From Coquelicot Require Import Coquelicot.
Import ListNotations.
Open Scope R_scope.

Section Sums.

Context {I : Type}.

Fixpoint total (ix : list I) (f : I -> R) : R :=
  match ix with
  | [] => 0
  | i :: rest => f i + total rest f
  end.

Lemma total_ext_in ix f g : (forall i, In i ix -> f i = g i) -> total ix f = total ix g.
Proof.
  induction ix as [|i ix IH]; simpl; intro same; [reflexivity|].
  rewrite (same i), IH; auto.
Qed.

Lemma total_ext ix f g : (forall i, f i = g i) -> total ix f = total ix g.
Proof. intro same; apply total_ext_in; auto. Qed.

Lemma total_plus ix f g : total ix (fun i => f i + g i) = total ix f + total ix g.
Proof. induction ix as [|i ix IH]; simpl; [ring|rewrite IH; ring]. Qed.

Lemma total_minus ix f g : total ix (fun i => f i - g i) = total ix f - total ix g.
Proof. induction ix as [|i ix IH]; simpl; [ring|rewrite IH; ring]. Qed.

Lemma total_scale ix c f : total ix (fun i => c * f i) = c * total ix f.
Proof. induction ix as [|i ix IH]; simpl; [ring|rewrite IH; ring]. Qed.

Lemma total_scale_right ix c f : total ix (fun i => f i * c) = total ix f * c.
Proof. induction ix as [|i ix IH]; simpl; [ring|rewrite IH; ring]. Qed.

Lemma total_zero ix : total ix (fun _ => 0) = 0.
Proof. induction ix as [|i ix IH]; simpl; lra. Qed.

Lemma total_app ix jx f : total (ix ++ jx) f = total ix f + total jx f.
Proof. induction ix as [|i ix IH]; simpl; [ring|rewrite IH; ring]. Qed.

Lemma total_nonneg ix f : (forall i, 0 <= f i) -> 0 <= total ix f.
Proof. intro nonneg; induction ix as [|i ix IH]; simpl; [lra|pose proof (nonneg i); lra]. Qed.

Lemma total_pos ix f : ix <> [] -> (forall i, 0 < f i) -> 0 < total ix f.
Proof.
  destruct ix as [|i ix]; [congruence|]; intros _ pos; simpl.
  assert (0 <= total ix f) by (apply total_nonneg; intro; left; apply pos).
  pose proof (pos i); lra.
Qed.

Lemma total_filter (p : I -> bool) ix f :
  total (filter p ix) f = total ix (fun i => if p i then f i else 0).
Proof.
  induction ix as [|i ix IH]; simpl; [reflexivity|].
  destruct (p i); simpl; rewrite IH; ring.
Qed.

Lemma total_one (eq_dec : forall i j : I, {i = j} + {i <> j}) ix j f :
  NoDup ix -> In j ix -> total ix (fun i => if eq_dec i j then f i else 0) = f j.
Proof.
  induction 1 as [|i ix fresh _ IH]; simpl; [contradiction|]; intros [-> |member].
  - destruct (eq_dec j j); [|contradiction].
    rewrite (total_ext_in ix _ (fun _ => 0)), total_zero; [ring|].
    intros i inside; destruct (eq_dec i j) as [->|]; [contradiction|reflexivity].
  - destruct (eq_dec i j) as [->|]; [contradiction|]; rewrite IH by assumption; ring.
Qed.

End Sums.

Lemma total_map {I J} (h : I -> J) ix f : total (map h ix) f = total ix (fun i => f (h i)).
Proof. induction ix as [|i ix IH]; simpl; [reflexivity|now rewrite IH]. Qed.

Lemma total_prod {I J} (ix : list I) (jx : list J) f :
  total (list_prod ix jx) f = total ix (fun i => total jx (fun j => f (i, j))).
Proof.
  induction ix as [|i ix IH]; simpl; [reflexivity|].
  now rewrite total_app, total_map, IH.
Qed.

Lemma total_swap {I J} (ix : list I) (jx : list J) (f : I -> J -> R) :
  total ix (fun i => total jx (f i)) = total jx (fun j => total ix (fun i => f i j)).
Proof.
  induction ix as [|i ix IH]; simpl; [symmetry; apply total_zero|].
  now rewrite IH, total_plus.
Qed.

(** ** Inner products *)

Definition dot {I} (ix : list I) (u v : I -> R) : R := total ix (fun i => u i * v i).

Section Dot.

Context {I : Type}.
Variable ix : list I.

Lemma dot_self_nonneg v : 0 <= dot ix v v.
Proof. apply total_nonneg; intro; nra. Qed.

Lemma dot_comm u v : dot ix u v = dot ix v u.
Proof. apply total_ext; intro; ring. Qed.

Lemma dot_minus_left u v w : dot ix (fun i => u i - v i) w = dot ix u w - dot ix v w.
Proof. unfold dot; rewrite <- total_minus; apply total_ext; intro; ring. Qed.

Lemma dot_plus_right u v w : dot ix u (fun i => v i + w i) = dot ix u v + dot ix u w.
Proof. unfold dot; rewrite <- total_plus; apply total_ext; intro; ring. Qed.

Lemma dot_scale_right c u v : dot ix u (fun i => c * v i) = c * dot ix u v.
Proof. unfold dot; rewrite <- total_scale; apply total_ext; intro; ring. Qed.

Lemma dot_ext_left u v w : (forall i, In i ix -> u i = v i) -> dot ix u w = dot ix v w.
Proof. intro same; apply total_ext_in; intros i member; now rewrite same. Qed.

Theorem dot_cauchy_schwarz u v : dot ix u v * dot ix u v <= dot ix u u * dot ix v v.
Proof.
  (* The discriminant of |u + s v|^2, which is never negative. *)
  assert (form : forall a b, 0 <= a * a * dot ix u u + 2 * a * b * dot ix u v + b * b * dot ix v v).
  { intros a b; replace (_ + _ + _)
    with (dot ix (fun i => a * u i + b * v i) (fun i => a * u i + b * v i));
      [apply dot_self_nonneg|].
    unfold dot; rewrite <- !total_scale, <- !total_plus; apply total_ext; intro; ring. }
  pose proof (dot_self_nonneg u); pose proof (dot_self_nonneg v).
  destruct (Req_dec (dot ix u u) 0) as [zero|nonzero].
  - destruct (Req_dec (dot ix u v) 0) as [none|some]; [rewrite none, zero; lra|].
    (* then a large multiple of u makes the form negative *)
    exfalso; pose proof (form (- (dot ix v v + 1) / (2 * dot ix u v)) 1) as wrong.
    rewrite zero in wrong.
    replace (2 * (- (dot ix v v + 1) / (2 * dot ix u v)) * 1 * dot ix u v) with (- (dot ix v v + 1))
      in wrong by (field; exact some); lra.
  - pose proof (form (- dot ix u v) (dot ix u u)) as bound.
    assert (0 < dot ix u u) by lra.
    assert (0 <= dot ix u u * (dot ix u u * dot ix v v - dot ix u v * dot ix u v)) by nra; nra.
Qed.

End Dot.

(** ** Derivatives *)

Lemma derive_plus (f g : R -> R) (t a b : R) :
  is_derive f t a -> is_derive g t b -> is_derive (fun s => f s + g s) t (a + b).
Proof. exact (is_derive_plus f g t a b). Qed.

Lemma derive_minus (f g : R -> R) (t a b : R) :
  is_derive f t a -> is_derive g t b -> is_derive (fun s => f s - g s) t (a - b).
Proof. exact (is_derive_minus f g t a b). Qed.

Lemma derive_mult (f g : R -> R) (t a b : R) :
  is_derive f t a -> is_derive g t b -> is_derive (fun s => f s * g s) t (a * g t + f t * b).
Proof. intros one two; apply (is_derive_mult f g t a b one two); intros; apply Rmult_comm. Qed.

Lemma derive_const (c t : R) : is_derive (fun _ => c) t 0.
Proof. exact (is_derive_const c t). Qed.

Lemma derive_id (t : R) : is_derive (fun s => s) t 1.
Proof. exact (is_derive_id t). Qed.

Lemma derive_scale (f : R -> R) (t c a : R) : is_derive f t a ->
  is_derive (fun s => c * f s) t (c * a).
Proof. intro one; exact (is_derive_scal f t c a one). Qed.

Lemma derive_comp (f h : R -> R) (t a b : R) :
  is_derive f t a -> is_derive h (f t) b -> is_derive (fun s => h (f s)) t (a * b).
Proof. intros inner outer; exact (is_derive_comp h f t b a outer inner). Qed.

Lemma derive_value (f : R -> R) (t a b : R) : a = b -> is_derive f t a -> is_derive f t b.
Proof. now intros ->. Qed.

Lemma derive_ext (f g : R -> R) (t a : R) :
  (forall s, f s = g s) -> is_derive f t a -> is_derive g t a.
Proof. exact (is_derive_ext f g t a). Qed.

Lemma derive_total {I} (ix : list I) (f : R -> I -> R) (t : R) (d : I -> R) :
  (forall i, In i ix -> is_derive (fun s => f s i) t (d i)) ->
  is_derive (fun s => total ix (f s)) t (total ix d).
Proof.
  induction ix as [|i ix IH]; simpl; intro each; [apply derive_const|].
  apply derive_plus; auto.
Qed.

Definition moves {I} (c : R -> I -> R) (t : R) (v : I -> R) : Prop :=
  forall i, is_derive (fun s => c s i) t (v i).

Definition differential {I J} (F : (I -> R) -> J -> R) (x : I -> R) (A : (I -> R) -> J ->
  R) : Prop :=
  forall c t v, c t = x -> moves c t v -> moves (fun s => F (c s)) t (A v).

Definition transpose {I J} (dom : list I) (cod : list J)
  (A : (I -> R) -> J -> R) (B : (J -> R) -> I -> R) : Prop :=
  forall v w, dot cod (A v) w = dot dom v (B w).

Definition backward {I J} (dom : list I) (cod : list J)
  (F : (I -> R) -> J -> R) (x : I -> R) (B : (J -> R) -> I -> R) : Prop :=
  exists A, differential F x A /\ transpose dom cod A B.

Theorem backward_compose {I J K} (dom : list I) (mid : list J) (cod : list K) F G x B C :
  backward dom mid F x B -> backward mid cod G (F x) C ->
  backward dom cod (fun z => G (F z)) x (fun w => B (C w)).
Proof.
  intros (A & inner & turned) (D & outer & turned').
  exists (fun v => D (A v)); split.
  - intros c t v here moving; apply (outer (fun s => F (c s))); [now rewrite here|].
    now apply inner.
  - intros v w; now rewrite turned', turned.
Qed.

Theorem backward_identity {I} (dom : list I) x : backward dom dom (fun z => z) x (fun w => w).
Proof. exists (fun v => v); split; [now intros c t v _ moving|now intros v w]. Qed.

Theorem backward_plus {I J} (dom : list I) (cod : list J) F G x B C :
  backward dom cod F x B -> backward dom cod G x C ->
  backward dom cod (fun z j => F z j + G z j) x (fun w i => B w i + C w i).
Proof.
  intros (A & first & turned) (D & second & turned').
  exists (fun v j => A v j + D v j); split.
  - intros c t v here moving j; apply derive_plus; [now apply first|now apply second].
  - intros v w; rewrite dot_plus_right, <- turned, <- turned'; unfold dot.
    rewrite <- total_plus; apply total_ext; intro j; ring.
Qed.

(** Two results side by side, of the same argument. *)
Definition pair_of {I J K} (F : (I -> R) -> J -> R) (G : (I -> R) -> K -> R) (z : I -> R)
  (p : J + K) : R :=
  match p with inl j => F z j | inr k => G z k end.

Definition both {J K} (cod : list J) (cod' : list K) : list (J + K) :=
  map inl cod ++ map inr cod'.

Lemma dot_both {J K} (cod : list J) (cod' : list K) (u v : J + K -> R) :
  dot (both cod cod') u v
  = dot cod (fun j => u (inl j)) (fun j => v (inl j))
    + dot cod' (fun k => u (inr k)) (fun k => v (inr k)).
Proof. unfold dot, both; now rewrite total_app, !total_map. Qed.

Theorem backward_pair {I J K} (dom : list I) (cod : list J) (cod' : list K) F G x B C :
  backward dom cod F x B -> backward dom cod' G x C ->
  backward dom (both cod cod') (pair_of F G) x
    (fun w i => B (fun j => w (inl j)) i + C (fun k => w (inr k)) i).
Proof.
  intros (A & first & turned) (D & second & turned').
  exists (pair_of A D); split.
  - intros c t v here moving [j|k]; simpl; [now apply first|now apply second].
  - intros v w; rewrite dot_both, dot_plus_right; simpl.
    now rewrite <- turned, <- turned'.
Qed.

(** The derivative of a loss in any direction is the product with what comes back for 1. *)
Theorem backward_gradient {I} (dom : list I) (F : (I -> R) -> unit -> R) x B v :
  backward dom [tt] F x B ->
  is_derive (fun s => F (fun i => x i + s * v i) tt) 0 (dot dom v (B (fun _ => 1))).
Proof.
  intros (A & linear & turned); rewrite <- turned; unfold dot; simpl.
  apply derive_value with (A v tt); [ring|].
  apply (linear (fun s i => x i + s * v i)).
  - apply functional_extensionality; intro; ring.
  - intro i; auto_derive; [exact Logic.I|ring].
Qed.

Theorem backward_unique {I J} (eq_dec : forall i j : I, {i = j} + {i <> j})
  (dom : list I) (cod : list J) F x B C w i :
  NoDup dom -> In i dom -> backward dom cod F x B -> backward dom cod F x C -> B w i = C w i.
Proof.
  intros once member (A & first & turned) (D & second & turned').
  pose (e := fun k => if eq_dec k i then 1 else 0).
  assert (pick : forall u, dot dom e u = u i).
  { intro u; unfold dot, e; rewrite <- (total_one eq_dec dom i u once member).
    apply total_ext; intro k; destruct (eq_dec k i); ring. }
  rewrite <- (pick (B w)), <- (pick (C w)), <- turned, <- turned'.
  apply dot_ext_left; intros j _.
  pose (line := fun s k => x k + s * e k).
  assert (here : line 0 = x) by (apply functional_extensionality; intro; unfold line; ring).
  assert (moving : moves line 0 e) by (intro k; unfold line; auto_derive; [exact Logic.I|ring]).
  pose proof (is_derive_unique _ _ _ (first line 0 e here moving j)) as one.
  pose proof (is_derive_unique _ _ _ (second line 0 e here moving j)) as two.
  now rewrite <- one, <- two.
Qed.
