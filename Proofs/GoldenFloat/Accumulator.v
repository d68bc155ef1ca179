(** * The exact accumulator of products

    [grid x]            a finite float as an integer, in units of 2^-39
    [product x y]       a product, in units of 2^-78
    [accumulate l]      the sum of the products of the pairs of [l]
    [wrap w z]          [z] in a two's complement register of w bits
    [register w l]      the same sum, wrapped after every addition
    [dot l]             the sum, rounded once; infinities and NaN as IEEE 754 has them

    [product_exact], [product_lt_64]    products are on the grid and below 2^64
    [accumulate_exact]                  the sum is the sum of the reals
    [accumulate_lt]                     65,536 products stay below 2^158 units
    [register_159]                      so 159 bits, sign included, never overflow
    [register_160]                      nor do 160 bits with 131,072 products
    [accumulate_permutation], [accumulate_app]   any order, any grouping
    [dot_correct], [dot_permutation]    one rounding of the exact sum, in any order *)

From Coq Require Import ZArith Reals List Permutation Bool Lia Lra.
From Flocq Require Import Core BinarySingleNaN.
From GoldenFloat Require Import Format Round.
Open Scope Z_scope.

Definition grid (x : gf16) : Z :=
  match x with
  | B754_finite s m e _ => cond_Zopp s (Zpos m * 2 ^ (e + 39))
  | _ => 0
  end.

Definition product (x y : gf16) : Z := grid x * grid y.

Definition accumulate (l : list (gf16 * gf16)) : Z :=
  fold_left (fun s p => s + product (fst p) (snd p)) l 0.

Definition wrap (w z : Z) : Z := (z + 2 ^ (w - 1)) mod 2 ^ w - 2 ^ (w - 1).

Definition register (w : Z) (l : list (gf16 * gf16)) : Z :=
  fold_left (fun s p => wrap w (s + product (fst p) (snd p))) l 0.

(** ** Products *)

Theorem grid_exact (x : gf16) : B2R x = (IZR (grid x) * bpow radix2 (-39))%R.
Proof.
  destruct x as [s|s| |s m e bound]; simpl; try ring.
  destruct (finite_bounds m e bound) as (e_range & _ & _).
  change (F2R (Float radix2 (cond_Zopp s (Zpos m)) e)
          = F2R (Float radix2 (cond_Zopp s (Zpos m * 2 ^ (e + 39))) (-39))).
  rewrite (F2R_change_exp radix2 (-39)) by lia.
  replace (e - -39) with (e + 39) by ring.
  f_equal; f_equal; destruct s; cbv [cond_Zopp]; [apply Z.mul_opp_l|reflexivity].
Qed.

Lemma grid_le (x : gf16) : Z.abs (grid x) <= 1023 * 2 ^ 61.
Proof.
  destruct x as [s|s| |s m e bound]; try easy.
  destruct (finite_bounds m e bound) as (e_range & m_lt & _).
  replace (Z.abs (grid (B754_finite s m e bound))) with (Zpos m * 2 ^ (e + 39)).
  - assert (2 ^ (e + 39) <= 2 ^ 61) by (apply Z.pow_le_mono_r; lia).
    assert (0 <= 2 ^ (e + 39)) by (apply Z.pow_nonneg; lia).
    apply Z.mul_le_mono_nonneg; lia.
  - pose proof (Z.pow_nonneg 2 (e + 39)).
    unfold grid; destruct s; cbn [cond_Zopp]; lia.
Qed.

Theorem product_exact (x y : gf16) :
  (B2R x * B2R y = IZR (product x y) * bpow radix2 (-78))%R.
Proof.
  unfold product; rewrite mult_IZR, (grid_exact x), (grid_exact y).
  change (-78) with (-39 + -39); rewrite bpow_plus; ring.
Qed.

Definition product_max : Z := 1023 * 1023 * 2 ^ 122.

Lemma product_le (x y : gf16) : Z.abs (product x y) <= product_max.
Proof.
  unfold product; rewrite Z.abs_mul.
  change product_max with ((1023 * 2 ^ 61) * (1023 * 2 ^ 61)).
  apply Z.mul_le_mono_nonneg; (apply grid_le || apply Z.abs_nonneg).
