(** * INV-3: what GF16 operands cost

    A dot product is a tree: products, sums and fused multiply-adds in any order, as a kernel with
    several lanes does them; each result is rounded once.

    [computed_error]        for any rounding with relative error v and absolute error e, a tree of
                            height h and N operations is off by at most
                            ((1 + v)^h - 1) sum |w x| + e N (1 + v)^h
    [quantised_error]       with operands rounded by a relative u and an absolute s the first factor
                            is (1 + u)^2 (1 + v)^h - 1, and s (1 + u) sum (|w| + |x|) + s^2 n is added
    [gf16_dot_error]        u = 2^-10 and s = 0 for normal GF16, v = 2^-24 and e = 2^-150 for binary32
    [gf16_dot_error_any]    s = 2^-40 for any operands: what a model's certificate is computed from
    [gf16_certificate]      the same from Euclidean norms, in any order of n products
    [gf16_no_overflow]      binary32 does not overflow on up to 2^24 products of any GF16
                            numbers, in trees of height up to 2^20
    [gf16_overflow_beyond]  without that bound of the operands one product overflows
    [gf16_operand_finite]   a number below 4,292,870,144 becomes a finite GF16
    [logits_loss], [logits_bits]
                            logits off by eps move the loss by at most 2 eps nats, 2 eps / ln 2 bits
    [logits_loss_tight]     by as near to 2 eps as one likes
    [gf16_sum_stalls]       sums in GF16 itself: 1024 + 1 + 1 + ... stays 1024 *)

From Coq Require Import ZArith Reals List Bool Lra Lia.
From Coquelicot Require Import Rcomplements.
From Flocq Require Import Core Relative BinarySingleNaN.
From GoldenFloat Require Import Format Round Integers.
From Igla Require Import Logarithm Vectors Backward.
Import ListNotations.
Open Scope R_scope.

(** ** Dot products *)

Inductive tree :=
  | Product (w x : R)
  | Sum (a b : tree)
  | Fused (a : tree) (w x : R).

Fixpoint exact (t : tree) : R :=
  match t with
  | Product w x => w * x
  | Sum a b => exact a + exact b
  | Fused a w x => exact a + w * x
  end.

(** The sum of |w x|. *)
Fixpoint magnitude (t : tree) : R :=
  match t with
  | Product w x => Rabs (w * x)
  | Sum a b => magnitude a + magnitude b
  | Fused a w x => magnitude a + Rabs (w * x)
  end.

Fixpoint height (t : tree) : nat :=
  match t with
  | Product _ _ => 1
  | Sum a b => S (Nat.max (height a) (height b))
  | Fused a _ _ => S (height a)
  end.

Fixpoint operations (t : tree) : nat :=
  match t with
  | Product _ _ => 1
  | Sum a b => S (operations a + operations b)
  | Fused a _ _ => S (operations a)
  end.

Fixpoint operands (P : R -> Prop) (t : tree) : Prop :=
  match t with
  | Product w x => P w /\ P x
  | Sum a b => operands P a /\ operands P b
  | Fused a w x => operands P a /\ P w /\ P x
  end.

Lemma magnitude_nonneg t : 0 <= magnitude t.
Proof.
  induction t as [w x|a IHa b IHb|a IHa w x]; simpl;
    try pose proof (Rabs_pos (w * x)); lra.
Qed.

Lemma exact_magnitude t : Rabs (exact t) <= magnitude t.
Proof.
  induction t as [w x|a IHa b IHb|a IHa w x]; simpl; [lra| |];
    (eapply Rle_trans; [apply Rabs_triang|lra]).
Qed.

Section Rounding.

Variables (round : R -> R) (v e : R).
Hypothesis v_nonneg : 0 <= v.
Hypothesis e_nonneg : 0 <= e.
Hypothesis round_error : forall x, Rabs (round x - x) <= v * Rabs x + e.

Fixpoint computed (t : tree) : R :=
  match t with
  | Product w x => round (w * x)
  | Sum a b => round (computed a + computed b)
  | Fused a w x => round (computed a + w * x)
  end.

Definition growth (t : tree) : R := (1 + v) ^ height t.
Definition absolute (t : tree) : R := e * INR (operations t) * growth t.

Lemma pow_growth n k : (n <= k)%nat -> 1 <= (1 + v) ^ n <= (1 + v) ^ k.
Proof.
  intro order; split; [apply pow_R1_Rle; lra|apply Rle_pow; [lra|exact order]].
Qed.

(** One more rounding, of a sum that is already off. *)
Lemma round_again s x m g A : Rabs x <= m -> 1 <= g -> 0 <= A ->
  Rabs (s - x) <= (g - 1) * m + A ->
  Rabs (round s - x) <= (g * (1 + v) - 1) * m + A * (1 + v) + e.
