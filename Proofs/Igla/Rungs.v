(** * INV-10: rungs

    Numbers of steps are integers; [unit] steps at the lowest rung, times [eta] a rung.

    [rung]                  by repeated multiplication, as [RungLadder.steps]
    [rung_closed]           unit * eta^k
    [rung_increasing], [rung_divides]
    [ladder], [ladder_correct]  the rungs of a valid configuration that fits 64 bits
    [restart], [restart_closed] the steps of one finisher who starts anew at every rung
    [resume_finisher]       who resumes does the top rung's steps and no more
    [bracket_restart], [bracket_resume]  the whole bracket's steps, exact where eta^K divides n
    [bracket_restart_le], [bracket_resume_le]  and an upper bound for every n
    [rungs_default]         1000, 3000, 9000, 27000; 40,000 against 27,000; 3,000 n of 27,000 n *)

From Coq Require Import ZArith List Lia Bool.
Import ListNotations.
Open Scope Z_scope.

Section Rungs.

Variables (unit eta : Z).

Fixpoint rung (k : nat) : Z :=
  match k with
  | O => unit
  | S j => rung j * eta
  end.

Theorem rung_closed k : rung k = unit * eta ^ Z.of_nat k.
Proof.
  induction k as [|k IH]; [simpl; ring|].
  simpl rung; rewrite IH, Nat2Z.inj_succ, Z.pow_succ_r by lia; ring.
Qed.

(** The steps up to rung [k] of a trial that starts anew at each. *)
Fixpoint restart (k : nat) : Z :=
  match k with
  | O => rung 0
  | S j => restart j + rung (S j)
  end.

Theorem restart_closed k : (eta - 1) * restart k = unit * eta ^ Z.of_nat (S k) - unit.
Proof.
  induction k as [|k IH].
  { change (Z.of_nat 1) with 1; rewrite Z.pow_1_r; simpl; ring. }
  simpl restart; change (rung k * eta) with (rung (S k)).
  rewrite Z.mul_add_distr_l, IH, rung_closed.
  rewrite (Nat2Z.inj_succ (S k)), (Z.pow_succ_r eta (Z.of_nat (S k))) by lia; ring.
Qed.

(** The steps from the rung below, or from nothing, to rung [k]. *)
Definition climb (k : nat) : Z :=
  match k with
  | O => rung 0
  | S j => rung (S j) - rung j
  end.

Definition sum_to (f : nat -> Z) (k : nat) : Z :=
  fold_right Z.add 0 (map f (seq 0 (S k))).

Lemma sum_to_succ f k : sum_to f (S k) = sum_to f k + f (S k).
Proof.
  unfold sum_to; rewrite (seq_S (S k)), map_app, fold_right_app; simpl.
  rewrite Z.add_0_r.
  generalize (map f (seq 1 k)) as l; intro l; rewrite <- Z.add_assoc; f_equal.
  induction l as [|x l IH]; simpl; lia.
Qed.

Theorem resume_finisher k : sum_to climb k = rung k.
Proof.
  induction k as [|k IH]; [unfold sum_to; simpl; ring|].
  rewrite sum_to_succ, IH; simpl; ring.
Qed.

(** A bracket: of [n] trials that start, a share of 1/eta goes on at each rung. *)
Definition bracket_restart_steps (n : Z) (K : nat) : Z :=
  sum_to (fun k => n / eta ^ Z.of_nat k * rung k) K.
Definition bracket_resume_steps (n : Z) (K : nat) : Z :=
  sum_to (fun k => n / eta ^ Z.of_nat k * climb k) K.

Hypothesis unit_pos : 1 <= unit.
Hypothesis eta_ge : 2 <= eta.

Lemma rung_pos k : 0 < rung k.
Proof. induction k as [|k IH]; simpl; nia. Qed.

Theorem rung_increasing j k : (j < k)%nat -> rung j < rung k.
Proof.
  induction 1 as [|k _ IH]; simpl; [pose proof (rung_pos j)|pose proof (rung_pos k)]; nia.
Qed.

Theorem rung_divides j k : (j <= k)%nat -> (rung j | rung k).
Proof.
  induction 1 as [|k _ IH]; [apply Z.divide_refl|].
  simpl; now apply Z.divide_mul_l.
Qed.

Lemma sum_to_le f g k :
  (forall j, (j <= k)%nat -> f j <= g j) -> sum_to f k <= sum_to g k.
