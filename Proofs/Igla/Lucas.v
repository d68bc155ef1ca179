(** * INV-5: Lucas numbers

    [lucas]                the integers 2, 1, 3, 4, 7, 11, ...
    [lucas_sum]            phi^n + (1 - phi)^n is the n-th of them
    [lucas_closure]        phi^2n + phi^-2n is an integer for every n: the 2n-th
    [lucas_closure_odd]    and phi^2n+1 - phi^-(2n+1) the 2n+1-st
    [lucas_mod_8]          none is a multiple of 8
    [lucas_exact_iff]      the n-th is a number of GF16 if and only if n <= 15
    [lucas_code]           those have codes
    [lucas_16]             the first that is not: 2207
    [lucas_closure_not_unique]  1 + sqrt 2 has integer sums of even powers, too *)

From Coq Require Import ZArith Reals Lia Lra.
From Flocq Require Import Core BinarySingleNaN.
From GoldenFloat Require Import Format Round Integers.
From Igla Require Import Phi.
Open Scope Z_scope.

(** The n-th Lucas number and the one after it. *)
Fixpoint lucas_pair (n : nat) : Z * Z :=
  match n with
  | O => (2, 1)
  | S m => let (a, b) := lucas_pair m in (b, a + b)
  end.

Definition lucas (n : nat) : Z := fst (lucas_pair n).

Lemma lucas_pair_spec n : lucas_pair n = (lucas n, lucas (S n)).
Proof.
  unfold lucas; simpl; now destruct (lucas_pair n).
Qed.

Lemma lucas_step n : lucas (S (S n)) = lucas n + lucas (S n).
Proof.
  unfold lucas; simpl; now destruct (lucas_pair n).
Qed.

Lemma lucas_ind (P : nat -> Prop) :
  P 0%nat -> P 1%nat -> (forall n, P n -> P (S n) -> P (S (S n))) -> forall n, P n.
Proof.
  intros zero one step n.
  enough (P n /\ P (S n)) by tauto.
  induction n as [|n [here next]]; auto.
Qed.

(** ** Closure *)

Theorem lucas_sum n : (phi ^ n + phi_conjugate ^ n)%R = IZR (lucas n).
Proof.
  induction n as [| |n first second] using lucas_ind.
  - change (lucas 0) with 2; simpl; lra.
  - change (lucas 1) with 1; unfold phi, phi_conjugate; simpl; lra.
  - rewrite lucas_step, plus_IZR, <- first, <- second.
    replace (phi ^ S (S n))%R with (phi ^ n * phi ^ 2)%R by (simpl; ring).
    replace (phi_conjugate ^ S (S n))%R with (phi_conjugate ^ n * phi_conjugate ^ 2)%R
      by (simpl; ring).
    rewrite phi_square, phi_conjugate_square; simpl; ring.
Qed.

Lemma phi_conjugate_even n : (phi_conjugate ^ (2 * n) = / phi ^ (2 * n))%R.
Proof.
  rewrite !pow_mult, phi_conjugate_inverse, <- pow_inv; f_equal.
  simpl; rewrite !Rmult_1_r, Rinv_mult; ring.
Qed.

Theorem lucas_closure n : (phi ^ (2 * n) + / phi ^ (2 * n))%R = IZR (lucas (2 * n)).
Proof. now rewrite <- lucas_sum, phi_conjugate_even. Qed.

Theorem lucas_closure_odd n :
  (phi ^ (2 * n + 1) - / phi ^ (2 * n + 1))%R = IZR (lucas (2 * n + 1)).
Proof.
  rewrite <- lucas_sum, !pow_add, phi_conjugate_even, Rinv_mult, !pow_1.
  rewrite phi_conjugate_inverse; ring.
Qed.

(** ** Which of them GF16 has *)

Lemma lucas_pos n : 0 < lucas n.
Proof.
  induction n as [| |n first second] using lucas_ind; [reflexivity|reflexivity|].
  rewrite lucas_step; lia.
Qed.

Lemma lucas_increasing n m : (1 <= n <= m)%nat -> lucas n <= lucas m.
Proof.
  intros [above below].
  induction m as [|m IH]; [lia|].
  destruct (Nat.eq_dec n (S m)) as [->|different]; [lia|].
  apply Z.le_trans with (lucas m); [apply IH; lia|].
  destruct m as [|m]; [lia|].
  rewrite lucas_step; pose proof (lucas_pos m); lia.
Qed.

(** The remainders by 8 have the period 12. *)
Theorem lucas_mod_8 n : lucas n mod 8 <> 0.
Proof.
  assert (period : forall m, lucas (12 + m) mod 8 = lucas m mod 8).
  { intro m; induction m as [| |m first second] using lucas_ind; [reflexivity|reflexivity|].
    change (12 + S (S m))%nat with (S (S (12 + m))).
    rewrite !lucas_step, Z.add_mod by lia.
    change (S (12 + m)) with (12 + S m)%nat.
    now rewrite first, second, <- Z.add_mod by lia. }
  induction n as [n IH] using (well_founded_induction lt_wf).
  destruct (le_lt_dec 12 n) as [large|small].
  - replace n with (12 + (n - 12))%nat by lia.
    rewrite period; apply IH; lia.
  - do 12 (destruct n as [|n]; [vm_compute; discriminate|]); lia.
Qed.

(** A number of the format below 2^10 ulp: what a multiple of no 2^(k+1) can be. *)
Lemma exact_integer_bound n k : 0 <= k -> 0 < n -> n mod 2 ^ (k + 1) <> 0 ->
  generic_format radix2 gf16_exp (IZR n) -> n < 1024 * 2 ^ k.