Proof.
  intros x_le g_ge A_ge off.
  assert (s_le : Rabs s <= g * m + A).
  { replace s with ((s - x) + x) by ring.
    eapply Rle_trans; [apply Rabs_triang|lra]. }
  replace (round s - x) with ((round s - s) + (s - x)) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  pose proof (round_error s).
  assert (v * Rabs s <= v * (g * m + A)) by now apply Rmult_le_compat_l.
  lra.
Qed.

Theorem computed_error t :
  Rabs (computed t - exact t) <= (growth t - 1) * magnitude t + absolute t.
Proof.
  unfold absolute, growth; induction t as [w x|a IHa b IHb|a IHa w x];
    cbn [computed exact magnitude height operations].
  - pose proof (round_error (w * x)); pose proof (Rabs_pos (w * x)); simpl; nra.
  - pose proof (pow_growth (height a) (Nat.max (height a) (height b)) ltac:(lia)) as grow_a.
    pose proof (pow_growth (height b) (Nat.max (height a) (height b)) ltac:(lia)) as grow_b.
    set (g := (1 + v) ^ Nat.max (height a) (height b)) in *.
    pose proof (magnitude_nonneg a); pose proof (magnitude_nonneg b).
    pose proof (pos_INR (operations a)); pose proof (pos_INR (operations b)).
    assert (off : Rabs (computed a + computed b - (exact a + exact b))
      <= (g - 1) * (magnitude a + magnitude b) + e * (INR (operations a) + INR (operations b)) * g).
    { replace (computed a + computed b - (exact a + exact b))
        with ((computed a - exact a) + (computed b - exact b)) by ring.
      eapply Rle_trans; [apply Rabs_triang|].
      assert (e * INR (operations a) * (1 + v) ^ height a <= e * INR (operations a) * g)
        by (apply Rmult_le_compat_l; [now apply Rmult_le_pos|lra]).
      assert (e * INR (operations b) * (1 + v) ^ height b <= e * INR (operations b) * g)
        by (apply Rmult_le_compat_l; [now apply Rmult_le_pos|lra]).
      assert (((1 + v) ^ height a - 1) * magnitude a <= (g - 1) * magnitude a)
        by (apply Rmult_le_compat_r; lra).
      assert (((1 + v) ^ height b - 1) * magnitude b <= (g - 1) * magnitude b)
        by (apply Rmult_le_compat_r; lra).
      lra. }
    apply round_again in off; [| |lra|].
    + rewrite S_INR, plus_INR; change ((1 + v) ^ S _) with ((1 + v) * g).
      assert (e <= e * ((1 + v) * g)) by (assert (1 <= (1 + v) * g) by nra; nra); lra.
    + eapply Rle_trans; [apply Rabs_triang|].
      pose proof (exact_magnitude a); pose proof (exact_magnitude b); lra.
    + repeat apply Rmult_le_pos; lra.
  - pose proof (pow_growth (height a) (height a) ltac:(lia)) as grow.
    set (g := (1 + v) ^ height a) in *.
    pose proof (magnitude_nonneg a); pose proof (Rabs_pos (w * x));
      pose proof (pos_INR (operations a)).
    assert (off : Rabs (computed a + w * x - (exact a + w * x))
      <= (g - 1) * (magnitude a + Rabs (w * x)) + e * INR (operations a) * g).
    { replace (computed a + w * x - (exact a + w * x)) with (computed a - exact a) by ring.
      assert (0 <= (g - 1) * Rabs (w * x)) by (apply Rmult_le_pos; lra); lra. }
    apply round_again in off; [| |lra|].
    + rewrite S_INR; change ((1 + v) ^ S _) with ((1 + v) * g).
      assert (e <= e * ((1 + v) * g)) by (assert (1 <= (1 + v) * g) by nra; nra); lra.
    + eapply Rle_trans; [apply Rabs_triang|]; pose proof (exact_magnitude a); lra.
    + repeat apply Rmult_le_pos; lra.
Qed.

Theorem computed_bound t : Rabs (computed t) <= growth t * magnitude t + absolute t.
Proof.
  pose proof (computed_error t) as off; pose proof (exact_magnitude t).
  replace (computed t) with ((computed t - exact t) + exact t) by ring.
  eapply Rle_trans; [apply Rabs_triang|lra].
Qed.

End Rounding.

(** ** Operands that were rounded before *)

(** The sum of |w| + |x|, and the number of products. *)
Fixpoint operand_sum (t : tree) : R :=
  match t with
  | Product w x => Rabs w + Rabs x
  | Sum a b => operand_sum a + operand_sum b
  | Fused a w x => operand_sum a + (Rabs w + Rabs x)
  end.

Fixpoint products (t : tree) : nat :=
  match t with
  | Product _ _ => 1
  | Sum a b => products a + products b
  | Fused a _ _ => S (products a)
  end.

Section Quantised.

Variables (quantise : R -> R) (u s : R).
Hypothesis u_nonneg : 0 <= u.

