(** * INV-7: the victory gate

    A candidate is judged by three runs of reserved seeds. Scores are rational numbers, as every
    finite binary64 is; a score that is no finite number is [None].

    [judge]                 the executable decision
    [judge_passed], [judge_no_seed_variation], [judge_failed], [judge_invalid]
                            each answer, if and only if what it means
    [judge_permutation]     the order of the runs does not matter
    [judge_witness], [judge_tight]  three runs that pass, and three that just do not
    [rejects_constant]      why s^2 = 0 has a rule of its own *)

From Coq Require Import ZArith QArith List Permutation Bool Lia.
Import ListNotations.
Open Scope Q_scope.

(** ** The decision *)

Record run := { seed : Z; steps : Z; score : option Q }.

Inductive outcome := Passed | No_seed_variation | Failed.

Definition Qlt_bool (x y : Q) : bool := negb (Qle_bool y x).

Lemma Qlt_bool_iff x y : Qlt_bool x y = true <-> x < y.
Proof.
  unfold Qlt_bool; rewrite negb_true_iff, <- not_true_iff_false, Qle_bool_iff.
  split; [apply Qnot_le_lt|apply Qlt_not_le].
Qed.

Definition total (l : list Q) : Q := fold_right Qplus 0 l.
Definition mean3 (l : list Q) : Q := total l / 3.
(** The sample variance of three numbers: squared distances from the mean over n - 1. *)
Definition variance3 (l : list Q) : Q :=
  total (map (fun x => (x - mean3 l) * (x - mean3 l)) l) / 2.

(** M, for which the level of the k-th candidate is 1/M. *)
Definition family (k : Z) : Z := (100 * k * (k + 1))%Z.

Definition rejects (M : Z) (target mean variance : Q) : bool :=
  Qlt_bool mean target
  && Qlt_bool (inject_Z ((M - 2) * (M - 2)) * variance)
       (inject_Z (6 * (M - 1)) * ((target - mean) * (target - mean))).

Fixpoint all_scores (runs : list run) : option (list Q) :=
  match runs with
  | [] => Some []
  | r :: rest =>
    match score r, all_scores rest with
    | Some x, Some l => Some (x :: l)
    | _, _ => None
    end
  end.

Fixpoint distinct (l : list Z) : bool :=
  match l with
  | [] => true
  | x :: rest => negb (existsb (Z.eqb x) rest) && distinct rest
  end.

Definition admissible (required : Z) (target : Q) (k : Z) (runs : list run) : bool :=
  (length runs =? 3)%nat && distinct (map seed runs)
  && forallb (fun r => (steps r =? required)%Z) runs
  && (1 <=? k)%Z && (k <=? 1000000)%Z && Qlt_bool 0 target.

(** [None] stands for a candidate that cannot be judged. *)
Definition judge (required : Z) (target : Q) (k : Z) (runs : list run) : option outcome :=
  if admissible required target k runs
  then match all_scores runs with
    | Some l =>
      if forallb (Qlt_bool 0) l
      then
        let below := forallb (fun x => Qlt_bool x target) l in
        if Qeq_bool (variance3 l) 0
        then Some (if below then No_seed_variation else Failed)
        else Some (if below && rejects (family k) target (mean3 l) (variance3 l)
          then Passed else Failed)
      else None
    | None => None
    end
  else None.

(** ** What it means *)

(** Three runs of different seeds, each of the required steps and with a positive score. *)
Record judged (required : Z) (target : Q) (k : Z) (runs : list run) (l : list Q) : Prop := {
  judged_three : length runs = 3%nat;
  judged_seeds : NoDup (map seed runs);
  judged_steps : Forall (fun r => steps r = required) runs;
  judged_scores : map score runs = map Some l;
  judged_positive : Forall (Qlt 0) l;
  judged_number : (1 <= k <= 1000000)%Z;
  judged_target : 0 < target
}.

Definition t_test (k : Z) (target : Q) (l : list Q) : Prop :=
  mean3 l < target
  /\ inject_Z ((family k - 2) * (family k - 2)) * variance3 l
     < inject_Z (6 * (family k - 1)) * ((target - mean3 l) * (target - mean3 l)).

Lemma distinct_iff l : distinct l = true <-> NoDup l.
Proof.
  induction l as [|x l IH]; simpl; [split; [constructor|reflexivity]|].
  rewrite andb_true_iff, negb_true_iff, IH, NoDup_cons_iff.
  enough (existsb (Z.eqb x) l = false <-> ~ In x l) by tauto.
  rewrite <- not_true_iff_false, existsb_exists.
  split; intros none; contradict none.
  - exists x; split; [exact none|apply Z.eqb_refl].
  - destruct none as (y & member & same); apply Z.eqb_eq in same; now subst.
