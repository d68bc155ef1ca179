(** * INV-11: leases and budgets

    Workers claim trials, renew their leases, leave checkpoints, report, fail and vanish; a lease
    that ran out goes to the next who claims. A crash is no event: it is the absence of all others.

    [step], [run], [reachable]  the transition system; an operation is refused with [None]
    [recorded_once]         each (trial, rung) is recorded at most once
    [kept]                  no trial is ever lost
    [expired_claimable], [parked_claimable]  and one that nobody works on can be claimed
    [holder_unique]         one token a trial at a time, and no token for two trials
    [stale_refused], [stale_for_ever]
                            a token that is out of date changes nothing, now or later
    [replay_changes_nothing]  nor does a report that was recorded before
    [budget_kept]           trials started and steps used and reserved never exceed their limits
    [accounts]              reserved and used steps are the sums over the trials, nothing twice
    [lease_witness], [budget_tight]  a run with a loss and a late worker, and a budget used to the
                            last step *)

From Coq Require Import ZArith List Bool Lia.
From Igla Require Import Table.
Import ListNotations.
Open Scope Z_scope.

Inductive phase :=
  (** Never claimed. *)
  | Waiting (target : nat)
  | Held (owner token expiry : Z) (target : nat)
  (** Interrupted on the way to its rung. *)
  | Parked (target : nat)
  (** Reported below the top. *)
  | Resting (at_rung : nat)
  | Ended.

(** [charged] is the farthest step that was counted. *)
Record work := { standing : phase; charged : Z }.

Record state := {
  trials : list (Z * work);
  last_token : Z;
  started : Z;
  used : Z;
  reserved : Z;
  (** Trial, rung and token of each result. *)
  recorded : list (Z * nat * Z)
}.

Record settings := {
  rungs : list Z;
  lease : Z;
  trial_limit : option Z;
  step_limit : option Z
}.

Inductive event :=
  | Add (t : Z) (first : nat)
  (** [goal] is where a trial that rests goes next. *)
  | Claim (t worker now : Z) (goal : nat)
  | Heartbeat (t token now : Z)
  | Checkpoint (t token at_step now : Z)
  | Report (t token : Z) (r : nat) (at_step : Z) (ends : bool)
  | Release (t token : Z) (at_step : Z)
  | Fail (t token : Z)
  (** A supervisor takes the lease of a worker that it knows to be gone. *)
  | Reclaim (t : Z)
  | Give_up (t : Z)
  | Stop (t : Z).

Section Machine.

Variable cfg : settings.

Definition steps_at (r : nat) : Z := nth r (rungs cfg) 0.

Definition is_rung (r : nat) : bool := (r <? length (rungs cfg))%nat.

(** Steps that a lease to that rung keeps for the trial. *)
Definition need (target : nat) (c : Z) : Z := Z.max 0 (steps_at target - c).

Definition fits (st : state) (extra : Z) : bool :=
  match step_limit cfg with
  | None => true
  | Some limit => used st + reserved st + extra <=? limit
  end.

Definition may_start (st : state) : bool :=
  match trial_limit cfg with
  | None => true
  | Some limit => started st <? limit
  end.