(** Rounding moves [x] by at most its u-th part, and s where it is subnormal. *)
Definition near (x : R) : Prop := Rabs (quantise x - x) <= u * Rabs x + s.

Fixpoint quantised (t : tree) : tree :=
  match t with
  | Product w x => Product (quantise w) (quantise x)
  | Sum a b => Sum (quantised a) (quantised b)
  | Fused a w x => Fused (quantised a) (quantise w) (quantise x)
  end.

(** What subnormal operands add. *)
Definition underflow (t : tree) : R :=
  s * (1 + u) * operand_sum t + s ^ 2 * INR (products t).

Lemma quantised_height t : height (quantised t) = height t /\ operations (quantised t)
  = operations t.
Proof. induction t as [w x|a [] b []|a [] w x]; simpl; split; congruence. Qed.

Lemma product_near w x : near w -> near x ->
  Rabs (quantise w * quantise x - w * x)
  <= ((1 + u) ^ 2 - 1) * Rabs (w * x) + (s * (1 + u) * (Rabs w + Rabs x) + s ^ 2).
Proof.
  unfold near; intros w_near x_near.
  replace (quantise w * quantise x - w * x)
    with ((quantise w - w) * x + w * (quantise x - x) + (quantise w - w) * (quantise x
      - x)) by ring.
  rewrite (Rabs_mult w x).
  eapply Rle_trans; [apply Rabs_triang|].
  eapply Rle_trans; [apply Rplus_le_compat_r, Rabs_triang|].
  rewrite !Rabs_mult; pose proof (Rabs_pos w); pose proof (Rabs_pos x).
  pose proof (Rabs_pos (quantise w - w)); pose proof (Rabs_pos (quantise x - x)).
  assert (Rabs (quantise w - w) * Rabs x <= (u * Rabs w + s) * Rabs x)
    by now apply Rmult_le_compat_r.
  assert (Rabs w * Rabs (quantise x - x) <= Rabs w * (u * Rabs x + s))
    by now apply Rmult_le_compat_l.
  assert (Rabs (quantise w - w) * Rabs (quantise x - x)
    <= (u * Rabs w + s) * (u * Rabs x + s)) by (apply Rmult_le_compat; assumption).
  simpl; lra.
Qed.

Lemma quantised_exact t : operands near t ->
  Rabs (exact (quantised t) - exact t) <= ((1 + u) ^ 2 - 1) * magnitude t + underflow t
  /\ magnitude (quantised t) <= (1 + u) ^ 2 * magnitude t + underflow t.
Proof.
  assert (one : forall w x, near w -> near x ->
    Rabs (quantise w * quantise x)
    <= (1 + u) ^ 2 * Rabs (w * x) + (s * (1 + u) * (Rabs w + Rabs x) + s ^ 2)).
  { intros w x w_near x_near; pose proof (product_near w x w_near x_near).
    replace (quantise w * quantise x) with ((quantise w * quantise x - w * x) + w * x) by ring.
    eapply Rle_trans; [apply Rabs_triang|lra]. }
  unfold underflow; induction t as [w x|a IHa b IHb|a IHa w x];
    cbn [quantised exact magnitude operands operand_sum products].
  - intros [w_near x_near]; pose proof (product_near w x w_near x_near);
      pose proof (one w x w_near x_near); simpl INR; split; lra.
  - intros [a_near b_near]; destruct (IHa a_near), (IHb b_near); rewrite plus_INR.
    split; [|lra].
    replace (exact (quantised a) + exact (quantised b) - (exact a + exact b))
      with ((exact (quantised a) - exact a) + (exact (quantised b) - exact b)) by ring.
    eapply Rle_trans; [apply Rabs_triang|lra].
  - intros (a_near & w_near & x_near); destruct (IHa a_near); rewrite S_INR.
    pose proof (product_near w x w_near x_near); pose proof (one w x w_near x_near).
    split; [|lra].
    replace (exact (quantised a) + quantise w * quantise x - (exact a + w * x))
      with ((exact (quantised a) - exact a) + (quantise w * quantise x - w * x)) by ring.
    eapply Rle_trans; [apply Rabs_triang|lra].
Qed.

Theorem quantised_error round v e t :
  0 <= v -> 0 <= e -> (forall x, Rabs (round x - x) <= v * Rabs x + e) -> operands near t ->
  Rabs (computed round (quantised t) - exact t)
  <= ((1 + u) ^ 2 * (1 + v) ^ height t - 1) * magnitude t
     + (underflow t + e * INR (operations t)) * (1 + v) ^ height t.