Qed.

Lemma all_scores_iff runs l : all_scores runs = Some l <-> map score runs = map Some l.
Proof.
  revert l; induction runs as [|r rest IH]; intro l; simpl.
  - destruct l; simpl; split; congruence.
  - destruct (score r) as [x|].
    + destruct (all_scores rest) as [l'|] eqn:later.
      * assert (known : map score rest = map Some l') by now apply IH.
        rewrite known; split; intro same.
        -- now injection same as <-.
        -- destruct l as [|y l]; simpl in same; [discriminate|]; injection same as -> same.
           f_equal; f_equal.
           clear -same; revert l same; induction l' as [|z l' IH]; intros [|y' l] same;
             simpl in same; try congruence.
           injection same as -> same; f_equal; auto.
      * split; [discriminate|]; intro same; destruct l as [|y l]; simpl in same; [discriminate|].
        injection same as -> same; apply IH in same; congruence.
    + split; [discriminate|]; destruct l; simpl; discriminate.
Qed.

Lemma forallb_Forall {A} (f : A -> bool) (P : A -> Prop) l :
  (forall x, f x = true <-> P x) -> forallb f l = true <-> Forall P l.
Proof.
  intro same; rewrite forallb_forall, Forall_forall.
  split; intros all x member; apply same, all, member.
Qed.

Lemma rejects_iff k target l :
  rejects (family k) target (mean3 l) (variance3 l) = true <-> t_test k target l.
Proof. unfold rejects, t_test; now rewrite andb_true_iff, !Qlt_bool_iff. Qed.

Lemma admissible_iff required target k runs :
  admissible required target k runs = true <->
  (length runs = 3%nat /\ NoDup (map seed runs)
   /\ Forall (fun r => steps r = required) runs /\ (1 <= k <= 1000000)%Z /\ 0 < target).
Proof.
  unfold admissible.
  rewrite !andb_true_iff, Nat.eqb_eq, distinct_iff, !Z.leb_le, Qlt_bool_iff.
  rewrite (forallb_Forall _ (fun r => steps r = required)); [tauto|].
  intro; apply Z.eqb_eq.
Qed.

(** The judge answers exactly where there is something to judge, and then by this rule. *)
Lemma judge_cases required target k runs :
  match judge required target k runs with
  | None => forall l, ~ judged required target k runs l
  | Some o => exists l, judged required target k runs l
    /\ match o with
       | Passed => ~ variance3 l == 0 /\ Forall (fun x => x < target) l /\ t_test k target l
       | No_seed_variation => variance3 l == 0 /\ Forall (fun x => x < target) l
       | Failed => ~ (Forall (fun x => x < target) l /\ (variance3 l == 0 \/ t_test k target l))
       end
  end.
Proof.
  unfold judge; destruct (admissible required target k runs) eqn:admitted.
  - apply admissible_iff in admitted as (three & seeds & done & number & target_pos).
    destruct (all_scores runs) as [l|] eqn:scored.
    + apply all_scores_iff in scored.
      destruct (forallb (Qlt_bool 0) l) eqn:positive.
      * rewrite (forallb_Forall _ (fun x => 0 < x)) in positive by (intro; apply Qlt_bool_iff).
        assert (known : judged required target k runs l) by (split; assumption).
        destruct (Qeq_bool (variance3 l) 0) eqn:constant.
        -- apply Qeq_bool_eq in constant.
           destruct (forallb (fun x => Qlt_bool x target) l) eqn:below;
             exists l; split; try exact known.
           ++ rewrite (forallb_Forall _ (fun x => x < target)) in below
                by (intro; apply Qlt_bool_iff); auto.
           ++ rewrite <- not_true_iff_false, (forallb_Forall _ (fun x => x < target)) in below
                by (intro; apply Qlt_bool_iff); tauto.
        -- apply Qeq_bool_neq in constant.
           destruct (forallb (fun x => Qlt_bool x target) l
             && rejects (family k) target (mean3 l) (variance3 l)) eqn:both;
             exists l; (split; [exact known|]).
           ++ rewrite andb_true_iff, rejects_iff, (forallb_Forall _ (fun x => x < target)) in both
                by (intro; apply Qlt_bool_iff); tauto.
           ++ rewrite <- not_true_iff_false, andb_true_iff, rejects_iff,
                (forallb_Forall _ (fun x => x < target)) in both
                by (intro; apply Qlt_bool_iff); tauto.
      * intros l' [_ _ _ scored' positive' _ _].
        rewrite <- not_true_iff_false, (forallb_Forall _ (fun x => 0 < x)) in positive
          by (intro; apply Qlt_bool_iff).
        apply all_scores_iff in scored; apply all_scores_iff in scored'.
        rewrite scored in scored'; injection scored' as <-; contradiction.
    + intros l [_ _ _ scored' _ _ _]; apply all_scores_iff in scored'; congruence.
  - intros l [three seeds done _ _ number target_pos].
    rewrite <- not_true_iff_false, admissible_iff in admitted; apply admitted; auto.
Qed.

Lemma judged_unique required target k runs l l' :
  judged required target k runs l -> judged required target k runs l' -> l = l'.
Proof.
  intros [_ _ _ one _ _ _] [_ _ _ two _ _ _].
  apply all_scores_iff in one; apply all_scores_iff in two; congruence.
Qed.

Theorem judge_passed required target k runs :
  judge required target k runs = Some Passed <->
  exists l, judged required target k runs l
    /\ ~ variance3 l == 0 /\ Forall (fun x => x < target) l /\ t_test k target l.
Proof.
  pose proof (judge_cases required target k runs) as cases.
  split.
  - intro answer; rewrite answer in cases; exact cases.
  - intros (l & known & varies & below & test).
    destruct (judge required target k runs) as [[]|].
    + reflexivity.
    + destruct cases as (l' & known' & constant & _).
      rewrite (judged_unique _ _ _ _ _ _ known' known) in constant; contradiction.
    + destruct cases as (l' & known' & never).
      rewrite (judged_unique _ _ _ _ _ _ known' known) in never; tauto.
    + now apply cases in known.
Qed.

Theorem judge_no_seed_variation required target k runs :
  judge required target k runs = Some No_seed_variation <->
  exists l, judged required target k runs l
    /\ variance3 l == 0 /\ Forall (fun x => x < target) l.
Proof.
  pose proof (judge_cases required target k runs) as cases.
  split.
  - intro answer; rewrite answer in cases; exact cases.
  - intros (l & known & constant & below).
    destruct (judge required target k runs) as [[]|].
    + destruct cases as (l' & known' & varies & _).
      rewrite (judged_unique _ _ _ _ _ _ known' known) in varies; contradiction.
    + reflexivity.
    + destruct cases as (l' & known' & never).
      rewrite (judged_unique _ _ _ _ _ _ known' known) in never; tauto.
    + now apply cases in known.
Qed.

Theorem judge_failed required target k runs :
  judge required target k runs = Some Failed <->
  exists l, judged required target k runs l
    /\ ~ (Forall (fun x => x < target) l /\ (variance3 l == 0 \/ t_test k target l)).
Proof.
  pose proof (judge_cases required target k runs) as cases.
  split.
  - intro answer; rewrite answer in cases; exact cases.
  - intros (l & known & never).
    destruct (judge required target k runs) as [[]|].
    + destruct cases as (l' & known' & varies & below & test).
      rewrite (judged_unique _ _ _ _ _ _ known' known) in *; tauto.
    + destruct cases as (l' & known' & constant & below).
      rewrite (judged_unique _ _ _ _ _ _ known' known) in *; tauto.
    + reflexivity.
    + now apply cases in known.
Qed.

Theorem judge_invalid required target k runs :
  judge required target k runs = None <-> forall l, ~ judged required target k runs l.
Proof.
  pose proof (judge_cases required target k runs) as cases.
  split.
  - intro answer; rewrite answer in cases; exact cases.
  - intro never; destruct (judge required target k runs) as [o|]; [|reflexivity].
    destruct cases as (l & known & _); now apply never in known.
Qed.

(** ** The order of the runs *)

Lemma total_permutation l l' : Permutation l l' -> total l == total l'.
Proof.
  induction 1; simpl.
  - reflexivity.
  - now rewrite IHPermutation.
  - ring.
  - now transitivity (total l').
Qed.

Lemma total_ext (f g : Q -> Q) l :
  (forall x, f x == g x) -> total (map f l) == total (map g l).
Proof.
  intro same; induction l as [|x l IH]; simpl; [reflexivity|now rewrite IH, same].
Qed.

Lemma mean3_permutation l l' : Permutation l l' -> mean3 l == mean3 l'.
Proof. intro same; unfold mean3; now rewrite (total_permutation _ _ same). Qed.

Lemma variance3_permutation l l' : Permutation l l' -> variance3 l == variance3 l'.
Proof.
  intro same; unfold variance3.
  assert (moved : total (map (fun x => (x - mean3 l) * (x - mean3 l)) l)
    == total (map (fun x => (x - mean3 l) * (x - mean3 l)) l'))
    by (apply total_permutation, Permutation_map, same).
  rewrite moved; apply Qdiv_comp; [|reflexivity].
  pose proof (mean3_permutation _ _ same) as means.
  apply total_ext; intro x; now rewrite means.
Qed.

Lemma judged_permutation required target k runs runs' l :
  Permutation runs runs' -> judged required target k runs l ->
  exists l', Permutation l l' /\ judged required target k runs' l'.
Proof.
  intros same [three seeds done scored positive number target_pos].
  assert (moved : Permutation (map score runs') (map Some l)).
  { rewrite <- scored; apply Permutation_map, Permutation_sym, same. }
  apply Permutation_map_inv in moved as (l' & scored' & permuted).
  exists l'; split; [exact permuted|split; try assumption].
  - now rewrite <- (Permutation_length same).
  - now apply (Permutation_NoDup (Permutation_map seed same)).
  - rewrite Forall_forall in *; intros r member; apply done.
    apply Permutation_in with runs'; [now apply Permutation_sym|exact member].
  - rewrite Forall_forall in *; intros x member; apply positive.
    apply Permutation_in with l'; [now apply Permutation_sym|exact member].
Qed.

Lemma t_test_permutation k target l l' :
  Permutation l l' -> t_test k target l -> t_test k target l'.
Proof.
  intros same; unfold t_test.
  now rewrite (mean3_permutation _ _ same), (variance3_permutation _ _ same).
Qed.

Lemma Forall_permutation {A} (P : A -> Prop) l l' :
  Permutation l l' -> Forall P l -> Forall P l'.
Proof.
  intros same; rewrite !Forall_forall; intros all x member; apply all.
  apply Permutation_in with l'; [now apply Permutation_sym|exact member].
Qed.

Theorem judge_permutation required target k runs runs' :
  Permutation runs runs' -> judge required target k runs = judge required target k runs'.
Proof.
  intro same.
  enough (forward : forall r r' o, Permutation r r' ->
    judge required target k r = Some o -> judge required target k r' = Some o).
  { destruct (judge required target k runs) as [o|] eqn:one.
    - symmetry; now apply (forward runs).
    - destruct (judge required target k runs') as [o|] eqn:two; [|reflexivity].
      now rewrite (forward _ _ _ (Permutation_sym same) two) in one. }
  clear; intros r r' o same answer.
  destruct o;
    [apply judge_passed in answer as (l & known & varies & below & test);
     destruct (judged_permutation _ _ _ _ _ _ same known) as (l' & moved & known');
     apply judge_passed
    |apply judge_no_seed_variation in answer as (l & known & constant & below);
     destruct (judged_permutation _ _ _ _ _ _ same known) as (l' & moved & known');
     apply judge_no_seed_variation
    |apply judge_failed in answer as (l & known & never);
     destruct (judged_permutation _ _ _ _ _ _ same known) as (l' & moved & known');
     apply judge_failed]; exists l'; (split; [exact known'|]).
  - rewrite <- (variance3_permutation _ _ moved).
    repeat split; try assumption; [now apply (Forall_permutation _ l)|..];
      now apply (t_test_permutation k target l).
  - rewrite <- (variance3_permutation _ _ moved).
    split; [exact constant|now apply (Forall_permutation _ l)].
  - contradict never; destruct never as (below & cause); apply Permutation_sym in moved.
    split; [now apply (Forall_permutation _ l')|].
    destruct cause as [constant|test].
    + left; now rewrite <- (variance3_permutation _ _ moved).
    + right; now apply (t_test_permutation k target l').
Qed.

(** Three runs that pass, so that [judge_passed] speaks of something. *)
Example judge_witness :
  judge 27000 (3 # 2) 1
    [ {| seed := 43; steps := 27000; score := Some (140 # 100) |};
      {| seed := 44; steps := 27000; score := Some (141 # 100) |};
      {| seed := 45; steps := 27000; score := Some (142 # 100) |} ] = Some Passed.
Proof. reflexivity. Qed.

(** The same scores a little further apart fail, though each is below the target. *)
Example judge_tight :
  judge 27000 (3 # 2) 1
    [ {| seed := 43; steps := 27000; score := Some (138 # 100) |};
      {| seed := 44; steps := 27000; score := Some (141 # 100) |};
      {| seed := 45; steps := 27000; score := Some (144 # 100) |} ] = Some Failed.
Proof. reflexivity. Qed.

(** Without its rule for s^2 = 0 the test would pass three copies of one score. *)
Example rejects_constant : rejects (family 1) (3 # 2) (14999 # 10000) 0 = true.
Proof. reflexivity. Qed.