Proof.
  intros k_ge positive indivisible exact.
  apply FLT_format_generic in exact; [|typeclasses eauto].
  destruct exact as [[m e] value small _]; simpl in small; unfold F2R in value; simpl in value.
  destruct (Z_le_gt_dec e k) as [low|high].
  - apply lt_IZR; rewrite value, mult_IZR.
    replace (IZR (2 ^ k)) with (bpow radix2 k) by now rewrite <- (IZR_Zpower radix2 k).
    apply Rlt_le_trans with (1024 * bpow radix2 e)%R.
    + apply Rmult_lt_compat_r; [apply bpow_gt_0|].
      apply (IZR_lt m 1024); lia.
    + apply Rmult_le_compat_l; [lra|]; now apply bpow_le.
  - exfalso; apply indivisible.
    rewrite <- (IZR_Zpower radix2 e), <- mult_IZR in value by lia.
    apply eq_IZR in value; rewrite value.
    change (m * 2 ^ e mod 2 ^ (k + 1) = 0).
    replace e with (e - (k + 1) + (k + 1)) by lia.
    rewrite Z.pow_add_r, Z.mul_assoc by lia.
    apply Z_mod_mult.
Qed.

Theorem lucas_exact_iff n :
  generic_format radix2 gf16_exp (IZR (lucas n)) <-> (n <= 15)%nat.
Proof.
  split; intro given.
  - apply Nat.nlt_ge; intro beyond.
    destruct (le_lt_dec 18 n) as [large|].
    + assert (small : lucas n < 1024 * 2 ^ 2).
      { apply exact_integer_bound; [lia|apply lucas_pos|apply lucas_mod_8|exact given]. }
      pose proof (lucas_increasing 18 n ltac:(lia)) as increasing.
      change (lucas 18) with 5778 in increasing; lia.
    + assert (odd : n = 16%nat \/ n = 17%nat) by lia.
      assert (small : lucas n < 1024 * 2 ^ 0).
      { apply exact_integer_bound; [lia|apply lucas_pos| |exact given].
        destruct odd as [-> | ->]; vm_compute; discriminate. }
      destruct odd as [-> | ->]; vm_compute in small; discriminate.
  - do 15 (destruct n as [|n]; [apply integer_exact; vm_compute; discriminate|]).
    assert (n = 0%nat) as -> by lia.
    change (lucas 15) with 1364.
    replace 1364%R with (F2R (Float radix2 341 2)) by (unfold F2R; simpl; lra).
    apply generic_format_F2R'; lia.
Qed.

Theorem lucas_code n : (n <= 15)%nat ->
  exists c, 0 <= c < 65536 /\ B2R (of_code c) = IZR (lucas n).
Proof.
  intro small; exists (code (of_dyadic mode_NE (lucas n) 0)); split; [apply code_range|].
  rewrite of_code_code.
  assert (value : F2R (Float radix2 (lucas n) 0) = IZR (lucas n)) by (unfold F2R; simpl; lra).
  pose proof (of_dyadic_correct mode_NE (lucas n) 0) as correct; cbv zeta in correct.
  rewrite value, round_generic in correct
    by (typeclasses eauto || now apply lucas_exact_iff).
  rewrite Rlt_bool_true in correct; [apply correct|].
  rewrite <- abs_IZR; apply Rle_lt_trans with 1364%R; [|simpl; lra].
  apply IZR_le; rewrite Z.abs_eq by (pose proof (lucas_pos n); lia).
  destruct n as [|n]; [vm_compute; discriminate|].
  now apply (lucas_increasing (S n) 15 ltac:(lia)).
Qed.

Theorem lucas_16 : lucas 16 = 2207 /\ ~ generic_format radix2 gf16_exp 2207.
Proof.
  split; [reflexivity|].
  change 2207%R with (IZR (lucas 16)); rewrite lucas_exact_iff; lia.
Qed.

(** ** The property is not the golden ratio's alone *)

Theorem lucas_closure_not_unique n :
  exists z, ((1 + sqrt 2) ^ (2 * n) + / (1 + sqrt 2) ^ (2 * n))%R = IZR z.
Proof.
  pose proof (sqrt_sqrt 2 ltac:(lra)) as square; pose proof (sqrt_pos 2).
  set (x := ((1 + sqrt 2) ^ 2)%R).
  assert (inverse : (/ x = 3 - 2 * sqrt 2)%R).
  { unfold x; apply Rmult_eq_reg_l with ((1 + sqrt 2) ^ 2)%R; [|simpl; nra].
    rewrite Rinv_r by (simpl; nra); simpl; nra. }
  assert (sum : (x + / x = 6)%R) by (rewrite inverse; unfold x; simpl; nra).
  assert (one : (x * / x = 1)%R) by (apply Rinv_r; unfold x; simpl; nra).
  rewrite pow_mult; fold x; rewrite <- pow_inv.
  set (y := (/ x)%R) in *; clearbody x y.
  induction n as [| |n [a first] [b second]] using lucas_ind.
  - exists 2; simpl; lra.
  - exists 6; simpl; lra.
  - exists (6 * b - a); rewrite minus_IZR, mult_IZR, <- first, <- second.
    replace 6%R with (x + y)%R; simpl.
    transitivity ((x * (x * x ^ n) + y * (y * y ^ n)) + (x * y - 1) * (x ^ n + y ^ n))%R;
      [rewrite one|]; ring.
Qed.
