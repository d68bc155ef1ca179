(** * INV-2: promotion

    Trials report at rungs, wait, and are promoted when they are among the best n / eta of their
    rung: promotion ASHA, as [RaceMachine] has it. A score is a whole number of some unit, of
    which a binary64 needs the 2^-1074th part of a bit; lower is better.

    [better], [rank], [allows]   the order of results and the rule
    [step], [run]           one event, and a sequence of them; [None] for one that is refused
    [reachable]             every interleaving of starts, reports, promotions, lost leases, retries,
                            promotions out of turn by the drain rule, and stops
    [next_promotion], [quiescent_iff]  what a free worker is given: nothing, if and only if no
                            promotion is open
    [promotion_sound]       no trial but one of the best n / eta is promoted by the rule
    [best_set_advances], [best_advances]
                            (a) at quiescence the best n / eta of a rung have gone on
    [cut_sound], [cut_complete]  (b) whom the safety cut stops
    [true_best_advances]    (c) the same as (a) for the true best, when its lead is above twice the
                            error of observation
    [tight_3], [tight_9]    (d) a trial of rank n / eta + 1 that would have won is left behind
    [delayed_leaves_best]   with the delay of D-ASHA (a) is false
    [recorded_once]         one result for a trial and a rung
    [rank_permutation]      ranks do not depend on the order of the reports
    [true_best_tight]       a lead of exactly twice the error is too little
    [activity_bounded], [activity_tight]
                            starts and losses bound all else, so that quiescence comes; met *)

From Coq Require Import ZArith List Bool Permutation Lia.
From Igla Require Import Table.
Import ListNotations.
Open Scope Z_scope.

Record settings := {
  eta : Z;
  delayed : bool;
  top : nat;
  (** Scores above it are stopped ... *)
  cut : Z;
  (** ... from that many next-byte steps on. *)
  cut_after : Z
}.

(** A result without a score diverged. *)
Record result := { trial : Z; rung : nat; score : option Z; learned : Z }.

Inductive reason := Diverged | Cut.

Inductive status :=
  | Running (target : nat)
  | Suspended (target : nat)
  | Paused (at_rung : nat)
  | Completed
  | Stopped (at_rung : nat) (why : reason)
  | Given_up (target : nat)
  | Withdrawn.

Record state := { table : list (Z * status); results : list result }.

Inductive event :=
  | Start (t : Z) (first : nat)
  | Report (t : Z) (s : option Z) (steps : Z)
  | Lose (t : Z)
  | Resume (t : Z)
  | Give_up (t : Z)
  | Promote (t : Z)
  | Drain (t : Z) (target : nat)
  | Withdraw (t : Z).

(** ** Ranks *)

(** Scores before none, lower before higher, earlier trial before later. *)
Definition better (a b : result) : bool :=
  match score a, score b with
  | Some x, Some y => (x <? y) || (x =? y) && (trial a <? trial b)
  | Some _, None => true
  | None, Some _ => false
  | None, None => trial a <? trial b
  end.

Definition at_rung (r : nat) (st : state) : list result :=
  filter (fun x => (rung x =? r)%nat) (results st).

Definition reported (r : nat) (st : state) : Z := size (at_rung r st).

(** 1 for the best. *)
Definition rank (x : result) (r : nat) (st : state) : Z :=
  1 + size (filter (fun y => better y x) (at_rung r st)).

Definition allows (eta : Z) (delayed : bool) (rank reported next : Z) : bool :=
  (rank <=? reported / eta) && (negb delayed || (eta * (next + 1) <=? reported)).

Definition is_paused (r : nat) (st : state) (x : result) : bool :=
  match lookup (trial x) (table st) with
  | Some (Paused q) => (q =? r)%nat
  | _ => false
  end.

Fixpoint best (l : list result) : option result :=
  match l with
  | [] => None
  | x :: rest =>
    match best rest with
    | Some y => if better y x then Some y else Some x
    | None => Some x
    end
  end.

Section Machine.

Variable cfg : settings.

(** The trial of a rung that the rule promotes now, if any: the best that waits there. *)
Definition promotable (r : nat) (st : state) : option Z :=
  if (r <? top cfg)%nat then
    match best (filter (is_paused r st) (at_rung r st)) with
    | Some x =>
      if allows (eta cfg) (delayed cfg) (rank x r st) (reported r st) (reported (S r) st)
      then Some (trial x) else None
    | None => None
    end
  else None.

(** What a free worker is given: from the highest rung down. *)
Fixpoint promotion_below (r : nat) (st : state) : option Z :=
  match r with
  | O => None
  | S q => match promotable q st with Some t => Some t | None => promotion_below q st end
  end.

Definition next_promotion (st : state) : option Z := promotion_below (top cfg) st.

Definition beyond_cut (s steps : Z) : bool := (cut cfg <? s) && (cut_after cfg <=? steps).

Definition decide (r : nat) (s : option Z) (steps : Z) : status :=
  match s with
  | None => Stopped r Diverged
  | Some x =>
    if beyond_cut x steps then Stopped r Cut
    else if (r =? top cfg)%nat then Completed else Paused r
  end.

Definition is_final (s : status) : bool :=
  match s with
  | Running _ | Suspended _ | Paused _ => false
  | _ => true
  end.

Definition with_status (t : Z) (s : status) (st : state) : state :=
  {| table := put t s (table st); results := results st |}.