Proof.
  induction k as [|k IH]; intro below.
  - unfold sum_to; simpl; pose proof (below 0%nat); lia.
  - rewrite !sum_to_succ; pose proof (below (S k)); pose proof (IH ltac:(auto)); lia.
Qed.

Lemma sum_to_const c k : sum_to (fun _ => c) k = c * (Z.of_nat k + 1).
Proof.
  induction k as [|k IH]; [unfold sum_to; simpl; ring|].
  rewrite sum_to_succ, IH; lia.
Qed.

Lemma eta_pow_pos k : 0 < eta ^ Z.of_nat k.
Proof. apply Z.pow_pos_nonneg; lia. Qed.

(** Each rung costs no more than the lowest one. *)
Lemma rung_share n k : 0 <= n -> n / eta ^ Z.of_nat k * rung k <= n * unit.
Proof.
  intro n_ge; rewrite rung_closed.
  pose proof (Z.mul_div_le n _ (eta_pow_pos k)); nia.
Qed.

Theorem bracket_restart_le n K :
  0 <= n -> bracket_restart_steps n K <= n * unit * (Z.of_nat K + 1).
Proof.
  intro n_ge; unfold bracket_restart_steps; rewrite <- sum_to_const.
  apply sum_to_le; intros; now apply rung_share.
Qed.

Lemma share_exact m j K : (j <= K)%nat ->
  m * eta ^ Z.of_nat K / eta ^ Z.of_nat j * eta ^ Z.of_nat j = m * eta ^ Z.of_nat K.
Proof.
  intro below; pose proof (eta_pow_pos j).
  replace (Z.of_nat K) with (Z.of_nat (K - j) + Z.of_nat j) by lia.
  rewrite Z.pow_add_r, Z.mul_assoc, Z.div_mul by lia; ring.
Qed.

Lemma sum_to_ext f g k :
  (forall j, (j <= k)%nat -> f j = g j) -> sum_to f k = sum_to g k.
Proof.
  intro same; apply Z.le_antisymm; apply sum_to_le; intros j below; rewrite same; lia.
Qed.

Theorem bracket_restart m K : let n := m * eta ^ Z.of_nat K in
  bracket_restart_steps n K = n * unit * (Z.of_nat K + 1).
Proof.
  intro n; unfold bracket_restart_steps; rewrite <- sum_to_const.
  apply sum_to_ext; intros j below; rewrite rung_closed.
  unfold n; pose proof (share_exact m j K below); nia.
Qed.

(** With each trial resumed, a rung above the lowest costs a share of 1 - 1/eta of that. *)
Lemma climb_scaled x k : eta * (x * climb (S k)) = (eta - 1) * (x * rung (S k)).
Proof. simpl; ring. Qed.

Theorem bracket_resume_le n K : 0 <= n ->
  eta * bracket_resume_steps n K <= n * unit * (eta + (eta - 1) * Z.of_nat K).
Proof.
  intro n_ge; unfold bracket_resume_steps; induction K as [|K IH].
  - unfold sum_to; simpl; rewrite Z.div_1_r; nia.
  - rewrite sum_to_succ, Z.mul_add_distr_l.
    pose proof (rung_share n (S K) n_ge) as share.
    rewrite climb_scaled.
    rewrite Nat2Z.inj_succ; nia.
Qed.

Theorem bracket_resume m K : let n := m * eta ^ Z.of_nat K in
  eta * bracket_resume_steps n K = n * unit * (eta + (eta - 1) * Z.of_nat K).
Proof.
  intro n; unfold bracket_resume_steps.
  assert (partial : forall k, (k <= K)%nat ->
    eta * sum_to (fun j => n / eta ^ Z.of_nat j * climb j) k
      = n * unit * (eta + (eta - 1) * Z.of_nat k)); [|now apply partial].
  induction k as [|k IH]; intro below.
  - unfold sum_to; simpl; rewrite Z.div_1_r; ring.
  - rewrite sum_to_succ, Z.mul_add_distr_l, IH by lia.
    pose proof (share_exact m (S k) K below) as share; fold n in share.
    rewrite climb_scaled, rung_closed.
    replace (n / eta ^ Z.of_nat (S k) * (unit * eta ^ Z.of_nat (S k)))
      with (unit * (n / eta ^ Z.of_nat (S k) * eta ^ Z.of_nat (S k))) by ring.
    rewrite share, Nat2Z.inj_succ; ring.
Qed.

End Rungs.

(** ** The ladder of a configuration *)