(** The trial's target and count, for whom has its lease. *)
Definition held (t token : Z) (st : state) : option (Z * nat * Z) :=
  match lookup t (trials st) with
  | Some {| standing := Held owner k expiry target; charged := c |} =>
    if k =? token then Some (owner, target, c) else None
  | _ => None
  end.

Definition known (t : Z) (r : nat) (token : Z) (st : state) : bool :=
  existsb (fun p => (fst (fst p) =? t) && (snd (fst p) =? r)%nat && (snd p =? token)) (recorded st).

(** The farther of two steps, counted once; what was reserved for it is used. *)
Definition gain (c at_step : Z) : Z := Z.max 0 (at_step - c).

Definition grant (t worker now : Z) (target : nat) (c : Z) (freed begun : Z) (st : state) : state :=
  {| trials := put t {| standing := Held worker (last_token st + 1) (now + lease cfg) target;
                        charged := c |} (trials st);
     last_token := last_token st + 1; started := started st + begun; used := used st;
     reserved := reserved st - freed + need target c; recorded := recorded st |}.

(** Ends a lease at a step, with the trial put into a new phase. *)
Definition leave (t : Z) (target : nat) (c at_step : Z) (new : phase) (st : state) : state :=
  let g := gain c at_step in
  {| trials := put t {| standing := new; charged := c + g |} (trials st);
     last_token := last_token st; started := started st; used := used st + g;
     reserved := reserved st - g - need target (c + g); recorded := recorded st |}.

Definition step (st : state) (e : event) : option state :=
  match e with
  | Add t first =>
    match lookup t (trials st) with
    | None =>
      if is_rung first
      then Some {| trials := put t {| standing := Waiting first; charged := 0 |} (trials st);
        last_token := last_token st; started := started st; used := used st;
        reserved := reserved st; recorded := recorded st |}
      else None
    | Some _ => None
    end
  | Claim t worker now goal =>
    match lookup t (trials st) with
    | Some {| standing := Waiting target; charged := c |} =>
      if may_start st && fits st (need target c) then Some (grant t worker now target c 0 1 st)
        else None
    | Some {| standing := Parked target; charged := c |} =>
      if fits st (need target c) then Some (grant t worker now target c 0 0 st) else None
    | Some {| standing := Resting r; charged := c |} =>
      if (r <? goal)%nat && is_rung goal && fits st (need goal c)
      then Some (grant t worker now goal c 0 0 st) else None
    | Some {| standing := Held _ _ expiry target; charged := c |} =>
      (* What it reserved is its own. *)
      if expiry <=? now then Some (grant t worker now target c (need target c) 0 st) else None
    | _ => None
    end
  | Heartbeat t token now =>
    match held t token st with
    | Some (owner, target, c) =>
      Some {| trials := put t {| standing := Held owner token (now + lease cfg) target;
                                 charged := c |} (trials st);
        last_token := last_token st; started := started st; used := used st;
        reserved := reserved st; recorded := recorded st |}
    | None => None
    end
  | Checkpoint t token at_step now =>
    match held t token st with
    | Some (owner, target, c) =>
      if (0 <=? at_step) && (at_step <=? steps_at target)
      then let g := gain c at_step in
        Some {| trials := put t {| standing := Held owner token (now + lease cfg) target;
                                   charged := c + g |} (trials st);
          last_token := last_token st; started := started st; used := used st + g;
          reserved := reserved st - g; recorded := recorded st |}
      else None
    | None => None
    end
  | Report t token r at_step ends =>
    if known t r token st then Some st
    else match held t token st with
    | Some (_, target, c) =>
      if (r =? target)%nat && (0 <=? at_step) && (at_step <=? steps_at target)
      then let next := leave t target c at_step (if ends then Ended else Resting r) st in
        Some {| trials := trials next; last_token := last_token next; started := started next;
          used := used next; reserved := reserved next;
            recorded := (t, r, token) :: recorded next |}
      else None
    | None => None
    end
  | Release t token at_step =>
    match held t token st with
    | Some (_, target, c) =>
      if (0 <=? at_step) && (at_step <=? steps_at target)
      then Some (leave t target c at_step (Parked target) st) else None
    | None => None
    end
  | Fail t token =>
    match held t token st with
    | Some (_, target, c) => Some (leave t target c 0 (Parked target) st)
    | None => None
    end
  | Reclaim t =>
    match lookup t (trials st) with
    | Some {| standing := Held _ _ _ target; charged := c |} =>
      Some (leave t target c 0 (Parked target) st)
    | _ => None
    end
  | Give_up t =>
    match lookup t (trials st) with
    | Some {| standing := Parked target; charged := c |} =>
      Some {| trials := put t {| standing := Ended; charged := c |} (trials st);
        last_token := last_token st; started := started st; used := used st;
        reserved := reserved st; recorded := recorded st |}
    | _ => None
    end
  | Stop t =>
    match lookup t (trials st) with
    | Some {| standing := Ended |} | None => None
    | Some {| standing := Held _ _ _ target; charged := c |} => Some (leave t target c 0 Ended st)
    | Some {| standing := _; charged := c |} =>
      Some {| trials := put t {| standing := Ended; charged := c |} (trials st);
        last_token := last_token st; started := started st; used := used st;
        reserved := reserved st; recorded := recorded st |}
    end
  end.

Fixpoint run (st : state) (events : list event) : option state :=
  match events with
  | [] => Some st
  | e :: rest => match step st e with Some next => run next rest | None => None end
  end.

Definition initial : state :=
  {| trials := []; last_token := 0; started := 0; used := 0; reserved := 0; recorded := [] |}.

Definition reachable (st : state) : Prop := exists events, run initial events = Some st.

(** ** What every reachable state has *)

Definition share (w : work) : Z :=
  match standing w with Held _ _ _ target => need target (charged w) | _ => 0 end.

Definition beyond (p : phase) (r : nat) : Prop :=
  match p with
  | Waiting _ => False
  | Held _ _ _ target | Parked target => (r < target)%nat
  | Resting q => (r <= q)%nat
  | Ended => True
  end.

Definition within (limit : option Z) (x : Z) : Prop :=
  match limit with None => True | Some m => x <= Z.max 0 m end.

Record consistent (st : state) : Prop := {
  charged_nonneg : forall t w, lookup t (trials st) = Some w -> 0 <= charged w;
  used_sum : used st = total charged (trials st);
  reserved_sum : reserved st = total share (trials st);
  started_within : within (trial_limit cfg) (started st);
  steps_within : within (step_limit cfg) (used st + reserved st);
  tokens_below : forall t o k x g c,
    lookup t (trials st) = Some {| standing := Held o k x g; charged := c |} -> k <= last_token st;
  tokens_apart : forall t u o o' k x x' g g' c c',
    lookup t (trials st) = Some {| standing := Held o k x g; charged := c |} ->
    lookup u (trials st) = Some {| standing := Held o' k x' g'; charged := c' |} -> t = u;
  past_recorded : forall t r k, In (t, r, k) (recorded st) ->
    exists w, lookup t (trials st) = Some w /\ beyond (standing w) r;
  recorded_apart : NoDup (map fst (recorded st))
}.

Lemma initial_consistent : consistent initial.
Proof.
  split; simpl; try discriminate; try tauto; try constructor;
    unfold within; [destruct (trial_limit cfg)|destruct (step_limit cfg)]; lia || trivial.
Qed.

Lemma share_nonneg w : 0 <= share w.
Proof. unfold share, need; destruct (standing w); lia. Qed.

(** A change of one trial, with what follows for the sums. *)
Lemma change_consistent st t w next :
  consistent st ->
  trials next = put t w (trials st) ->
  0 <= charged w ->
  (let old f := match lookup t (trials st) with Some o => f o | None => 0 end in
   used next = used st + charged w - old charged
   /\ reserved next = reserved st + share w - old share) ->
  within (trial_limit cfg) (started next) ->
  within (step_limit cfg) (used next + reserved next) ->
  last_token st <= last_token next ->
  (forall o k x g, standing w = Held o k x g -> last_token st < k <= last_token next
     \/ exists o' x', lookup t (trials st)
          = Some {| standing := Held o' k x' g; charged :=
              match lookup t (trials st) with Some old => charged old | None => 0 end |}) ->
  (forall r k, In (t, r, k) (recorded next) -> beyond (standing w) r) ->
  (recorded next = recorded st
   \/ exists r k, recorded next = (t, r, k) :: recorded st
      /\ (forall k', ~ In (t, r, k') (recorded st)) /\ lookup t (trials st) <> None) ->
  consistent next.