Proof.
  intros v_nonneg e_nonneg round_error all_near.
  pose proof (computed_error round v e v_nonneg e_nonneg round_error (quantised t)) as first.
  destruct (quantised_exact t all_near) as [second larger].
  unfold absolute, growth in first; destruct (quantised_height t) as [same_height same_count].
  rewrite same_height, same_count in first.
  replace (computed round (quantised t) - exact t)
    with ((computed round (quantised t) - exact (quantised t)) + (exact (quantised t)
      - exact t)) by ring.
  eapply Rle_trans; [apply Rabs_triang|].
  assert (1 <= (1 + v) ^ height t) by (apply pow_R1_Rle; lra).
  assert (((1 + v) ^ height t - 1) * magnitude (quantised t)
    <= ((1 + v) ^ height t - 1) * ((1 + u) ^ 2 * magnitude t + underflow t))
    by (apply Rmult_le_compat_l; lra).
  lra.
Qed.

End Quantised.

(** ** GF16 operands, binary32 arithmetic *)

Definition binary32_round : R -> R := round radix2 (FLT_exp (-149) 24) ZnearestE.

Theorem binary32_error x :
  Rabs (binary32_round x - x) <= bpow radix2 (-24) * Rabs x + bpow radix2 (-150).
Proof.
  destruct (error_N_FLT radix2 (-149) 24 ltac:(reflexivity) (fun x => negb (Z.even x)) x)
    as (eps & eta & eps_le & eta_le & _ & value).
  unfold binary32_round; rewrite value.
  replace (x * (1 + eps) + eta - x) with (x * eps + eta) by ring.
  eapply Rle_trans; [apply Rabs_triang|]; rewrite Rabs_mult.
  replace (bpow radix2 (-24)) with (/ 2 * bpow radix2 (- (24) + 1)) by (simpl; lra).
  replace (bpow radix2 (-150)) with (/ 2 * bpow radix2 (-149)).
  - apply Rplus_le_compat; [|exact eta_le].
    rewrite Rmult_comm; apply Rmult_le_compat_r; [apply Rabs_pos|exact eps_le].
  - change (/ 2) with (bpow radix2 (-1)); now rewrite <- bpow_plus.
Qed.

(** Zero, or no smaller than the least normal GF16. *)
Definition normal (x : R) : Prop := x = 0 \/ bpow radix2 (-30) <= Rabs x.

Lemma normal_near x : normal x -> near gf16_round (bpow radix2 (-10)) 0 x.
Proof.
  unfold near; rewrite Rplus_0_r; intros [-> |large]; [|now apply round_relative_error].
  replace (gf16_round 0) with 0 by (symmetry; apply round_0; typeclasses eauto).
  rewrite Rminus_0_r, Rabs_R0; lra.
Qed.

(** Every number, subnormal ones too. *)
Lemma every_near x : near gf16_round (bpow radix2 (-10)) (bpow radix2 (-40)) x.
Proof.
  unfold near.
  destruct (Rle_lt_dec (bpow radix2 (-30)) (Rabs x)) as [large|small].
  - pose proof (round_relative_error x large); pose proof (bpow_ge_0 radix2 (-40)); lra.
  - assert (Rabs x < bpow radix2 (-29))
      by (eapply Rlt_trans; [exact small|now apply bpow_lt]).
    pose proof (round_absolute_error x ltac:(assumption)).
    pose proof (Rmult_le_pos _ _ (bpow_ge_0 radix2 (-10)) (Rabs_pos x)); lra.
Qed.

Lemma operands_imply (P Q : R -> Prop) t : (forall x, P x -> Q x) -> operands P t -> operands Q t.
Proof. intro imply; induction t; simpl; intuition. Qed.

Lemma operands_all (P : R -> Prop) t : (forall x, P x) -> operands P t.
Proof. intro all; induction t; simpl; auto. Qed.

Theorem gf16_dot_error t : operands normal t ->
  Rabs (computed binary32_round (quantised gf16_round t) - exact t)
  <= ((1 + bpow radix2 (-10)) ^ 2 * (1 + bpow radix2 (-24)) ^ height t - 1) * magnitude t
     + bpow radix2 (-150) * INR (operations t) * (1 + bpow radix2 (-24)) ^ height t.
Proof.
  intro all_normal.
  replace (bpow radix2 (-150) * INR (operations t))
    with (underflow (bpow radix2 (-10)) 0 t + bpow radix2 (-150) * INR (operations t))
    by (unfold underflow; ring).
  apply quantised_error; try apply bpow_ge_0; [apply binary32_error|].
  now apply (operands_imply normal); [apply normal_near|].
Qed.

(** For whatever operands there are: the bound of a certificate. *)
Theorem gf16_dot_error_any t :
  Rabs (computed binary32_round (quantised gf16_round t) - exact t)
  <= ((1 + bpow radix2 (-10)) ^ 2 * (1 + bpow radix2 (-24)) ^ height t - 1) * magnitude t
     + (bpow radix2 (-40) * (1 + bpow radix2 (-10)) * operand_sum t
        + bpow radix2 (-40) ^ 2 * INR (products t)
        + bpow radix2 (-150) * INR (operations t)) * (1 + bpow radix2 (-24)) ^ height t.