Definition step (st : state) (e : event) : option state :=
  match e with
  | Start t first =>
    match lookup t (table st) with
    | None => if (first <=? top cfg)%nat then Some (with_status t (Running first) st) else None
    | Some _ => None
    end
  | Report t s steps =>
    match lookup t (table st) with
    | Some (Running r) =>
      Some {| table := put t (decide r s steps) (table st);
              results := {| trial := t; rung := r; score := s; learned := steps |} :: results st |}
    | _ => None
    end
  | Lose t =>
    match lookup t (table st) with
    | Some (Running r) => Some (with_status t (Suspended r) st)
    | _ => None
    end
  | Resume t =>
    match lookup t (table st) with
    | Some (Suspended r) => Some (with_status t (Running r) st)
    | _ => None
    end
  | Give_up t =>
    match lookup t (table st) with
    | Some (Suspended r) => Some (with_status t (Given_up r) st)
    | _ => None
    end
  | Promote t =>
    match lookup t (table st) with
    | Some (Paused r) =>
      match promotable r st with
      | Some u => if t =? u then Some (with_status t (Running (S r)) st) else None
      | None => None
      end
    | _ => None
    end
  | Drain t target =>
    match lookup t (table st) with
    | Some (Paused r) =>
      if (r <? target)%nat && (target <=? top cfg)%nat
      then Some (with_status t (Running target) st) else None
    | _ => None
    end
  | Withdraw t =>
    match lookup t (table st) with
    | Some s => if is_final s then None else Some (with_status t Withdrawn st)
    | None => None
    end
  end.

Fixpoint run (st : state) (events : list event) : option state :=
  match events with
  | [] => Some st
  | e :: rest => match step st e with Some next => run next rest | None => None end
  end.

Definition initial : state := {| table := []; results := [] |}.

Definition reachable (st : state) : Prop := exists events, run initial events = Some st.

(** Nothing more is promoted by the rule. *)
Definition quiescent (st : state) : Prop := forall t, step st (Promote t) = None.

(** ** What every reachable state has *)

(** A trial of that status has left rung [r] behind or reported there. *)
Definition past (s : status) (r : nat) : Prop :=
  match s with
  | Running g | Suspended g | Given_up g => (r < g)%nat
  | Paused q | Stopped q _ => (r <= q)%nat
  | Completed | Withdrawn => True
  end.

Definition within (s : status) : Prop :=
  match s with
  | Running g | Suspended g => (g <= top cfg)%nat
  | Paused q => (q < top cfg)%nat
  | _ => True
  end.

(** The result that put a trial into its status. *)
Definition explained (t : Z) (s : status) (found : list result) : Prop :=
  match s with
  | Paused r => exists x, In x found /\ trial x = t /\ rung x = r /\ score x <> None
  | Completed => exists x, In x found /\ trial x = t /\ rung x = top cfg /\ score x <> None
  | Stopped r Diverged => exists x, In x found /\ trial x = t /\ rung x = r /\ score x = None
  | Stopped r Cut => exists x s, In x found /\ trial x = t /\ rung x = r /\ score x = Some s
      /\ cut cfg < s /\ cut_after cfg <= learned x
  | _ => True
  end.

Record consistent (st : state) : Prop := {
  consistent_past : forall x, In x (results st) ->
    exists s, lookup (trial x) (table st) = Some s /\ past s (rung x);
  consistent_within : forall t s, lookup t (table st) = Some s -> within s;
  consistent_explained : forall t s, lookup t (table st) = Some s -> explained t s (results st);
  consistent_once : NoDup (map (fun x => (trial x, rung x)) (results st))
}.

Lemma initial_consistent : consistent initial.
Proof. split; simpl; try tauto; try discriminate; constructor. Qed.

Lemma explained_more t s x found : explained t s found -> explained t s (x :: found).
Proof.
  destruct s as [| | | |? []| |]; simpl; trivial;
    intros (y & rest); exists y; try (now intuition idtac);
    destruct rest as (s & inside & rest); exists s; intuition idtac.
Qed.

(** Events that only change the status of one trial. *)
Lemma with_status_consistent st t old new :
  consistent st -> lookup t (table st) = Some old -> within new ->
  explained t new (results st) -> (forall r, past old r -> past new r) ->
  consistent (with_status t new st).
Proof.
  intros [has_past has_within has_explained once] found inside why kept; split; simpl; trivial.
  - intros x member; rewrite lookup_put.
    destruct (has_past x member) as (s & known & behind).
    destruct (Z.eqb_spec (trial x) t) as [same|]; [|eauto].
    exists new; split; [reflexivity|]; apply kept; congruence.
  - intros u s; rewrite lookup_put; destruct (u =? t); [|apply has_within].
    now intros [= <-].
  - intros u s; rewrite lookup_put; destruct (Z.eqb_spec u t) as [->|]; [|apply has_explained].
    now intros [= <-].
Qed.

Lemma best_in l x : best l = Some x -> In x l.
Proof.
  revert x; induction l as [|y l IH]; simpl; [discriminate|]; intro x.
  destruct (best l) as [z|]; [destruct (better z y)|]; intros [= <-]; auto.
Qed.

Lemma promotable_paused r st t : promotable r st = Some t ->
  (r < top cfg)%nat /\ exists x, In x (at_rung r st) /\ trial x = t
  /\ lookup t (table st) = Some (Paused r)
  /\ allows (eta cfg) (delayed cfg) (rank x r st) (reported r st) (reported (S r) st) = true.
Proof.
  unfold promotable; destruct (Nat.ltb_spec r (top cfg)) as [below|]; [|discriminate].
  destruct (best _) as [x|] eqn:chosen; [|discriminate].
  destruct (allows _ _ _ _ _) eqn:allowed; [|discriminate]; intros [= <-].
  split; [exact below|]; exists x.
  apply best_in, filter_In in chosen as [member waits].
  unfold is_paused in waits.
  destruct (lookup (trial x) (table st)) as [[| |q| | | |]|]; try discriminate.
  apply Nat.eqb_eq in waits; now subst.
Qed.