Proof.
  intros [nonneg sum_used sum_reserved in_trials in_steps below apart past once]
    changed w_nonneg [now_used now_reserved] trials_ok steps_ok tokens fresh beyond_t records.
  split; rewrite ?changed.
  - intros u v; rewrite lookup_put; destruct (u =? t); [intros [= <-]; exact w_nonneg|apply nonneg].
  - rewrite total_put, now_used, sum_used; reflexivity.
  - rewrite total_put, now_reserved, sum_reserved; reflexivity.
  - exact trials_ok.
  - exact steps_ok.
  - intros u o k x g c; rewrite lookup_put; destruct (Z.eqb_spec u t) as [->|].
    + intros [= ->]; simpl in fresh; destruct (fresh o k x g eq_refl) as [|(o' & x' & known_t)];
      [lia|].
      specialize (below _ _ _ _ _ _ known_t); lia.
    + intro found; specialize (below _ _ _ _ _ _ found); lia.
  - intros u v o o' k x x' g g' c c'; rewrite !lookup_put.
    destruct (Z.eqb_spec u t) as [->|], (Z.eqb_spec v t) as [->|]; try congruence.
    + intros [= ->] found; simpl in fresh.
      destruct (fresh o k x g eq_refl) as [[new _]|(o2 & x2 & known_t)].
      * specialize (below _ _ _ _ _ _ found); lia.
      * now apply (apart t v _ _ _ _ _ _ _ _ _ known_t found).
    + intros found [= ->]; simpl in fresh.
      destruct (fresh o' k x' g' eq_refl) as [[new _]|(o2 & x2 & known_t)].
      * specialize (below _ _ _ _ _ _ found); lia.
      * symmetry; now apply (apart t u _ _ _ _ _ _ _ _ _ known_t found).
    + apply apart.
  - intros u r k member; rewrite lookup_put; destruct (Z.eqb_spec u t) as [->|other].
    + exists w; split; [reflexivity|now apply (beyond_t r k)].
    + apply (past u r k); destruct records as [same|(r' & k' & same & _ & _)];
      rewrite same in member;
        [exact member|destruct member as [[= <- _ _]|member]; [contradiction|exact member]].
  - destruct records as [->|(r & k & -> & new & _)]; [exact once|].
    simpl; constructor; [|exact once].
    intro again; apply in_map_iff in again as ([[u q] k'] & same & member).
    simpl in same; injection same as -> ->; now apply (new k').
Qed.

Lemma held_lookup t token st owner target c : held t token st = Some (owner, target, c) ->
  exists expiry, lookup t (trials st)
    = Some {| standing := Held owner token expiry target; charged := c |}.
Proof.
  unfold held; destruct (lookup t (trials st)) as [[[|o k x g| | |] n]|]; try discriminate.
  destruct (Z.eqb_spec k token) as [->|]; [|discriminate].
  intros [= -> -> ->]; eauto.
Qed.

Lemma within_le limit x y : within limit y -> x <= y -> within limit x.
Proof. unfold within; destruct limit; intros; [lia|trivial]. Qed.

Ltac solve_change :=
  simpl; unfold share, need, gain in *; simpl; try split; try lia; trivial.

Lemma step_consistent st e next : consistent st -> step st e = Some next -> consistent next.
Proof.
  intros good moved.
  pose proof good as [nonneg sum_used sum_reserved in_trials in_steps below apart past once].
  assert (recorded_beyond : forall t w, lookup t (trials st) = Some w ->
    forall r k, In (t, r, k) (recorded st) -> beyond (standing w) r).
  { intros t w found r k member; destruct (past t r k member) as (v & same & behind); congruence. }
  destruct e as [t first|t worker now goal|t token now|t token at_step now|t token r at_step ends
    |t token at_step|t token|t|t|t]; simpl in moved.
  - (* Add *)
    destruct (lookup t (trials st)) eqn:found; [discriminate|].
    destruct (is_rung first); [|discriminate]; injection moved as <-.
    apply (change_consistent st t {| standing := Waiting first; charged := 0 |}); simpl; trivial;
      try lia; try discriminate; [rewrite found; unfold share; simpl; lia| |now left].
    intros r k member; destruct (past t r k member) as (w & known_w & _); congruence.
  - (* Claim *)
    destruct (lookup t (trials st)) as [[[target|o k x target|target|q|] c]|] eqn:found;
      try discriminate; pose proof (nonneg t _ found) as c_ge; simpl in c_ge.
    + destruct (may_start st) eqn:may; [|discriminate].
      destruct (fits st (need target c)) eqn:room; [|discriminate]; injection moved as <-.
      apply (change_consistent st t
        {| standing := Held worker (last_token st + 1) (now + lease cfg) target; charged := c |});
        simpl; trivial; try lia; [rewrite found; unfold share; simpl; lia| | | | |now left].
      * unfold may_start in may; unfold within in *; destruct (trial_limit cfg) as [limit|];
        [|trivial].
        apply Z.ltb_lt in may; lia.
      * unfold fits in room; unfold within in *; destruct (step_limit cfg) as [limit|]; [|trivial].
        apply Z.leb_le in room; lia.
      * intros o k x g [= <- <- <- <-]; left; lia.
      * intros r k member; now apply (recorded_beyond t _ found) in member.
    + destruct (x <=? now); [|discriminate]; injection moved as <-.
      apply (change_consistent st t
        {| standing := Held worker (last_token st + 1) (now + lease cfg) target; charged := c |});
        simpl; trivial; try lia; [rewrite found; unfold share; simpl; lia| | | | |now left].
      * apply (within_le _ _ _ in_trials); lia.
      * apply (within_le _ _ _ in_steps); lia.
      * intros o' k' x' g [= <- <- <- <-]; left; lia.
      * intros r k' member; exact (recorded_beyond t _ found r k' member).
    + destruct (fits st (need target c)) eqn:room; [|discriminate]; injection moved as <-.
      apply (change_consistent st t
        {| standing := Held worker (last_token st + 1) (now + lease cfg) target; charged := c |});
        simpl; trivial; try lia; [rewrite found; unfold share; simpl; lia| | | | |now left].
      * apply (within_le _ _ _ in_trials); lia.
      * unfold fits in room; unfold within in *; destruct (step_limit cfg) as [limit|]; [|trivial].
        apply Z.leb_le in room; lia.
      * intros o' k' x' g [= <- <- <- <-]; left; lia.
      * intros r k' member; exact (recorded_beyond t _ found r k' member).
    + destruct (Nat.ltb_spec q goal) as [up|]; [|discriminate].
      destruct (is_rung goal); [|discriminate].
      destruct (fits st (need goal c)) eqn:room; [|discriminate]; injection moved as <-.
      apply (change_consistent st t
        {| standing := Held worker (last_token st + 1) (now + lease cfg) goal; charged := c |});
        simpl; trivial; try lia; [rewrite found; unfold share; simpl; lia| | | | |now left].
      * apply (within_le _ _ _ in_trials); lia.
      * unfold fits in room; unfold within in *; destruct (step_limit cfg) as [limit|]; [|trivial].
        apply Z.leb_le in room; lia.
      * intros o' k' x' g [= <- <- <- <-]; left; lia.
      * intros r k' member; pose proof (recorded_beyond t _ found r k' member); simpl in *; lia.
  - (* Heartbeat *)
    destruct (held t token st) as [[[owner target] c]|] eqn:holds; [|discriminate].
    injection moved as <-; apply held_lookup in holds as [x found].
    pose proof (nonneg t _ found) as c_ge; simpl in c_ge.
    apply (change_consistent st t
      {| standing := Held owner token (now + lease cfg) target; charged := c |});
      simpl; trivial; try lia; [rewrite found; unfold share; simpl; lia| | |now left].
    + intros o k x' g [= <- <- <- <-]; right; exists owner, x; now rewrite found.
    + intros r k member; exact (recorded_beyond t _ found r k member).
  - (* Checkpoint *)
    destruct (held t token st) as [[[owner target] c]|] eqn:holds; [|discriminate].
    apply held_lookup in holds as [x found].
    pose proof (nonneg t _ found) as c_ge; simpl in c_ge.
    destruct (Z.leb_spec 0 at_step) as [step_ge|]; [|discriminate].
    destruct (Z.leb_spec at_step (steps_at target)) as [step_le|]; [|discriminate].
    injection moved as <-.
    apply (change_consistent st t
      {| standing := Held owner token (now + lease cfg) target; charged := c + gain c at_step |});
      simpl; trivial; try lia; [unfold gain; lia| | | | |now left].
    + rewrite found; unfold share, need, gain; simpl; lia.
    + apply (within_le _ _ _ in_steps); lia.
    + intros o k x' g [= <- <- <- <-]; right; exists owner, x; now rewrite found.
    + intros r k member; exact (recorded_beyond t _ found r k member).
  - (* Report *)
    destruct (known t r token st); [injection moved as <-; exact good|].
    destruct (held t token st) as [[[owner target] c]|] eqn:holds; [|discriminate].
    apply held_lookup in holds as [x found].
    pose proof (nonneg t _ found) as c_ge; simpl in c_ge.
    destruct (Nat.eqb_spec r target) as [->|]; [|discriminate].
    destruct (Z.leb_spec 0 at_step) as [step_ge|]; [|discriminate].
    destruct (Z.leb_spec at_step (steps_at target)) as [step_le|]; [|discriminate].
    injection moved as <-.
    apply (change_consistent st t
      {| standing := if ends then Ended else Resting target; charged := c + gain c at_step |});
      simpl; trivial; try lia; [unfold gain; lia| | | | |].
    + rewrite found; unfold share, need, gain; destruct ends; simpl; lia.
    + apply (within_le _ _ _ in_steps); unfold need, gain; lia.
    + destruct ends; discriminate.
    + intros q k [[= <- _]|member]; [destruct ends; simpl; trivial|].
      pose proof (recorded_beyond t _ found q k member) as behind; simpl in behind.
      destruct ends; simpl; [trivial|lia].
    + right; exists target, token; repeat split; [|congruence].
      intros k' member; pose proof (recorded_beyond t _ found target k' member); simpl in *; lia.
  - (* Release *)
    destruct (held t token st) as [[[owner target] c]|] eqn:holds; [|discriminate].
    apply held_lookup in holds as [x found].
    pose proof (nonneg t _ found) as c_ge; simpl in c_ge.
    destruct (Z.leb_spec 0 at_step) as [step_ge|]; [|discriminate].
    destruct (Z.leb_spec at_step (steps_at target)) as [step_le|]; [|discriminate].
    injection moved as <-.
    apply (change_consistent st t
      {| standing := Parked target; charged := c + gain c at_step |});
      simpl; trivial; try lia; try discriminate; [unfold gain; lia| | | |now left].
    + rewrite found; unfold share, need, gain; simpl; lia.
    + apply (within_le _ _ _ in_steps); unfold need, gain; lia.
    + intros r k member; exact (recorded_beyond t _ found r k member).
  - (* Fail *)
    destruct (held t token st) as [[[owner target] c]|] eqn:holds; [|discriminate].
    apply held_lookup in holds as [x found].
    pose proof (nonneg t _ found) as c_ge; simpl in c_ge; injection moved as <-.
    apply (change_consistent st t {| standing := Parked target; charged := c + gain c 0 |});
      simpl; trivial; try lia; try discriminate; [unfold gain; lia| | | |now left].
    + rewrite found; unfold share, need, gain; simpl; lia.
    + apply (within_le _ _ _ in_steps); unfold need, gain; lia.
    + intros r k member; exact (recorded_beyond t _ found r k member).
  - (* Reclaim *)
    destruct (lookup t (trials st)) as [[[|o k x target| | |] c]|] eqn:found; try discriminate.
    pose proof (nonneg t _ found) as c_ge; simpl in c_ge; injection moved as <-.
    apply (change_consistent st t {| standing := Parked target; charged := c + gain c 0 |});
      simpl; trivial; try lia; try discriminate; [unfold gain; lia| | | |now left].
    + rewrite found; unfold share, need, gain; simpl; lia.
    + apply (within_le _ _ _ in_steps); unfold need, gain; lia.
    + intros r k' member; exact (recorded_beyond t _ found r k' member).
  - (* Give_up *)
    destruct (lookup t (trials st)) as [[[| |target| |] c]|] eqn:found; try discriminate.
    pose proof (nonneg t _ found) as c_ge; simpl in c_ge; injection moved as <-.
    apply (change_consistent st t {| standing := Ended; charged := c |});
      simpl; trivial; try lia; try discriminate; [rewrite found; unfold share; simpl; lia|now left].
  - (* Stop *)
    destruct (lookup t (trials st)) as [[[target|o k x target|target|q|] c]|] eqn:found;
      try discriminate; pose proof (nonneg t _ found) as c_ge; simpl in c_ge; injection moved as <-.
    2: apply (change_consistent st t {| standing := Ended; charged := c + gain c 0 |});
      simpl; trivial; try lia; try discriminate;
      [unfold gain; lia
      |rewrite found; unfold share, need, gain; simpl; lia
      |apply (within_le _ _ _ in_steps); unfold need, gain; lia
      |now left].
    all: apply (change_consistent st t {| standing := Ended; charged := c |});
      simpl; trivial; try lia; try discriminate; [rewrite found; unfold share; simpl; lia|now left].