Proof.
  apply (quantised_error gf16_round (bpow radix2 (-10)) (bpow radix2 (-40)));
    try apply bpow_ge_0; [apply binary32_error|].
  apply operands_all, every_near.
Qed.

(** A subnormal weight that rounds to nothing: the part of underflow is needed. *)
Theorem gf16_dot_error_underflow :
  let t := Product (bpow radix2 (-41)) 1 in
  exact (quantised gf16_round t) - exact t = - bpow radix2 (-41).
Proof.
  intro t; unfold t; cbn [quantised exact].
  replace (gf16_round (bpow radix2 (-41))) with 0; [ring|].
  symmetry; apply round_N_small_pos with (ex := (-40)%Z); [|reflexivity].
  simpl; lra.
Qed.

(** One weight off by 2^-10 of itself: the first-order part of the bound is needed. *)
Theorem gf16_dot_error_witness :
  let t := Product (1 + bpow radix2 (-10)) 1 in
  operands normal t /\ exact (quantised gf16_round t) - exact t = - bpow radix2 (-10).
Proof.
  intro t; unfold t; simpl operands; split.
  - split; right; rewrite Rabs_pos_eq; simpl; lra.
  - cbn [quantised exact]; rewrite round_half_ulp_witness.
    assert (one : gf16_round 1 = 1).
    { apply round_generic; [typeclasses eauto|].
      change 1 with (bpow radix2 0); apply generic_format_bpow; unfold FLT_exp; lia. }
    rewrite one; ring.
Qed.