Qed.

Theorem product_lt_64 (x y : gf16) : (Rabs (B2R x * B2R y) < bpow radix2 64)%R.
Proof.
  rewrite product_exact, Rabs_mult, (Rabs_pos_eq (bpow _ _)) by apply bpow_ge_0.
  change 64 with (142 + -78); rewrite bpow_plus.
  apply Rmult_lt_compat_r; [apply bpow_gt_0|].
  rewrite <- abs_IZR, <- (IZR_Zpower radix2) by lia.
  apply IZR_lt, Z.le_lt_trans with (1 := product_le x y); reflexivity.
Qed.

(** ** Sums *)

Lemma fold_accumulate l s :
  fold_left (fun s p => s + product (fst p) (snd p)) l s = s + accumulate l.
Proof.
  unfold accumulate; revert s; induction l as [|p l IH]; intro s; simpl; [ring|].
  rewrite IH, (IH (product _ _)); ring.
Qed.

Lemma accumulate_cons p l :
  accumulate (p :: l) = product (fst p) (snd p) + accumulate l.
Proof. unfold accumulate at 1; simpl; apply fold_accumulate. Qed.

Theorem accumulate_app l l' : accumulate (l ++ l') = accumulate l + accumulate l'.
Proof.
  unfold accumulate at 1; rewrite fold_left_app; apply fold_accumulate.
Qed.

Theorem accumulate_permutation l l' :
  Permutation l l' -> accumulate l = accumulate l'.
Proof.
  induction 1; rewrite ?accumulate_cons; lia.
Qed.

Theorem accumulate_exact l :
  (IZR (accumulate l) * bpow radix2 (-78)
   = fold_right (fun p s => B2R (fst p) * B2R (snd p) + s) 0 l)%R.
Proof.
  induction l as [|p l IH]; [apply Rmult_0_l|].
  simpl fold_right; rewrite <- IH, accumulate_cons, plus_IZR, product_exact.
  apply Rmult_plus_distr_r.
Qed.

Lemma accumulate_le l : Z.abs (accumulate l) <= Z.of_nat (length l) * product_max.
Proof.
  induction l as [|p l IH]; [easy|].
  rewrite accumulate_cons; pose proof (product_le (fst p) (snd p)).
  change (length (p :: l)) with (S (length l)); rewrite Nat2Z.inj_succ; lia.
Qed.

Theorem accumulate_lt l :
  Z.of_nat (length l) <= 65536 -> Z.abs (accumulate l) < 2 ^ 158.
Proof.
  intro few; apply Z.le_lt_trans with (1 := accumulate_le l).
  apply Z.le_lt_trans with (65536 * product_max); [|reflexivity].
  apply Z.mul_le_mono_nonneg_r; easy.
Qed.

Lemma wrap_id w z : 0 < w -> - 2 ^ (w - 1) <= z < 2 ^ (w - 1) -> wrap w z = z.
Proof.
  intros w_gt_0 fits; unfold wrap.
  replace (2 ^ w) with (2 * 2 ^ (w - 1)).
  - rewrite Z.mod_small by lia; ring.
  - rewrite <- Z.pow_succ_r by lia; f_equal; lia.
Qed.

Lemma register_accumulate w l :
  0 < w -> Z.of_nat (length l) * product_max < 2 ^ (w - 1) ->
  register w l = accumulate l.
Proof.
  intros w_gt_0; induction l as [|p l IH] using rev_ind; intro fits; [reflexivity|].
  unfold register, accumulate; rewrite !fold_left_app; simpl.
  fold (register w l); fold (accumulate l).
  pose proof (accumulate_le (l ++ p :: nil)) as bound.
  rewrite accumulate_app, accumulate_cons in bound.
  rewrite app_length in fits, bound; simpl length in fits, bound.
  assert (0 <= product_max) by easy.
  rewrite IH by lia.
  apply wrap_id; [exact w_gt_0|].
  change (accumulate nil) with 0 in bound; lia.
Qed.

Theorem register_159 l :
  Z.of_nat (length l) <= 65536 -> register 159 l = accumulate l.