Definition largest_step : Z := 2 ^ 63 - 1.

Definition ladder_valid (unit eta count : Z) : bool :=
  (1 <=? unit) && (2 <=? eta) && (1 <=? count) && (count <=? 64)
  && (rung unit eta (Z.to_nat (count - 1)) <=? largest_step).

(** The steps of all rungs, or nothing for a configuration that is refused. *)
Definition ladder (unit eta count : Z) : option (list Z) :=
  if ladder_valid unit eta count
  then Some (map (rung unit eta) (seq 0 (Z.to_nat count)))
  else None.

(** A ladder of more than 64 rungs never fits 64 bits, so that bound refuses nothing else. *)
Lemma ladder_64 unit eta k :
  1 <= unit -> 2 <= eta -> rung unit eta k <= largest_step -> (k < 63)%nat.
Proof.
  intros unit_pos eta_ge fits; rewrite rung_closed in fits.
  apply Nat.nle_gt; intro large.
  assert (2 ^ 63 <= eta ^ Z.of_nat k); [|unfold largest_step in fits; nia].
  apply Z.le_trans with (2 ^ Z.of_nat k); [apply Z.pow_le_mono_r; lia|].
  apply Z.pow_le_mono_l; lia.
Qed.

Theorem ladder_correct unit eta count steps :
  ladder unit eta count = Some steps <->
  (1 <= unit /\ 2 <= eta /\ 1 <= count
   /\ steps = map (fun k => unit * eta ^ Z.of_nat k) (seq 0 (Z.to_nat count))
   /\ forall s, In s steps -> s <= largest_step).
Proof.
  assert (closed : map (rung unit eta) (seq 0 (Z.to_nat count))
    = map (fun k => unit * eta ^ Z.of_nat k) (seq 0 (Z.to_nat count)))
    by (apply map_ext; intro; apply rung_closed).
  unfold ladder; destruct (ladder_valid unit eta count) eqn:valid; unfold ladder_valid in valid.
  - rewrite !andb_true_iff, !Z.leb_le in valid.
    destruct valid as ((((unit_pos & eta_ge) & count_pos) & _) & fits).
    split.
    + intros [= <-]; repeat split; try assumption.
      intros s member; apply in_map_iff in member as (k & <- & range).
      apply in_seq in range.
      destruct (Nat.eq_dec k (Z.to_nat (count - 1))) as [->|below]; [exact fits|].
      pose proof (rung_increasing unit eta unit_pos eta_ge k (Z.to_nat (count - 1))); lia.
    + intros (_ & _ & _ & -> & _); now rewrite closed.
  - split; [discriminate|]; intros (unit_pos & eta_ge & count_pos & -> & fits).
    exfalso; rewrite <- closed in fits.
    assert (top : rung unit eta (Z.to_nat (count - 1)) <= largest_step).
    { apply fits, in_map, in_seq; lia. }
    pose proof (ladder_64 _ _ _ unit_pos eta_ge top).
    rewrite <- not_true_iff_false, !andb_true_iff, !Z.leb_le in valid; apply valid.
    repeat split; try assumption; lia.
Qed.

(** ** The default: 1000 steps, eta = 3, four rungs *)

Theorem rungs_default :
  ladder 1000 3 4 = Some [1000; 3000; 9000; 27000]
  /\ restart 1000 3 3 = 40000
  /\ sum_to (climb 1000 3) 3 = 27000.
Proof. repeat split. Qed.

Theorem bracket_default m : let n := 27 * m in
  bracket_restart_steps 1000 3 n 3 = 4000 * n
  /\ bracket_resume_steps 1000 3 n 3 = 3000 * n
  /\ 9 * bracket_resume_steps 1000 3 n 3 = n * rung 1000 3 3.
Proof.
  intro n; unfold n.
  pose proof (bracket_restart 1000 3 ltac:(lia) ltac:(lia) m 3) as anew.
  pose proof (bracket_resume 1000 3 ltac:(lia) m 3) as resumed.
  cbv zeta in anew, resumed.
  change (Z.of_nat 3) with 3 in *; change (3 ^ 3) with 27 in *.
  replace (27 * m) with (m * 27) by ring; change (rung 1000 3 3) with 27000; lia.
Qed.

(** Where eta^K does not divide n the shares are rounded down, and it costs less. *)
Theorem bracket_resume_rounds : bracket_resume_steps 1000 3 28 3 < 3000 * 28.
Proof. reflexivity. Qed.