Qed.

Lemma run_consistent events st next :
  consistent st -> run st events = Some next -> consistent next.
Proof.
  revert st; induction events as [|e rest IH]; simpl; intros st good ran; [congruence|].
  destruct (step st e) as [middle|] eqn:moved; [|discriminate].
  apply (IH middle); [now apply (step_consistent st e)|exact ran].
Qed.

Theorem reachable_consistent st : reachable st -> consistent st.
Proof. intros [events ran]; exact (run_consistent events _ _ initial_consistent ran). Qed.

(** ** The theorems *)

Theorem recorded_once st : reachable st -> NoDup (map fst (recorded st)).
Proof. intro ran; apply reachable_consistent, ran. Qed.

Theorem accounts st : reachable st ->
  used st = total charged (trials st) /\ reserved st = total share (trials st).
Proof. intro ran; split; apply reachable_consistent, ran. Qed.

Theorem budget_kept st : reachable st ->
  (forall limit, trial_limit cfg = Some limit -> started st <= Z.max 0 limit)
  /\ (forall limit, step_limit cfg = Some limit -> used st <= Z.max 0 limit)
  /\ 0 <= reserved st.
Proof.
  intro ran; pose proof (reachable_consistent st ran) as [_ _ sums in_trials in_steps _ _ _ _].
  assert (kept_back : 0 <= reserved st) by (rewrite sums; apply total_nonneg, share_nonneg).
  unfold within in *; repeat split; trivial; intros limit is; rewrite is in *; lia.
