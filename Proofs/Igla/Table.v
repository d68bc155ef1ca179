(** * Tables of trials

    [lookup], [put], [lookup_put]  a table by trial number, and what stands in it after a change
    [total], [total_put]           a sum over its rows
    [size]                         the length of a list, as an integer *)

From Coq Require Import ZArith List Lia.
Import ListNotations.
Open Scope Z_scope.

Definition size {A} (l : list A) : Z := Z.of_nat (length l).

Section Table.

Context {A : Type}.

Fixpoint lookup (t : Z) (l : list (Z * A)) : option A :=
  match l with
  | [] => None
  | (u, s) :: rest => if t =? u then Some s else lookup t rest
  end.

Fixpoint put (t : Z) (s : A) (l : list (Z * A)) : list (Z * A) :=
  match l with
  | [] => [(t, s)]
  | (u, old) :: rest => if t =? u then (t, s) :: rest else (u, old) :: put t s rest
  end.

Lemma lookup_put t s u l : lookup u (put t s l) = if u =? t then Some s else lookup u l.
Proof.
  induction l as [|[v old] rest IH]; simpl; [reflexivity|].
  destruct (Z.eqb_spec t v) as [->|different]; simpl.
  - now destruct (Z.eqb_spec u v).
  - destruct (Z.eqb_spec u v) as [->|]; [|exact IH].
    destruct (Z.eqb_spec v t); congruence.
Qed.

Lemma lookup_in t s l : lookup t l = Some s -> In (t, s) l.
Proof.
  induction l as [|[u old] rest IH]; simpl; [discriminate|].
  destruct (Z.eqb_spec t u) as [->|]; [intros [= ->]; now left|auto].
Qed.

Definition total (f : A -> Z) (l : list (Z * A)) : Z :=
  fold_right (fun p sum => f (snd p) + sum) 0 l.

Lemma total_put f t s l :
  total f (put t s l)
  = total f l + f s - match lookup t l with Some old => f old | None => 0 end.
Proof.
  unfold total; induction l as [|[u old] rest IH]; cbn [fold_right put lookup snd]; [lia|].
  destruct (t =? u); cbn [fold_right snd]; [|rewrite IH]; lia.
Qed.

Lemma total_nonneg f l : (forall s, 0 <= f s) -> 0 <= total f l.
Proof.
  intro nonneg; unfold total; induction l as [|[u s] rest IH]; cbn [fold_right snd]; [lia|].
  pose proof (nonneg s); lia.
Qed.

Lemma total_ge f t s l : (forall s, 0 <= f s) -> lookup t l = Some s -> f s <= total f l.
Proof.
  intro nonneg; unfold total; induction l as [|[u old] rest IH]; simpl; [discriminate|].
  pose proof (nonneg old); pose proof (total_nonneg f rest nonneg) as others;
    unfold total in others.
  destruct (t =? u); [intros [= ->]; lia|intro found; specialize (IH found); lia].
Qed.

End Table.