Lemma step_consistent st e next : consistent st -> step st e = Some next -> consistent next.
Proof.
  intros good moved; pose proof good as [has_past has_within has_explained once].
  destruct e as [t first|t s steps|t|t|t|t|t target|t]; simpl in moved;
    destruct (lookup t (table st)) as [old|] eqn:found; try discriminate.
  - (* Start *)
    destruct (Nat.leb_spec first (top cfg)) as [inside|]; [|discriminate].
    injection moved as <-; split; simpl; trivial.
    + intros x member; rewrite lookup_put.
      destruct (has_past x member) as (s & known & behind).
      destruct (Z.eqb_spec (trial x) t) as [same|]; [congruence|eauto].
    + intros u s; rewrite lookup_put; destruct (u =? t); [now intros [= <-]|apply has_within].
    + intros u s; rewrite lookup_put; destruct (u =? t); [now intros [= <-]|apply has_explained].
  - (* Report *)
    destruct old as [r| | | | | |]; try discriminate; injection moved as <-.
    assert (inside := has_within t _ found); simpl in inside.
    split; simpl.
    + intros x [<-|member]; rewrite lookup_put; simpl.
      * rewrite Z.eqb_refl; eexists; split; [reflexivity|].
        unfold decide; destruct s as [x|]; simpl; [|lia].
        destruct (beyond_cut x steps); simpl; [lia|].
        destruct (Nat.eqb_spec r (top cfg)); simpl; [trivial|lia].
      * destruct (has_past x member) as (old & known & behind).
        destruct (Z.eqb_spec (trial x) t) as [same|]; [|eauto].
        eexists; split; [reflexivity|].
        rewrite same, found in known; injection known as <-; simpl in behind.
        unfold decide; destruct s as [y|]; simpl; [|lia].
        destruct (beyond_cut y steps); simpl; [lia|].
        destruct (Nat.eqb_spec r (top cfg)); simpl; [trivial|lia].
    + intros u old; rewrite lookup_put; destruct (u =? t); [|apply has_within].
      intros [= <-]; unfold decide; destruct s as [y|]; simpl; trivial.
      destruct (beyond_cut y steps); simpl; trivial.
      destruct (Nat.eqb_spec r (top cfg)); simpl; [trivial|lia].
    + intros u old; rewrite lookup_put; destruct (Z.eqb_spec u t) as [->|].
      * set (x := {| trial := t; rung := r; score := s; learned := steps |}).
        intros [= <-]; unfold decide; destruct s as [y|] eqn:scored; simpl.
        -- destruct (beyond_cut y steps) eqn:far; simpl.
           ++ unfold beyond_cut in far; apply andb_prop in far as [over late].
              apply Z.ltb_lt in over; apply Z.leb_le in late.
              exists x, y; simpl; intuition idtac.
           ++ destruct (Nat.eqb_spec r (top cfg)) as [->|]; simpl;
                exists x; simpl; intuition discriminate.
        -- exists x; simpl; intuition idtac.
      * intro known; now apply explained_more, has_explained.
    + constructor; [|exact once].
      intro again; apply in_map_iff in again as (x & same & member).
      injection same as same_trial same_rung.
      destruct (has_past x member) as (s' & known & behind).
      rewrite same_trial, found in known; injection known as <-; simpl in behind; lia.
  - (* Lose *)
    destruct old as [r| | | | | |]; try discriminate; injection moved as <-.
    assert (inside := has_within t _ found).
    now apply (with_status_consistent st t (Running r)).
  - (* Resume *)
    destruct old as [|r| | | | |]; try discriminate; injection moved as <-.
    assert (inside := has_within t _ found).
    now apply (with_status_consistent st t (Suspended r)).
  - (* Give_up *)
    destruct old as [|r| | | | |]; try discriminate; injection moved as <-.
    now apply (with_status_consistent st t (Suspended r)).
  - (* Promote *)
    destruct old as [| |r| | | |]; try discriminate.
    destruct (promotable r st) as [u|] eqn:open; [|discriminate].
    destruct (Z.eqb_spec t u) as [<-|]; [|discriminate]; injection moved as <-.
    apply promotable_paused in open as [below _].
    apply (with_status_consistent st t (Paused r)); simpl; trivial; intros; lia.
  - (* Drain *)
    destruct old as [| |r| | | |]; try discriminate.
    destruct (Nat.ltb_spec r target) as [up|]; [|discriminate].
    destruct (Nat.leb_spec target (top cfg)) as [inside|]; [|discriminate]; injection moved as <-.
    apply (with_status_consistent st t (Paused r)); simpl; trivial; intros; lia.
  - (* Withdraw *)
    destruct (is_final old); [discriminate|]; injection moved as <-.
    apply (with_status_consistent st t old); simpl; trivial.
Qed.

Theorem reachable_consistent st : reachable st -> consistent st.
Proof.
  intros [events ran]; revert ran; generalize initial_consistent; generalize initial.
  induction events as [|e rest IH]; simpl; intros from good ran; [congruence|].
  destruct (step from e) as [next|] eqn:moved; [|discriminate].
  apply (IH next); [now apply (step_consistent from e)|exact ran].
Qed.

Theorem recorded_once st x y : reachable st -> In x (results st) -> In y (results st) ->
  trial x = trial y -> rung x = rung y -> x = y.
Proof.
  intros ran in_x in_y same_trial same_rung.
  destruct (reachable_consistent st ran) as [_ _ _ once]; revert in_x in_y once.
  induction (results st) as [|z rest IH]; simpl; [tauto|].
  intros in_x in_y once; inversion once as [|? ? fresh others]; subst.
  destruct in_x as [-> |in_x], in_y as [-> |in_y]; auto; exfalso; apply fresh.
  - apply in_map_iff; exists y; split; [congruence|assumption].
  - apply in_map_iff; exists x; split; [congruence|assumption].
Qed.

(** ** The order of results *)

Lemma better_trans x y z : better x y = true -> better y z = true -> better x z = true.
Proof.
  unfold better; destruct (score x), (score y), (score z);
    rewrite ?orb_true_iff, ?andb_true_iff, ?Z.ltb_lt, ?Z.eqb_eq; try discriminate; lia.
Qed.

Lemma better_total x y : better x y = false -> better y x = false ->
  score x = score y /\ trial x = trial y.
Proof.
  unfold better; destruct (score x), (score y); try discriminate;
    rewrite ?orb_false_iff, ?andb_false_iff, ?Z.ltb_ge, ?Z.eqb_neq; intros;
    (split; [first [reflexivity|f_equal; lia]|lia]).
Qed.

Lemma better_same x y z : score x = score y -> trial x = trial y -> better z x = better z y.
Proof. unfold better; now intros -> ->. Qed.

Lemma filter_size_le {A} (f g : A -> bool) l :
  (forall x, In x l -> f x = true -> g x = true) -> size (filter f l) <= size (filter g l).
Proof.
  unfold size; intro inside; apply inj_le.
  induction l as [|x l IH]; simpl; [lia|].
  assert (IH' := IH (fun y member => inside y (or_intror member))).
  destruct (f x) eqn:here.
  - rewrite (inside x (or_introl eq_refl) here); simpl; lia.
  - destruct (g x); simpl; lia.
Qed.

(** Who is not behind another has no greater rank. *)
Lemma rank_le x y r st : better y x = false -> rank x r st <= rank y r st.
Proof.
  intro not_behind; unfold rank; apply Z.add_le_mono_l, filter_size_le; intros z _ ahead.
  destruct (better x y) eqn:order.
  - now apply better_trans with x.
  - destruct (better_total x y order not_behind) as [same_score same_trial].
    now rewrite <- (better_same x y).
Qed.

Lemma best_first l x : best l = Some x -> forall y, In y l -> better y x = false.
Proof.
  revert x; induction l as [|z l IH]; simpl; [discriminate|]; intros x chosen y member.
  assert (irreflexive : forall u, better u u = false).
  { intro u; unfold better; destruct (score u); rewrite ?Z.ltb_irrefl, ?andb_false_r; reflexivity. }
  destruct (best l) as [w|] eqn:others.
  - destruct (better w z) eqn:order; injection chosen as <-.
    + destruct member as [<-|member]; [|now apply (IH w eq_refl)].
      destruct (better z w) eqn:back; [|reflexivity].
      rewrite <- (irreflexive w); symmetry; now apply better_trans with z.
    + destruct member as [<-|member]; [apply irreflexive|].
      destruct (better y z) eqn:ahead; [|reflexivity].
      assert (not_behind := IH w eq_refl y member).
      destruct (better w y) eqn:between.
      * rewrite <- order; symmetry; now apply better_trans with y.
      * destruct (better_total w y between not_behind) as [same_score same_trial].
        exfalso; unfold better in order, ahead; rewrite same_score, same_trial in order; congruence.
  - injection chosen as <-; destruct member as [<-|member]; [apply irreflexive|].
    destruct l as [|w l]; [contradiction|].
    simpl in others; destruct (best l); [destruct (better _ _)|]; discriminate.
Qed.

Lemma best_some l x : In x l -> best l <> None.
Proof.
  destruct l as [|y l]; [contradiction|]; simpl.
  destruct (best l); [destruct (better _ _)|]; discriminate.
Qed.

Lemma at_rung_iff x r st : In x (at_rung r st) <-> In x (results st) /\ rung x = r.
Proof. unfold at_rung; now rewrite filter_In, Nat.eqb_eq. Qed.

Theorem rank_permutation found found' tab tab' x r : Permutation found found' ->
  rank x r {| table := tab; results := found |} = rank x r {| table := tab'; results := found' |}.
Proof.
  intro same; unfold rank, at_rung, size; cbn [results].
  apply (f_equal (fun n => 1 + Z.of_nat n)), Permutation_length.
  assert (filters : forall f (l l' : list result),
    Permutation l l' -> Permutation (filter f l) (filter f l')).
  { clear; induction 1; simpl; repeat destruct (f _); eauto using Permutation. }
  now apply filters, filters.
Qed.

(** ** Promotions *)

Theorem allows_iff e d k n next : allows e d k n next = true <->
  k <= n / e /\ (d = true -> e * (next + 1) <= n).
Proof.
  unfold allows; rewrite andb_true_iff, orb_true_iff, negb_true_iff, !Z.leb_le.
  destruct d; intuition discriminate.
Qed.

(** Who is promoted by the rule is the best that waits, and among the best n / eta. *)
Theorem promotion_sound st t next : step st (Promote t) = Some next ->
  exists r x, In x (results st) /\ trial x = t /\ rung x = r /\ (r < top cfg)%nat
  /\ rank x r st <= reported r st / eta cfg
  /\ (delayed cfg = true -> eta cfg * (reported (S r) st + 1) <= reported r st)
  /\ lookup t (table next) = Some (Running (S r)).
Proof.
  simpl; destruct (lookup t (table st)) as [[| |r| | | |]|]; try discriminate.
  destruct (promotable r st) as [u|] eqn:open; [|discriminate].
  destruct (Z.eqb_spec t u) as [<-|]; [|discriminate]; intros [= <-].
  apply promotable_paused in open as (below & x & member & same & _ & allowed).
  apply at_rung_iff in member as [member here]; apply allows_iff in allowed as [high late].
  exists r, x; repeat split; try assumption.
  simpl; now rewrite lookup_put, Z.eqb_refl.
Qed.

Lemma quiescent_promotable st : quiescent st <-> forall r, promotable r st = None.
Proof.
  split; intro none.
  - intro r; destruct (promotable r st) as [t|] eqn:open; [|reflexivity].
    pose proof (promotable_paused r st t open) as (_ & x & _ & _ & waits & _).
    specialize (none t); simpl in none; rewrite waits, open, Z.eqb_refl in none; discriminate.
  - intro t; simpl; destruct (lookup t (table st)) as [[| |r| | | |]|]; try reflexivity.
    now rewrite none.
Qed.

Theorem quiescent_iff st : next_promotion st = None <-> quiescent st.
Proof.
  rewrite quiescent_promotable; unfold next_promotion; split; intro none.
  - intro r; destruct (Nat.ltb_spec r (top cfg)) as [below|above].
    + revert none below; generalize (top cfg) as q; intro q.
      induction q as [|q IH]; simpl; [lia|]; intros none below.
      destruct (promotable q st) eqn:here; [discriminate|].
      destruct (Nat.eq_dec r q) as [->|]; [exact here|apply IH; [exact none|lia]].
    + unfold promotable; destruct (Nat.ltb_spec r (top cfg)); [lia|reflexivity].
  - induction (top cfg) as [|q IH]; simpl; [reflexivity|now rewrite none].
Qed.

(** While one of the best n / eta waits, somebody is promotable. *)
Lemma waiting_promotable st x r : (r < top cfg)%nat -> delayed cfg = false ->
  In x (at_rung r st) -> lookup (trial x) (table st) = Some (Paused r) ->
  rank x r st <= reported r st / eta cfg -> promotable r st <> None.
Proof.
  intros below prompt member waits high; unfold promotable.
  destruct (Nat.ltb_spec r (top cfg)); [|lia].
  assert (candidate : In x (filter (is_paused r st) (at_rung r st))).
  { apply filter_In; split; [exact member|]; unfold is_paused; rewrite waits; apply Nat.eqb_refl. }
  destruct (best _) as [y|] eqn:chosen; [|now apply best_some in candidate].
  assert (first := rank_le y x r st (best_first _ _ chosen x candidate)).
  assert (allowed : allows (eta cfg) (delayed cfg) (rank y r st) (reported r st)
    (reported (S r) st) = true).
  { apply allows_iff; split; [lia|congruence]. }
  rewrite allowed; discriminate.
Qed.

(** A trial that works, or worked, beyond rung [r]. *)
Definition advanced (s : status) (r : nat) : Prop :=
  match s with
  | Running g | Suspended g | Given_up g => (r < g)%nat
  | Paused q | Stopped q _ => (r < q)%nat
  | Completed => (r < top cfg)%nat
  | Withdrawn => False
  end.

(** (a) At quiescence, each of the best n / eta of a rung below the top has gone on, unless
    the safety cut stopped it there or somebody withdrew it. *)
Theorem best_set_advances st r x s :
  reachable st -> quiescent st -> delayed cfg = false -> (r < top cfg)%nat ->
  In x (at_rung r st) -> score x = Some s -> rank x r st <= reported r st / eta cfg ->
  exists now, lookup (trial x) (table st) = Some now
  /\ (advanced now r \/ now = Withdrawn
      \/ now = Stopped r Cut /\ cut cfg < s /\ cut_after cfg <= learned x).
Proof.
  intros ran quiet prompt below member scored high.
  pose proof (reachable_consistent st ran) as [has_past _ has_explained _].
  pose proof (proj1 (at_rung_iff x r st) member) as [inside here].
  destruct (has_past x inside) as (now & known & behind).
  exists now; split; [exact known|]; rewrite here in behind.
  destruct now as [g|g|q| |q why|g|]; simpl in behind |- *; auto.
  - destruct (Nat.eq_dec q r) as [->|]; [|left; lia].
    exfalso; apply (waiting_promotable st x r); try assumption.
    now apply quiescent_promotable.
  - destruct (Nat.eq_dec q r) as [->|]; [|left; lia].
    assert (cause := has_explained _ _ known); simpl in cause.
    right; right; destruct why.
    + destruct cause as (y & in_y & same_trial & same_rung & none).
      assert (x = y) as <- by (apply (recorded_once st); congruence); congruence.
    + destruct cause as (y & s' & in_y & same_trial & same_rung & value & over & late).
      assert (x = y) as <- by (apply (recorded_once st); congruence).
      rewrite scored in value; injection value as <-; auto.
Qed.

(** Of n >= eta results the best is among the best n / eta. *)
Lemma best_rank x r st : 0 < eta cfg -> eta cfg <= reported r st ->
  (forall y, In y (at_rung r st) -> better y x = false) ->
  rank x r st <= reported r st / eta cfg.
Proof.
  intros positive enough first.
  assert (one : rank x r st = 1).
  { unfold rank; replace (filter _ _) with (@nil result); [reflexivity|].
    symmetry; revert first; induction (at_rung r st) as [|y l IH]; simpl; [reflexivity|].
    intro first; rewrite (first y (or_introl eq_refl)); apply IH; auto. }
  rewrite one; apply Z.div_le_lower_bound; lia.
Qed.

Theorem best_advances st r x s :
  reachable st -> quiescent st -> delayed cfg = false -> (r < top cfg)%nat ->
  0 < eta cfg -> eta cfg <= reported r st ->
  In x (at_rung r st) -> score x = Some s -> s <= cut cfg ->
  (forall y, In y (at_rung r st) -> better y x = false) ->
  exists now, lookup (trial x) (table st) = Some now /\ (advanced now r \/ now = Withdrawn).
Proof.
  intros ran quiet prompt below positive enough member scored low first.
  destruct (best_set_advances st r x s ran quiet prompt below member scored
    (best_rank x r st positive enough first)) as (now & known & [|[|(_ & over & _)]]);
    [eauto|eauto|lia].
Qed.

(** (b) Only a score above the cut, after the cut-in, is stopped by it, and each such one is. *)
Theorem cut_sound st t r : reachable st -> lookup t (table st) = Some (Stopped r Cut) ->
  exists x s, In x (results st) /\ trial x = t /\ score x = Some s
  /\ cut cfg < s /\ cut_after cfg <= learned x.
Proof.
  intros ran stopped; pose proof (reachable_consistent st ran) as [_ _ has_explained _].
  destruct (has_explained _ _ stopped) as (x & s & inside & same & _ & value & over & late).
  exists x, s; auto.
Qed.

Theorem never_above_survives st t r : reachable st ->
  (forall x s, In x (results st) -> trial x = t -> score x = Some s ->
     cut_after cfg <= learned x -> s <= cut cfg) ->
  lookup t (table st) <> Some (Stopped r Cut).
Proof.
  intros ran low stopped; apply cut_sound in stopped
    as (x & s & inside & same & value & over & late);
    [|exact ran].
  specialize (low x s inside same value late); lia.
Qed.

Theorem cut_complete st t s steps next : step st (Report t (Some s) steps) = Some next ->
  cut cfg < s -> cut_after cfg <= steps ->
  exists r, lookup t (table next) = Some (Stopped r Cut).
Proof.
  simpl; destruct (lookup t (table st)) as [[r| | | | | |]|]; try discriminate.
  intros [= <-] over late; exists r; simpl; rewrite lookup_put, Z.eqb_refl; f_equal.
  unfold beyond_cut; apply Z.ltb_lt in over; apply Z.leb_le in late; now rewrite over, late.
Qed.

(** (c) With scores that are off by at most [error], a lead of more than twice that suffices. *)
Theorem true_best_advances (truth : Z -> nat -> Z) error st r x s :
  reachable st -> quiescent st -> delayed cfg = false -> (r < top cfg)%nat ->
  0 < eta cfg -> eta cfg <= reported r st ->
  (forall y v, In y (at_rung r st) -> score y = Some v -> Z.abs (v - truth (trial y) r) <= error) ->
  (forall y, In y (at_rung r st) -> trial y <> trial x ->
     truth (trial x) r + 2 * error < truth (trial y) r) ->
  In x (at_rung r st) -> score x = Some s -> s <= cut cfg ->
  exists now, lookup (trial x) (table st) = Some now /\ (advanced now r \/ now = Withdrawn).
Proof.
  intros ran quiet prompt below positive enough close lead member scored low.
  apply (best_advances st r x s); try assumption.
  intros y there; unfold better; rewrite scored.
  destruct (score y) as [v|] eqn:observed; [|reflexivity].
  rewrite orb_false_iff, andb_false_iff, Z.ltb_ge, Z.eqb_neq, Z.ltb_ge.
  destruct (Z.eq_dec (trial y) (trial x)) as [same|other].
  - assert (y = x) as ->.
    { apply at_rung_iff in there as []; apply at_rung_iff in member as [].
      apply (recorded_once st); congruence. }
    rewrite observed in scored; injection scored as ->; lia.
  - pose proof (close x s member scored); pose proof (close y v there observed).
    pose proof (lead y there other); lia.
Qed.

(** ** Quiescence comes *)

(** More than the events that can follow without a start or a loss. *)
Definition weight (s : status) : Z :=
  match s with
  | Suspended g => 2 * Z.of_nat (top cfg - g) + 2
  | Running g => 2 * Z.of_nat (top cfg - g) + 1
  | Paused q => 2 * Z.of_nat (top cfg - q)
  | _ => 0
  end.

Definition potential (st : state) : Z := total weight (table st).

Lemma potential_nonneg st : 0 <= potential st.
Proof. apply total_nonneg; intros []; cbn [weight]; lia. Qed.

Definition is_start (e : event) : bool := match e with Start _ _ => true | _ => false end.
Definition is_loss (e : event) : bool := match e with Lose _ => true | _ => false end.
Definition is_progress (e : event) : bool := negb (is_start e) && negb (is_loss e).

Lemma step_potential st e next : consistent st -> step st e = Some next ->
  potential next + (if is_progress e then 1 else 0)
  <= potential st + (if is_start e then 2 * Z.of_nat (top cfg) + 1 else 0)
     + (if is_loss e then 1 else 0).
Proof.
  intros good moved; pose proof (consistent_within st good) as inside; unfold potential.
  destruct e as [t first|t s steps|t|t|t|t|t target|t];
    cbn [is_progress is_start is_loss negb andb]; simpl in moved;
    destruct (lookup t (table st)) as [old|] eqn:found; try discriminate;
    try (specialize (inside t old found)).
  - destruct (Nat.leb_spec first (top cfg)); [|discriminate]; injection moved as <-.
    cbn [table with_status]; rewrite total_put, found; cbn [weight]; lia.
  - destruct old as [r| | | | | |]; try discriminate; injection moved as <-.
    cbn [table]; rewrite total_put, found; cbn [weight].
    assert (weight (decide r s steps) <= 2 * Z.of_nat (top cfg - r)); [|lia].
    unfold decide; destruct s as [x|]; cbn [weight]; [|lia].
    destruct (beyond_cut x steps); cbn [weight]; [lia|].
    destruct (r =? top cfg)%nat; cbn [weight]; lia.
  - destruct old as [r| | | | | |]; try discriminate; injection moved as <-.
    cbn [table with_status]; rewrite total_put, found; cbn [weight]; lia.
  - destruct old as [|r| | | | |]; try discriminate; injection moved as <-.
    cbn [table with_status]; rewrite total_put, found; cbn [weight]; lia.
  - destruct old as [|r| | | | |]; try discriminate; injection moved as <-.
    cbn [table with_status]; rewrite total_put, found; cbn [weight]; lia.
  - destruct old as [| |r| | | |]; try discriminate.
    destruct (promotable r st) as [u|]; [|discriminate].
    destruct (t =? u); [|discriminate]; injection moved as <-.
    simpl in inside; cbn [table with_status]; rewrite total_put, found; cbn [weight]; lia.
  - destruct old as [| |r| | | |]; try discriminate.
    destruct (Nat.ltb_spec r target) as [up|]; [|discriminate].
    destruct (Nat.leb_spec target (top cfg)); [|discriminate]; injection moved as <-.
    cbn [table with_status]; rewrite total_put, found; cbn [weight]; lia.
  - destruct old as [r|r|r| | | |]; simpl in moved; try discriminate; injection moved as <-;
      simpl in inside; cbn [table with_status]; rewrite total_put, found; cbn [weight]; lia.
Qed.

Definition count (f : event -> bool) (events : list event) : Z := size (filter f events).

(** Reports, resumptions, promotions and the rest are at most 2 top + 1 a start, and one a loss. *)
Theorem activity_bounded events st : run initial events = Some st ->
  count is_progress events
  <= (2 * Z.of_nat (top cfg) + 1) * count is_start events + count is_loss events.
Proof.
  enough (general : forall from, consistent from -> run from events = Some st ->
    potential st + count is_progress events
    <= potential from + (2 * Z.of_nat (top cfg) + 1) * count is_start events
       + count is_loss events).
  { intro ran; pose proof (general initial initial_consistent ran).
    pose proof (potential_nonneg st); change (potential initial) with 0 in *; lia. }
  induction events as [|e rest IH]; intros from good ran; simpl in ran.
  - injection ran as <-; unfold count, size; cbn [filter length]; lia.
  - destruct (step from e) as [next|] eqn:moved; [|discriminate].
    pose proof (step_potential from e next good moved).
    pose proof (IH next (step_consistent from e next good moved) ran).
    unfold count, size, is_progress in *; cbn [filter].
    destruct (is_start e), (is_loss e); cbn [negb andb length] in *;
      rewrite ?Nat2Z.inj_succ; lia.
Qed.

End Machine.

(** ** Witnesses *)

Definition plain (top : nat) : settings :=
  {| eta := 3; delayed := false; top := top; cut := 3500; cut_after := 1000 |}.

Definition enter (t s : Z) : list event := [Start t 0; Report t (Some s) 1000].

(** A trial of rank n / eta + 1 waits at quiescence, nothing runs, and by what the trials score at
    each rung, which every report agrees with, it would have ended as the best of all. *)
Definition winner_left_behind (cfg : settings) (truth : Z -> nat -> Z) (st : state) : Prop :=
  reachable cfg st /\ quiescent cfg st
  /\ (forall t s, In (t, s) (table st) -> s = Completed \/ s = Paused 0)
  /\ (forall x, In x (results st) -> score x = Some (truth (trial x) (rung x)))
  /\ exists x, In x (at_rung 0 st)
     /\ rank x 0 st = reported 0 st / eta cfg + 1
     /\ lookup (trial x) (table st) = Some (Paused 0)
     /\ forall t s, In (t, s) (table st) -> t <> trial x ->
       truth (trial x) (top cfg) < truth t (top cfg).

(** Trials 1, 2, ... score 2001, 2002, ... at the first rung; at the next 1900,
    but for [w]. *)
Definition late_bloomer (w t : Z) (r : nat) : Z :=
  match r with
  | O => 2000 + t
  | S _ => if t =? w then 1500 else 1900
  end.

Ltac check_left_behind events trial_left :=
  match goal with |- exists st, winner_left_behind ?cfg ?truth st =>
    let ran := eval vm_compute in (run cfg initial events) in
    match ran with Some ?st =>
      exists st; split; [now exists events|];
      split; [now apply quiescent_iff|];
      split; [simpl; intuition congruence|];
      split; [simpl; intuition (subst; reflexivity)|];
      exists {| trial := trial_left; rung := 0; score := Some (truth trial_left 0%nat);
        learned := 1000 |};
      split; [simpl; intuition congruence|];
      split; [reflexivity|]; split; [reflexivity|];
      simpl; intros t s member apart;
      repeat (destruct member as [member|member]; [injection member as <- <-; simpl in *; lia|]);
      contradiction
    end
  end.

Theorem tight_3 : exists st, winner_left_behind (plain 1) (late_bloomer 2) st.
Proof.
  check_left_behind (enter 1 2001 ++ enter 2 2002 ++ enter 3 2003
    ++ [Promote 1; Report 1 (Some 1900) 3000]) 2.
Qed.

Theorem tight_9 : exists st, winner_left_behind (plain 1) (late_bloomer 4) st.
Proof.
  check_left_behind (enter 1 2001 ++ enter 2 2002 ++ enter 3 2003 ++ enter 4 2004 ++ enter 5 2005
    ++ enter 6 2006 ++ enter 7 2007 ++ enter 8 2008 ++ enter 9 2009
    ++ [Promote 1; Promote 2; Promote 3; Report 1 (Some 1900) 3000; Report 2 (Some 1900) 3000;
        Report 3 (Some 1900) 3000]) 4.
Qed.

(** What (a) asks for can hold, with losses and retries in between. *)
Theorem best_advances_witness : exists st x,
  reachable (plain 1) st /\ quiescent (plain 1) st /\ eta (plain 1) <= reported 0 st
  /\ In x (at_rung 0 st) /\ score x = Some 2001 /\ 2001 <= cut (plain 1)
  /\ (forall y, In y (at_rung 0 st) -> better y x = false)
  /\ lookup (trial x) (table st) = Some Completed.
Proof.
  pose (events := enter 3 2003 ++ [Start 1 0; Lose 1; Resume 1; Report 1 (Some 2001) 1000]
    ++ enter 2 2002 ++ [Promote 1; Lose 1; Resume 1; Report 1 (Some 1900) 3000]).
  let ran := eval vm_compute in (run (plain 1) initial events) in
  match ran with Some ?st => exists st end.
  exists {| trial := 1; rung := 0; score := Some 2001; learned := 1000 |}.
  split; [now exists events|]; split; [now apply quiescent_iff|].
  split; [vm_compute; discriminate|]; split; [simpl; auto|].
  repeat split; [simpl; lia|]; simpl; intuition (subst; reflexivity).
Qed.

(** What (c) asks for can hold: the scores are off by one, and the lead is three. *)
Theorem true_best_witness :
  let truth := fun (t : Z) (_ : nat) => 2000 + 3 * t in
  exists st x, reachable (plain 1) st /\ quiescent (plain 1) st /\ eta (plain 1) <= reported 0 st
  /\ (forall y v, In y (at_rung 0 st) -> score y = Some v -> Z.abs (v - truth (trial y) 0%nat) <= 1)
  /\ (forall y, In y (at_rung 0 st) -> trial y <> trial x ->
       truth (trial x) 0%nat + 2 * 1 < truth (trial y) 0%nat)
  /\ In x (at_rung 0 st) /\ score x = Some 2004 /\ 2004 <= cut (plain 1).
Proof.
  intro truth; pose (events := enter 1 2004 ++ enter 2 2005 ++ enter 3 2010
    ++ [Promote 1; Report 1 (Some 1900) 3000]).
  let ran := eval vm_compute in (run (plain 1) initial events) in
  match ran with Some ?st => exists st end.
  exists {| trial := 1; rung := 0; score := Some 2004; learned := 1000 |}.
  split; [now exists events|]; split; [now apply quiescent_iff|].
  split; [vm_compute; discriminate|].
  split; [|split; [|split; [simpl; auto|split; [reflexivity|vm_compute; discriminate]]]].
  - simpl; intros y v [<-|[<-|[<-|[]]]] [= <-]; unfold truth; simpl; lia.
  - simpl; intros y [<-|[<-|[<-|[]]]]; unfold truth; simpl; lia.
Qed.

(** A lead of exactly twice the error is too little: the scores may be equal, and the number decides. *)
Theorem true_best_tight :
  let truth := fun (t : Z) (_ : nat) => if t =? 2 then 2000 else 2010 in
  exists st x, reachable (plain 1) st /\ quiescent (plain 1) st /\ eta (plain 1) <= reported 0 st
  /\ (forall y v, In y (at_rung 0 st) -> score y = Some v -> Z.abs (v - truth (trial y) 0%nat) <= 5)
  /\ (forall y, In y (at_rung 0 st) -> trial y <> trial x ->
       truth (trial x) 0%nat + 2 * 5 <= truth (trial y) 0%nat)
  /\ In x (at_rung 0 st) /\ score x = Some 2005 /\ 2005 <= cut (plain 1)
  /\ lookup (trial x) (table st) = Some (Paused 0).
Proof.
  intro truth; pose (events := enter 1 2005 ++ enter 2 2005 ++ enter 3 2015
    ++ [Promote 1; Report 1 (Some 1900) 3000]).
  let ran := eval vm_compute in (run (plain 1) initial events) in
  match ran with Some ?st => exists st end.
  exists {| trial := 2; rung := 0; score := Some 2005; learned := 1000 |}.
  split; [now exists events|]; split; [now apply quiescent_iff|].
  split; [vm_compute; discriminate|].
  split; [|split; [|split; [simpl; auto|split; [reflexivity|split; [vm_compute; discriminate|
    reflexivity]]]]].
  - simpl; intros y v [<-|[<-|[<-|[]]]] [= <-]; unfold truth; simpl; lia.
  - simpl; intros y [<-|[<-|[<-|[]]]]; unfold truth; simpl; lia.
Qed.

(** The bound on all other events is met, by one trial that is lost once on its way to the top. *)
Theorem activity_tight :
  let events := [Start 1 0; Lose 1; Resume 1; Report 1 (Some 2001) 1000; Drain 1 1;
    Report 1 (Some 2000) 3000; Drain 1 2; Report 1 (Some 1999) 9000] in
  (exists st, run (plain 2) initial events = Some st)
  /\ count is_progress events
     = (2 * Z.of_nat (top (plain 2)) + 1) * count is_start events + count is_loss events.
Proof. split; [eexists; reflexivity|reflexivity]. Qed.

(** With the delay, a late best result may wait for ever although n >= eta. *)
Theorem delayed_leaves_best :
  let cfg := {| eta := 3; delayed := true; top := 1; cut := 3500; cut_after := 1000 |} in
  exists st x, reachable cfg st /\ quiescent cfg st /\ eta cfg <= reported 0 st
  /\ In x (at_rung 0 st) /\ (forall y, In y (at_rung 0 st) -> better y x = false)
  /\ lookup (trial x) (table st) = Some (Paused 0).
Proof.
  intro cfg; pose (events := enter 1 2001 ++ enter 2 2002 ++ enter 3 2003
    ++ [Promote 1; Report 1 (Some 1900) 3000] ++ enter 4 1000).
  let ran := eval vm_compute in (run cfg initial events) in
  match ran with Some ?st => exists st end.
  exists {| trial := 4; rung := 0; score := Some 1000; learned := 1000 |}.
  split; [now exists events|]; split; [now apply quiescent_iff|].
  split; [vm_compute; discriminate|]; split; [simpl; auto|].
  split; [simpl; intuition (subst; reflexivity)|reflexivity].
Qed.

(** The cut stops who is above it, and not who is at it. *)
Theorem cut_edge :
  let after s steps := option_map (fun st => lookup 1 (table st))
    (run (plain 1) initial [Start 1 0; Report 1 (Some s) steps]) in
  after 3500 1000 = Some (Some (Paused 0)) /\ after 3501 1000 = Some (Some (Stopped 0 Cut))
  /\ after 3501 999 = Some (Some (Paused 0)).
Proof. now vm_compute. Qed.