Qed.

Theorem holder_unique st t u token token' a b : reachable st ->
  held t token st = Some a ->
  (held t token' st = Some b -> token = token') /\ (held u token st = Some b -> t = u).
Proof.
  intros ran mine; pose proof (reachable_consistent st ran) as [_ _ _ _ _ _ apart _ _].
  destruct a as [[o g] c]; apply held_lookup in mine as [x found]; destruct b as [[o' g'] c'].
  split; intro other; apply held_lookup in other as [x' found']; [congruence|].
  now apply (apart t u _ _ _ _ _ _ _ _ _ found found').
Qed.

(** What a worker sends with a token that does not hold the trial's lease changes nothing. *)
Theorem stale_refused st t token now at_step r ends : held t token st = None ->
  step st (Heartbeat t token now) = None
  /\ step st (Checkpoint t token at_step now) = None
  /\ step st (Release t token at_step) = None
  /\ step st (Fail t token) = None
  /\ (step st (Report t token r at_step ends) = None \/ step st (Report t token r at_step ends)
    = Some st).
Proof. intro stale; simpl; rewrite stale; destruct (known t r token st); auto 6. Qed.

Theorem replay_changes_nothing st t r token at_step ends :
  In (t, r, token) (recorded st) -> step st (Report t token r at_step ends) = Some st.
Proof.
  intro member; simpl.
  enough (again : known t r token st = true) by now rewrite again.
  apply existsb_exists; exists (t, r, token); split; [exact member|simpl].
  now rewrite !Z.eqb_refl, Nat.eqb_refl.
Qed.

(** The lease of a trial keeps its token until a claim, whose token is new. *)
Lemma step_tokens st e next t token b : step st e = Some next -> held t token next = Some b ->
  last_token st <= last_token next /\ (held t token st <> None \/ last_token st < token).
Proof.
  assert (changes : forall w u next', held t token next' = Some b ->
    trials next' = put u w (trials st) ->
    (forall o k x g, standing w = Held o k x g ->
       last_token st < k \/ (u = t -> k = token -> held t token st <> None)) ->
    held t token st <> None \/ last_token st < token).
  { intros w u next' holds same fresh; unfold held in holds; rewrite same, lookup_put in holds.
    destruct (Z.eqb_spec t u) as [->|]; [|left; unfold held; rewrite holds; discriminate].
    destruct w as [[|o k x g| | |] c]; try discriminate.
    destruct (Z.eqb_spec k token) as [->|]; [|discriminate].
    destruct (fresh o token x g eq_refl); auto. }
  intros moved holds.
  destruct e as [u first|u worker now goal|u k now|u k at_step now|u k r at_step ends
    |u k at_step|u k|u|u|u]; simpl in moved.
  - destruct (lookup u (trials st)); [discriminate|].
    destruct (is_rung first); [|discriminate]; injection moved as <-; split; [simpl; lia|].
    refine (changes _ _ _ holds eq_refl _); discriminate.
  - destruct (lookup u (trials st)) as [[[target|o k x target|target|q|] c]|]; try discriminate.
    + destruct (_ && _); [|discriminate]; injection moved as <-; split; [simpl; lia|].
      refine (changes _ _ _ holds eq_refl _); intros ? ? ? ? [= <- <- <- <-]; left; lia.
    + destruct (_ <=? _); [|discriminate]; injection moved as <-; split; [simpl; lia|].
      refine (changes _ _ _ holds eq_refl _); intros ? ? ? ? [= <- <- <- <-]; left; lia.
    + destruct (fits _ _); [|discriminate]; injection moved as <-; split; [simpl; lia|].
      refine (changes _ _ _ holds eq_refl _); intros ? ? ? ? [= <- <- <- <-]; left; lia.
    + destruct (_ && _); [|discriminate]; injection moved as <-; split; [simpl; lia|].
      refine (changes _ _ _ holds eq_refl _); intros ? ? ? ? [= <- <- <- <-]; left; lia.
  - destruct (held u k st) as [[[owner target] c]|] eqn:mine; [|discriminate].
    injection moved as <-; split; [simpl; lia|].
    refine (changes _ _ _ holds eq_refl _).
    intros ? ? ? ? [= <- <- <- <-]; right; intros -> ->; congruence.
  - destruct (held u k st) as [[[owner target] c]|] eqn:mine; [|discriminate].
    destruct (_ && _); [|discriminate]; injection moved as <-; split; [simpl; lia|].
    refine (changes _ _ _ holds eq_refl _).
    intros ? ? ? ? [= <- <- <- <-]; right; intros -> ->; congruence.
  - destruct (known u r k st); [injection moved as <-; split; [lia|left; congruence]|].
    destruct (held u k st) as [[[owner target] c]|] eqn:mine; [|discriminate].
    destruct (_ && _); [|discriminate]; injection moved as <-; split; [simpl; lia|].
    refine (changes _ _ _ holds eq_refl _); destruct ends; discriminate.
  - destruct (held u k st) as [[[owner target] c]|] eqn:mine; [|discriminate].
    destruct (_ && _); [|discriminate]; injection moved as <-; split; [simpl; lia|].
    refine (changes _ _ _ holds eq_refl _); discriminate.
  - destruct (held u k st) as [[[owner target] c]|] eqn:mine; [|discriminate].
    injection moved as <-; split; [simpl; lia|].
    refine (changes _ _ _ holds eq_refl _); discriminate.
  - destruct (lookup u (trials st)) as [[[|o k x target| | |] c]|]; try discriminate.
    injection moved as <-; split; [simpl; lia|].
    refine (changes _ _ _ holds eq_refl _); discriminate.
  - destruct (lookup u (trials st)) as [[[| |target| |] c]|]; try discriminate.
    injection moved as <-; split; [simpl; lia|].
    refine (changes _ _ _ holds eq_refl _); discriminate.
  - destruct (lookup u (trials st)) as [[[target|o k x target|target|q|] c]|]; try discriminate;
      injection moved as <-; (split; [simpl; lia|]);
      (refine (changes _ _ _ holds eq_refl _); discriminate).
Qed.

Lemma step_last_token st e next : step st e = Some next -> last_token st <= last_token next.
Proof.
  intro moved; destruct e; simpl in moved;
    repeat match type of moved with
    | context [match ?x with _ => _ end] => destruct x; try discriminate
    end; injection moved as <-; simpl; lia.
Qed.

(** A token that was given out and does not hold the lease will not hold it again: what its worker
    sends later, too, changes nothing. *)
Theorem stale_for_ever events st next t token : run st events = Some next ->
  token <= last_token st -> held t token st = None -> held t token next = None.
Proof.
  revert st; induction events as [|e rest IH]; simpl; intros st ran old stale; [congruence|].
  destruct (step st e) as [middle|] eqn:moved; [|discriminate].
  apply (IH middle); [exact ran|pose proof (step_last_token _ _ _ moved); lia|].
  destruct (held t token middle) as [b|] eqn:holds; [|reflexivity].
  destruct (step_tokens st e middle t token b moved holds) as [_ [again|new]]; [contradiction|lia].
Qed.

(** Nothing removes a trial. *)
Theorem kept events st next t w : run st events = Some next -> lookup t (trials st) = Some w ->
  exists w', lookup t (trials next) = Some w'.
Proof.
  revert st w; induction events as [|e rest IH]; simpl; intros st w ran found;
    [injection ran as <-; eauto|].
  destruct (step st e) as [middle|] eqn:moved; [|discriminate].
  assert (here : exists w', lookup t (trials middle) = Some w').
  { clear ran IH; destruct e; simpl in moved;
      repeat match type of moved with
      | context [match ?x with _ => _ end] => destruct x; try discriminate
      end; injection moved as <-; simpl; rewrite ?lookup_put;
      try (destruct (_ =? _)); eauto. }
  destruct here as [w' here]; exact (IH middle w' ran here).
Qed.

(** A lease that ran out is open to any worker, whatever the budget: its steps are reserved. *)
Theorem expired_claimable st t o k x target c worker now goal :
  lookup t (trials st) = Some {| standing := Held o k x target; charged := c |} -> x <= now ->
  exists next, step st (Claim t worker now goal) = Some next
  /\ held t (last_token next) next = Some (worker, target, c) /\ last_token next = last_token st
    + 1.
Proof.
  intros found late; simpl; rewrite found; apply Z.leb_le in late; rewrite late.
  eexists; split; [reflexivity|]; split; [|reflexivity].
  unfold held; simpl; now rewrite lookup_put, !Z.eqb_refl.
Qed.

Theorem parked_claimable st t target c worker now goal :
  lookup t (trials st) = Some {| standing := Parked target; charged := c |} ->
  fits st (need target c) = true ->
  exists next, step st (Claim t worker now goal) = Some next
  /\ held t (last_token next) next = Some (worker, target, c).
Proof.
  intros found room; simpl; rewrite found, room.
  eexists; split; [reflexivity|]; unfold held; simpl; now rewrite lookup_put, !Z.eqb_refl.
Qed.

(** A live lease cannot be taken by another's claim. *)
Theorem live_not_claimable st t o k x target c worker now goal :
  lookup t (trials st) = Some {| standing := Held o k x target; charged := c |} -> now < x ->
  step st (Claim t worker now goal) = None.
Proof. intros found live; simpl; rewrite found; apply Z.leb_gt in live; now rewrite live. Qed.

End Machine.

(** ** Witnesses *)

Definition small : settings :=
  {| rungs := [1000; 3000]; lease := 30; trial_limit := Some 1; step_limit := Some 3000 |}.

(** Worker 7 claims trial 1, leaves a checkpoint and vanishes; worker 8 takes over after the
    lease, and what 7 still sends is refused; the report of 8 is recorded once, though it is sent twice. *)
Definition story : list event :=
  [Add 1 0; Claim 1 7 0 0; Checkpoint 1 1 400 10; Claim 1 8 40 0; Report 1 2 0 1000 false;
   Report 1 2 0 1000 false].

Theorem lease_witness : exists st,
  run small initial story = Some st /\ recorded st = [(1, 0%nat, 2)] /\ used st = 1000
  /\ step small st (Report 1 1 0 1000 false) = None /\ step small st (Heartbeat 1 1 41) = None.
Proof. eexists; repeat split. Qed.

(** The limits are reached exactly, and then refuse. *)
Theorem budget_tight : exists st,
  run small initial (story ++ [Claim 1 7 50 1; Report 1 3 1 3000 true; Add 2 0]) = Some st
  /\ trial_limit small = Some (started st) /\ step_limit small = Some (used st)
  /\ step small st (Claim 2 7 60 0) = None.
Proof. eexists; repeat split. Qed.