(** ** What a model's certificate computes *)

Fixpoint weight_squares (t : tree) : R :=
  match t with
  | Product w x => w ^ 2
  | Sum a b => weight_squares a + weight_squares b
  | Fused a w x => weight_squares a + w ^ 2
  end.

Fixpoint input_squares (t : tree) : R :=
  match t with
  | Product w x => x ^ 2
  | Sum a b => input_squares a + input_squares b
  | Fused a w x => input_squares a + x ^ 2
  end.

Lemma squares_nonneg t : 0 <= weight_squares t /\ 0 <= input_squares t.
Proof.
  induction t as [w x|a [] b []|a [] w x]; simpl; split;
    try pose proof (pow2_ge_0 w); try pose proof (pow2_ge_0 x); simpl in *; lra.
Qed.

(** Cauchy's inequality, one step of it. *)
Lemma cauchy_step m n A B C D : 0 <= m -> 0 <= n -> 0 <= A -> 0 <= B -> 0 <= C -> 0 <= D ->
  m ^ 2 <= A * B -> n ^ 2 <= C * D -> (m + n) ^ 2 <= (A + C) * (B + D).
Proof.
  intros m_ge n_ge A_ge B_ge C_ge D_ge first second.
  assert (cross : 2 * (m * n) <= A * D + C * B); [|nra].
  apply Rsqr_incr_0_var; [|nra].
  assert (both : (m * n) ^ 2 <= (A * D) * (C * B)).
  { replace ((m * n) ^ 2) with (m ^ 2 * n ^ 2) by ring.
    replace ((A * D) * (C * B)) with ((A * B) * (C * D)) by ring.
    apply Rmult_le_compat; try assumption; apply pow2_ge_0. }
  unfold Rsqr; pose proof (pow2_ge_0 (A * D - C * B)); nra.
Qed.

Theorem magnitude_cauchy t : magnitude t ^ 2 <= weight_squares t * input_squares t.
Proof.
  assert (one : forall w x, Rabs (w * x) ^ 2 <= w ^ 2 * x ^ 2).
  { intros w x; rewrite pow2_abs; right; ring. }
  induction t as [w x|a IHa b IHb|a IHa w x]; cbn [magnitude weight_squares input_squares];
    [apply one| |].
  - destruct (squares_nonneg a), (squares_nonneg b).
    apply cauchy_step; try assumption; apply magnitude_nonneg.
  - destruct (squares_nonneg a).
    apply cauchy_step; try assumption; try apply pow2_ge_0; try apply one;
      [apply magnitude_nonneg|apply Rabs_pos].
Qed.

(** Whatever the order, n products make a tree no higher than n, of fewer than 2n operations. *)
Lemma tree_size t : (1 <= height t <= products t)%nat /\ (operations t < 2 * products t)%nat.
Proof. induction t as [w x|a [] b []|a [] w x]; simpl; lia. Qed.

(** The bound that a certificate prints: W bounds the Euclidean norm of the weights, X that of the
    inputs, S the sum of all magnitudes; n is the number of products, in any order. *)
Theorem gf16_certificate t W X S :
  0 <= W -> 0 <= X -> weight_squares t <= W ^ 2 -> input_squares t <= X ^ 2 ->
  operand_sum t <= S ->
  let n := products t in
  let g := (1 + bpow radix2 (-24)) ^ n in
  Rabs (computed binary32_round (quantised gf16_round t) - exact t)
  <= ((1 + bpow radix2 (-10)) ^ 2 * g - 1) * (W * X)
     + (bpow radix2 (-40) * (1 + bpow radix2 (-10)) * S
        + (bpow radix2 (-40) ^ 2 + 2 * bpow radix2 (-150)) * INR n) * g.
Proof.
  intros W_ge X_ge weights inputs sums n g.
  apply Rle_trans with (1 := gf16_dot_error_any t).
  destruct (tree_size t) as [[_ low] few].
  pose proof (pow_growth (bpow radix2 (-24)) (bpow_ge_0 _ _) (height t) n low) as [g_ge g_le].
  fold g in g_le.
  assert (mass : magnitude t <= W * X).
  { apply Rsqr_incr_0_var; [|now apply Rmult_le_pos].
    rewrite !Rsqr_pow2; apply Rle_trans with (1 := magnitude_cauchy t).
    rewrite Rpow_mult_distr; destruct (squares_nonneg t).
    apply Rmult_le_compat; assumption. }
  assert (count : INR (operations t) <= 2 * INR n).
  { replace 2 with (INR 2) by (simpl; lra); rewrite <- mult_INR; apply le_INR; unfold n; lia. }
  pose proof (magnitude_nonneg t); pose proof (pos_INR n); pose proof (pos_INR (operations t)).
  assert (0 <= bpow radix2 (-10)) by apply bpow_ge_0.
  assert (0 <= bpow radix2 (-40)) by apply bpow_ge_0.
  assert (0 <= bpow radix2 (-150)) by apply bpow_ge_0.
  assert (0 <= operand_sum t)
    by (clear; induction t as [w x|a ? b ?|a ? w x]; simpl;
      try pose proof (Rabs_pos w); try pose proof (Rabs_pos x); lra).
  apply Rplus_le_compat.
  - apply Rmult_le_compat; [nra|assumption| |exact mass].
    apply Rplus_le_compat_r, Rmult_le_compat_l; [apply pow2_ge_0|exact g_le].
  - fold n; apply Rmult_le_compat; [| lra | |exact g_le].
    + assert (0 <= bpow radix2 (-40) * (1 + bpow radix2 (-10)) * operand_sum t)
        by (apply Rmult_le_pos; [apply Rmult_le_pos; lra|assumption]).
      assert (0 <= bpow radix2 (-40) ^ 2 * INR n) by (apply Rmult_le_pos; [apply pow2_ge_0|lra]).
      assert (0 <= bpow radix2 (-150) * INR (operations t)) by (apply Rmult_le_pos; lra).
      lra.
    + assert (bpow radix2 (-40) * (1 + bpow radix2 (-10)) * operand_sum t
        <= bpow radix2 (-40) * (1 + bpow radix2 (-10)) * S)
        by (apply Rmult_le_compat_l; [apply Rmult_le_pos; lra|exact sums]).
      assert (bpow radix2 (-150) * INR (operations t) <= bpow radix2 (-150) * (2 * INR n))
        by (apply Rmult_le_compat_l; assumption).
      lra.
Qed.

(** One product: all that it assumes can be. *)
Theorem gf16_certificate_witness :
  let t := Product 1 1 in
  weight_squares t <= 1 ^ 2 /\ input_squares t <= 1 ^ 2 /\ operand_sum t <= 2
  /\ magnitude t = 1 * 1.
Proof. simpl; rewrite Rmult_1_r, Rabs_R1; lra. Qed.

(** ** Range *)

Theorem gf16_operand_finite x : Rabs x < 4292870144 -> Rabs (gf16_round x) < bpow radix2 32.
Proof.
  intro small; apply Rnot_le_lt; intro big; apply round_overflow in big; lra.
Qed.

Lemma magnitude_bound t W : 0 <= W -> operands (fun x => Rabs x <= W) t ->
  magnitude t <= INR (operations t) * (W * W).
Proof.
  intro W_ge; induction t as [w x|a IHa b IHb|a IHa w x];
    cbn [operands magnitude operations].
  - intros [w_le x_le]; rewrite Rabs_mult; simpl INR; rewrite Rmult_1_l.
    apply Rmult_le_compat; try apply Rabs_pos; assumption.
  - intros [a_ok b_ok]; rewrite S_INR, plus_INR.
    specialize (IHa a_ok); specialize (IHb b_ok); assert (0 <= W * W) by nra; lra.
  - intros (a_ok & w_le & x_le); rewrite S_INR, Rabs_mult; specialize (IHa a_ok).
    assert (Rabs w * Rabs x <= W * W) by (apply Rmult_le_compat; try apply Rabs_pos; assumption);
      lra.
Qed.

(** Also every partial sum, which is a tree of its own. *)
Theorem gf16_no_overflow t :
  operands (fun x => Rabs x <= bpow radix2 32) t ->
  INR (height t) <= bpow radix2 20 -> INR (operations t) <= bpow radix2 25 ->
  Rabs (computed binary32_round t) < bpow radix2 127.
Proof.
  intros all_small low few.
  pose proof (computed_bound binary32_round (bpow radix2 (-24)) (bpow radix2 (-150))
    (bpow_ge_0 _ _) (bpow_ge_0 _ _) binary32_error t) as bound.
  apply Rle_lt_trans with (1 := bound); unfold absolute, growth.
  pose proof (magnitude_bound t _ (bpow_ge_0 radix2 32) all_small) as size.
  assert (grown : (1 + bpow radix2 (-24)) ^ height t <= 2).
  { apply Rle_trans with (exp (INR (height t) * bpow radix2 (-24))).
    - rewrite <- (Rpower_pow (height t)) by (simpl; lra); unfold Rpower.
      apply exp_le_mono, Rmult_le_compat_l; [apply pos_INR|].
      pose proof (ln_tangent (1 + bpow radix2 (-24)) ltac:(simpl; lra)); lra.
    - pose proof ln_2_bounds; rewrite <- (exp_ln 2) by lra; apply exp_le_mono.
      apply Rle_trans with (bpow radix2 20 * bpow radix2 (-24)).
      + now apply Rmult_le_compat_r; [apply bpow_ge_0|].
      + rewrite <- bpow_plus; simpl; lra. }
  assert (1 <= (1 + bpow radix2 (-24)) ^ height t) by (apply pow_R1_Rle; simpl; lra).
  pose proof (magnitude_nonneg t); pose proof (pos_INR (operations t)).
  assert (mass : magnitude t <= bpow radix2 25 * (bpow radix2 32 * bpow radix2 32)).
  { apply Rle_trans with (1 := size), Rmult_le_compat_r; [|exact few].
    apply Rmult_le_pos; apply bpow_ge_0. }
  rewrite <- !bpow_plus in mass; simpl (25 + (32 + 32))%Z in mass.
  assert (main : (1 + bpow radix2 (-24)) ^ height t * magnitude t <= 2 * bpow radix2 89)
    by (apply Rmult_le_compat; lra).
  assert (rest : bpow radix2 (-150) * INR (operations t) * (1 + bpow radix2 (-24)) ^ height t
    <= bpow radix2 (-150) * bpow radix2 25 * 2).
  { apply Rmult_le_compat; [apply Rmult_le_pos; [apply bpow_ge_0|assumption]|lra| |exact grown].
    now apply Rmult_le_compat_l; [apply bpow_ge_0|]. }
  rewrite <- bpow_plus in rest; simpl (-150 + 25)%Z in rest.
  assert (bpow radix2 (-125) <= 1) by (simpl; lra).
  apply Rle_lt_trans with (2 * bpow radix2 89 + 2); [lra|simpl; lra].
Qed.

(** Without the bound of the operands one product is too much. *)
Theorem gf16_overflow_beyond :
  bpow radix2 127 <= Rabs (computed binary32_round (Product (bpow radix2 64) (bpow radix2 64))).
Proof.
  cbn [computed]; rewrite <- bpow_plus; change (64 + 64)%Z with 128%Z; unfold binary32_round.
  rewrite round_generic; [|apply valid_rnd_N|apply generic_format_bpow; unfold FLT_exp; simpl; lia].
  rewrite Rabs_pos_eq by apply bpow_ge_0; apply bpow_le; lia.
Qed.

(** ** From logits to the score *)

Section Logits.

Context {T K : Type}.
Variables (rows : list T) (keys : list K) (visible : T -> K -> bool).
Hypothesis sees_something : forall t, seen keys visible t <> [].
Variables (weight : T -> R) (target : T -> K).
Hypothesis weight_nonneg : forall t, 0 <= weight t.

Let loss (z : T * K -> R) : R := cross_entropy rows keys visible weight target z tt.

Lemma mass_shift z z' eps t : (forall p, z' p <= z p + eps) ->
  mass keys visible z' t <= exp eps * mass keys visible z t.
Proof.
  intro close; unfold mass; rewrite <- total_scale.
  induction (seen keys visible t) as [|j rest IH]; simpl; [lra|].
  assert (exp (z' (t, j)) <= exp eps * exp (z (t, j))); [|lra].
  rewrite <- exp_plus; apply exp_le_mono; pose proof (close (t, j)); lra.
Qed.

Lemma loss_shift z z' eps : 0 <= eps -> (forall p, Rabs (z' p - z p) <= eps) ->
  loss z' - loss z <= 2 * eps * total rows weight.
Proof.
  intros eps_ge close; unfold loss, cross_entropy.
  rewrite <- total_minus, <- total_scale.
  induction rows as [|t rest IH]; simpl; [lra|].
  assert (near_by : forall p, z' p <= z p + eps /\ z p <= z' p + eps).
  { intro p; specialize (close p); apply Rabs_le_between in close; lra. }
  pose proof (mass_shift z z' eps t (fun p => proj1 (near_by p))) as more.
  pose proof (mass_pos keys visible sees_something z t).
  pose proof (mass_pos keys visible sees_something z' t).
  apply ln_le_iff in more; [|assumption].
  rewrite ln_mult, ln_exp in more by (try apply exp_pos; assumption).
  pose proof (near_by (t, target t)); pose proof (weight_nonneg t).
  assert (weight t * (ln (mass keys visible z' t) - z' (t, target t))
    - weight t * (ln (mass keys visible z t) - z (t, target t)) <= 2 * eps * weight t); [|lra].
  replace (_ - _) with (weight t * ((ln (mass keys visible z' t) - z' (t, target t))
    - (ln (mass keys visible z t) - z (t, target t)))) by ring.
  nra.
Qed.

Theorem logits_loss z z' eps : 0 <= eps -> (forall p, Rabs (z' p - z p) <= eps) ->
  Rabs (loss z' - loss z) <= 2 * eps * total rows weight.
Proof.
  intros eps_ge close.
  assert (back : forall p, Rabs (z p - z' p) <= eps) by (intro; rewrite Rabs_minus_sym;
    apply close).
  pose proof (loss_shift z z' eps eps_ge close); pose proof (loss_shift z' z eps eps_ge back).
  apply Rabs_le; lra.
Qed.

(** Bits per byte are the mean loss over ln 2. *)
Theorem logits_bits z z' eps : 0 <= eps -> (forall p, Rabs (z' p - z p) <= eps) ->
  total rows weight = 1 ->
  Rabs (loss z' / ln 2 - loss z / ln 2) <= 2 * eps / ln 2.
Proof.
  intros eps_ge close mean; pose proof (logits_loss z z' eps eps_ge close) as nats;
    rewrite mean in nats.
  pose proof ln_2_pos.
  unfold Rdiv; rewrite <- Rmult_minus_distr_r, Rabs_mult, (Rabs_pos_eq (/ ln 2))
    by (left; now apply Rinv_0_lt_compat).
  apply Rmult_le_compat_r; [left; now apply Rinv_0_lt_compat|lra].
Qed.

End Logits.

(** Two logits: an unlikely target, moved down while the other moves up. *)
Theorem logits_loss_tight eps d : 0 < eps -> 0 < d ->
  exists z z' : unit * bool -> R,
    (forall p, Rabs (z' p - z p) <= eps)
    /\ let loss z := cross_entropy [tt] [true;
      false] (fun _ _ => true) (fun _ => 1) (fun _ => true) z tt in
       2 * eps - d <= loss z' - loss z.
Proof.
  intros eps_pos d_pos.
  exists (fun p : unit * bool => if snd p then 0 else - ln d),
    (fun p : unit * bool => if snd p then - eps else - ln d + eps).
  split.
  - intros [[] []]; simpl.
    + rewrite Rminus_0_r, Rabs_Ropp, Rabs_pos_eq; lra.
    + replace (- ln d + eps - - ln d) with eps by ring; rewrite Rabs_pos_eq; lra.
  - unfold cross_entropy, mass, seen; simpl.
    rewrite exp_0, exp_Ropp, exp_plus, (exp_Ropp (ln d)), exp_ln by exact d_pos.
    pose proof (exp_pos eps); pose proof (Rinv_0_lt_compat d d_pos).
    assert (before : ln (1 + (/ d + 0)) <= - ln d + d).
    { replace (1 + (/ d + 0)) with (/ d * (1 + d)) by (field; lra).
      rewrite ln_mult, ln_Rinv by lra; pose proof (ln_tangent (1 + d)); lra. }
    assert (after : - ln d + eps <= ln (/ exp eps + (/ d * exp eps + 0))).
    { rewrite <- (ln_exp eps) at 1; rewrite <- (ln_Rinv d), <- ln_mult by assumption.
      apply ln_le_iff; [apply Rmult_lt_0_compat; assumption|].
      assert (0 < / exp eps) by now apply Rinv_0_lt_compat. lra. }
    lra.
Qed.

(** ** Sums in GF16 itself *)

Theorem gf16_sum_stalls n : Nat.iter n (fun s => gf16_round (s + 1)) 1024 = 1024.
Proof.
  assert (stays : gf16_round (1024 + 1) = 1024).
  { pose proof (of_dyadic_correct mode_NE 1025 0) as correct; cbv zeta in correct.
    replace (F2R (Float radix2 1025 0)) with (1024 + 1) in correct by (unfold F2R; simpl; lra).
    change (round radix2 gf16_exp (round_mode mode_NE) (1024 + 1))
      with (gf16_round (1024 + 1)) in correct.
    rewrite Rlt_bool_true in correct; [destruct correct as [value _]; rewrite <- value;
      apply integer_1025_rounds|].
    apply gf16_operand_finite; rewrite Rabs_pos_eq; lra. }
  induction n as [|n IH]; simpl; [reflexivity|now rewrite IH].
Qed.