Proof.
  intro few; apply register_accumulate; [easy|].
  apply Z.le_lt_trans with (65536 * product_max); [|reflexivity].
  apply Z.mul_le_mono_nonneg_r; easy.
Qed.

Theorem register_160 l :
  Z.of_nat (length l) <= 131072 -> register 160 l = accumulate l.
Proof.
  intro few; apply register_accumulate; [easy|].
  apply Z.le_lt_trans with (131072 * product_max); [|reflexivity].
  apply Z.mul_le_mono_nonneg_r; easy.
Qed.

(** ** The rounded sum *)

(** The sum of the products with an operand that is not finite. *)
Definition special (l : list (gf16 * gf16)) : gf16 :=
  fold_left (fun s p =>
    if is_finite (fst p) && is_finite (snd p) then s
    else Bplus mode_NE s (Bmult mode_NE (fst p) (snd p))) l (B754_zero false).

Definition dot (l : list (gf16 * gf16)) : gf16 :=
  if is_finite (special l) then of_dyadic mode_NE (accumulate l) (-78) else special l.

Lemma special_finite l :
  Forall (fun p => is_finite (fst p) = true /\ is_finite (snd p) = true) l ->
  special l = B754_zero false.
Proof.
  unfold special; induction 1 as [|p l [fst_finite snd_finite] _ IH]; [reflexivity|].
  simpl; rewrite fst_finite, snd_finite; exact IH.
Qed.

Theorem dot_correct l :
  Forall (fun p => is_finite (fst p) = true /\ is_finite (snd p) = true) l ->
  let exact := fold_right (fun p s => B2R (fst p) * B2R (snd p) + s)%R 0%R l in
  if Rlt_bool (Rabs (gf16_round exact)) (bpow radix2 32)
  then B2R (dot l) = gf16_round exact /\ is_finite (dot l) = true
  else B2SF (dot l) = SpecFloat.S754_infinity (Rlt_bool exact 0).
Proof.
  intros finite exact; unfold dot; rewrite special_finite by exact finite.
  replace exact with (F2R (Float radix2 (accumulate l) (-78)))
    by exact (accumulate_exact l).
  exact (of_dyadic_correct mode_NE (accumulate l) (-78)).
Qed.

Lemma special_swap (s : gf16) (p q : gf16 * gf16) :
  is_finite (fst p) && is_finite (snd p) = false ->
  is_finite (fst q) && is_finite (snd q) = false ->
  let term (r : gf16 * gf16) := Bmult mode_NE (fst r) (snd r) in
  Bplus mode_NE (Bplus mode_NE s (term p)) (term q)
  = Bplus mode_NE (Bplus mode_NE s (term q)) (term p).
Proof.
  assert (extreme : forall r : gf16 * gf16, is_finite (fst r) && is_finite (snd r) = false ->
    Bmult mode_NE (fst r) (snd r) = B754_nan
    \/ exists b, Bmult mode_NE (fst r) (snd r) = B754_infinity b).
  { intros [[| | |] [| | |]]; try discriminate; simpl; eauto. }
  intros p_special q_special term.
  destruct (extreme p p_special) as [p_nan|[a p_inf]];
    destruct (extreme q q_special) as [q_nan|[b q_inf]]; unfold term;
    rewrite ?p_nan, ?p_inf, ?q_nan, ?q_inf.
  - reflexivity.
  - now destruct s as [| [|]| |], b.
  - now destruct s as [| [|]| |], a.
  - now destruct s as [| [|]| |], a, b.
Qed.

Theorem dot_permutation l l' : Permutation l l' -> dot l = dot l'.
Proof.
  intro same; unfold dot; rewrite (accumulate_permutation l l' same).
  replace (special l') with (special l); [reflexivity|].
  unfold special; generalize (B754_zero false : gf16).
  induction same as [|p l l' _ IH|p q l|l l' l'' _ IH _ IH']; intro s; simpl.
  - reflexivity.
  - apply IH.
  - destruct (is_finite (fst p) && is_finite (snd p)) eqn:p_finite,
             (is_finite (fst q) && is_finite (snd q)) eqn:q_finite;
      fold gf16; rewrite ?p_finite, ?q_finite; try reflexivity.
    f_equal; now apply special_swap.
  - now rewrite IH.
Qed.
