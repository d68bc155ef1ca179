(** * Remainders

    [divide_rounded md n d]       the quotient of integers, rounded
    [remainder_float md x y]      x - n y, n the quotient rounded: [mode_NE] for the
                                  IEEE remainder, [mode_ZR] for the truncating one

    [divide_rounded_correct]      it is the rounding of the real quotient
    [remainder_exact]             the remainder is not rounded *)

From Coq Require Import ZArith Reals Bool Lia Lra.
From Flocq Require Import Core BinarySingleNaN Bracket.
From Flocq Require Import Round.
From GoldenFloat Require Import Format Round Accumulator.
Open Scope Z_scope.

(** Where |n| / |d| lies between its floor and the next integer. *)
Definition quotient_location (n d : Z) : location :=
  let r := Z.abs n mod Z.abs d in
  if r =? 0 then loc_Exact else loc_Inexact (2 * r ?= Z.abs d).

Definition divide_rounded (md : mode) (n d : Z) : Z :=
  let negative := xorb (n <? 0) (d <? 0) in
  cond_Zopp negative
    (choice_mode md negative (Z.abs n / Z.abs d) (quotient_location n d)).

Definition remainder_float (md : mode) (x y : gf16) : gf16 :=
  match x, y with
  | B754_nan, _ | _, B754_nan | B754_infinity _, _ | _, B754_zero _ => B754_nan
  | _, B754_infinity _ => x
  | _, _ =>
    binary_normalize 10 32 _ _ mode_NE
      (grid x - divide_rounded md (grid x) (grid y) * grid y) (-39) (Bsign x)
  end.

(** ** The quotient *)

Lemma quotient_inbetween n d : d <> 0 ->
  inbetween_int (Z.abs n / Z.abs d) (Rabs (IZR n / IZR d)) (quotient_location n d).
Proof.
  intro nonzero; unfold quotient_location, inbetween_int.
  assert (d_gt_0 : 0 < Z.abs d) by lia.
  assert (d_pos : (0 < IZR (Z.abs d))%R) by now apply IZR_lt.
  pose proof (Z.mod_pos_bound (Z.abs n) (Z.abs d) d_gt_0) as r_range.
  assert (ratio : (Rabs (IZR n / IZR d)
    = IZR (Z.abs n / Z.abs d) + IZR (Z.abs n mod Z.abs d) / IZR (Z.abs d))%R).
  { unfold Rdiv; rewrite Rabs_mult, Rabs_inv, <- !abs_IZR.
    rewrite (Z.div_mod (Z.abs n) (Z.abs d)) at 1 by lia.
    rewrite plus_IZR, mult_IZR; field; lra. }
  set (r := Z.abs n mod Z.abs d) in *; set (q := Z.abs n / Z.abs d) in *.
  destruct (Z.eqb_spec r 0) as [whole|fraction].
  - apply inbetween_Exact; rewrite ratio, whole; unfold Rdiv; ring.
  - assert (part : (0 < IZR r / IZR (Z.abs d) < 1)%R).
    { split.
      - apply Rdiv_lt_0_compat; [apply IZR_lt; lia|exact d_pos].
      - apply Rmult_lt_reg_r with (1 := d_pos); unfold Rdiv.
        rewrite Rmult_assoc, Rinv_l, Rmult_1_l, Rmult_1_r by lra; apply IZR_lt; lia. }
    apply inbetween_Inexact; rewrite ratio, plus_IZR; [lra|].
    replace ((IZR q + (IZR q + 1)) / 2)%R with (IZR q + / 2)%R by field.
    rewrite Rcompare_plus_l, <- (Rcompare_mult_r (2 * IZR (Z.abs d))) by lra.
    replace (IZR r / IZR (Z.abs d) * (2 * IZR (Z.abs d)))%R with (IZR (2 * r))
      by (rewrite mult_IZR; field; lra).
    replace (/ 2 * (2 * IZR (Z.abs d)))%R with (IZR (Z.abs d)) by field.
    apply Rcompare_IZR.
Qed.

Theorem divide_rounded_correct md n d : d <> 0 ->
  divide_rounded md n d = round_mode md (IZR n / IZR d).
Proof.
  intro nonzero; rewrite (round_mode_choice_mode md _ _ _ (quotient_inbetween n d nonzero)).
  unfold divide_rounded.
  destruct (Z.eq_dec n 0) as [->|n_nonzero].
  - replace (quotient_location 0 d) with loc_Exact
      by (unfold quotient_location; now rewrite Zmod_0_l).
    now destruct md; rewrite Zdiv_0_l; destruct (xorb _ _), (Rlt_bool _ _).
  - replace (Rlt_bool (IZR n / IZR d) 0) with (xorb (n <? 0) (d <? 0)); [reflexivity|].
    symmetry; destruct (Z.ltb_spec n 0) as [n_neg|n_pos], (Z.ltb_spec d 0) as [d_neg|d_pos];
      cbn [xorb]; [apply Rlt_bool_false|apply Rlt_bool_true|apply Rlt_bool_true
                  |apply Rlt_bool_false].
    + replace (IZR n / IZR d)%R with (IZR (- n) / IZR (- d))%R
        by (rewrite !opp_IZR; field; now apply IZR_neq).
      apply Rle_mult_inv_pos; [apply IZR_le|apply IZR_lt]; lia.
    + replace (IZR n / IZR d)%R with (- (IZR (- n) / IZR d))%R
        by (rewrite !opp_IZR; field; now apply IZR_neq).
      apply Ropp_lt_gt_0_contravar, Rdiv_lt_0_compat; apply IZR_lt; lia.
    + replace (IZR n / IZR d)%R with (- (IZR n / IZR (- d)))%R
        by (rewrite !opp_IZR; field; now apply IZR_neq).
      apply Ropp_lt_gt_0_contravar, Rdiv_lt_0_compat; apply IZR_lt; lia.
    + apply Rle_mult_inv_pos; [apply IZR_le|apply IZR_lt]; lia.
Qed.

(** ** The remainder *)

Definition nearest_or_truncating (md : mode) : bool :=
  match md with mode_NE | mode_ZR | mode_NA => true | _ => false end.

(** It exceeds neither operand. *)
Lemma remainder_le md n d : nearest_or_truncating md = true -> d <> 0 ->
  let r := n - divide_rounded md n d * d in
  Z.abs r <= Z.abs n /\ Z.abs r <= Z.abs d.
Proof.
  intros kind nonzero; cbv zeta.
  assert (d_gt_0 : 0 < Z.abs d) by lia.
  pose proof (Z.div_mod (Z.abs n) (Z.abs d) ltac:(lia)) as division.
  pose proof (Z.mod_pos_bound (Z.abs n) (Z.abs d) d_gt_0) as r_range.
  assert (q_ge_0 : 0 <= Z.abs n / Z.abs d) by (apply Z.div_pos; lia).
  set (q := Z.abs n / Z.abs d) in *.
  assert (choice : forall s, let c := choice_mode md s q (quotient_location n d) in
    c = q \/ c = q + 1 /\ Z.abs d <= 2 * (Z.abs n mod Z.abs d)).
  { intro s; unfold quotient_location.
    destruct (Z.eqb_spec (Z.abs n mod Z.abs d) 0) as [_|_];
      [destruct md; try discriminate kind; now left|].
    destruct (Z.compare_spec (2 * (Z.abs n mod Z.abs d)) (Z.abs d));
      destruct md; try discriminate kind;
      cbv beta iota delta [choice_mode round_N cond_incr]; try (now left);
      try (destruct (negb _)); try (now left); right; lia. }
  unfold divide_rounded; fold q; set (negative := xorb _ _).
  specialize (choice negative); cbv zeta in choice.
  set (c := choice_mode md negative q (quotient_location n d)) in *.
  assert (size : Z.abs (n - cond_Zopp negative c * d) = Z.abs (Z.abs n - c * Z.abs d)).
  { unfold negative; destruct (Z.ltb_spec n 0), (Z.ltb_spec d 0); cbn [xorb cond_Zopp];
      first [rewrite (Z.abs_neq d) by lia|rewrite (Z.abs_eq d) by lia]; lia. }
  rewrite size.
  destruct choice as [-> |[-> half]].
  - replace (Z.abs n - q * Z.abs d) with (Z.abs n mod Z.abs d) by lia.
    split; [|lia]; rewrite Z.abs_eq by lia; apply Z.mod_le; lia.
  - replace (Z.abs n - (q + 1) * Z.abs d) with (- (Z.abs d - Z.abs n mod Z.abs d)) by lia.
    assert (Z.abs n mod Z.abs d <= Z.abs n) by (apply Z.mod_le; lia); lia.
Qed.

Lemma grid_finite s m e bound :
  grid (B754_finite s m e bound) = cond_Zopp s (Zpos m) * 2 ^ (e + 39).
Proof. unfold grid; destruct s; cbv [cond_Zopp]; [symmetry; apply Z.mul_opp_l|reflexivity]. Qed.

Theorem remainder_exact md (x y : gf16) :
  nearest_or_truncating md = true ->
  is_finite x = true -> is_finite y = true -> B2R y <> 0%R ->
  B2R (remainder_float md x y)
  = (B2R x - IZR (round_mode md (B2R x / B2R y)) * B2R y)%R
  /\ is_finite (remainder_float md x y) = true.
Proof.
  intros kind x_finite y_finite y_nonzero.
  assert (unit : bpow radix2 (-39) <> 0%R) by apply Rgt_not_eq, bpow_gt_0.
  assert (Y : grid y <> 0).
  { intro zero; apply y_nonzero; rewrite grid_exact, zero; apply Rmult_0_l. }
  set (r := grid x - divide_rounded md (grid x) (grid y) * grid y).
  assert (value : (F2R (Float radix2 r (-39))
    = B2R x - IZR (round_mode md (B2R x / B2R y)) * B2R y)%R).
  { rewrite (grid_exact x), (grid_exact y).
    replace (IZR (grid x) * bpow radix2 (-39) / (IZR (grid y) * bpow radix2 (-39)))%R
      with (IZR (grid x) / IZR (grid y))%R by (field; split; [exact unit|now apply IZR_neq]).
    rewrite <- divide_rounded_correct by exact Y.
    unfold r, F2R; cbn [Fnum Fexp]; rewrite minus_IZR, mult_IZR; ring. }
  rewrite <- value.
  pose proof (remainder_le md (grid x) (grid y) kind Y) as small.
  cbv zeta in small; fold r in small.
  assert (range : (Rabs (F2R (Float radix2 r (-39))) < bpow radix2 32)%R).
  { apply Rle_lt_trans with (Rabs (B2R x)); [|exact (abs_B2R_lt_emax 10 32 x)].
    rewrite grid_exact; unfold F2R; cbn [Fnum Fexp]; rewrite !Rabs_mult.
    apply Rmult_le_compat_r; [apply Rabs_pos|].
    rewrite <- !abs_IZR; apply IZR_le, small. }
  assert (format : generic_format radix2 gf16_exp (F2R (Float radix2 r (-39)))).
  { destruct x as [s|s| |s m e bound]; try discriminate x_finite.
    - replace r with 0; [rewrite F2R_0; apply generic_format_0|].
      cbn [grid] in small; lia.
    - destruct y as [s'|s'| |s' m' e' bound']; try discriminate y_finite; [now elim Y|].
      destruct (finite_bounds m e bound) as (e_range & m_lt & _).
      destruct (finite_bounds m' e' bound') as (e'_range & m'_lt & _).
      set (f := Z.min e e').
      assert (split_power : forall a, f <= a -> 2 ^ (a + 39) = 2 ^ (a - f) * 2 ^ (f + 39)).
      { intros a a_ge; rewrite <- Z.pow_add_r by lia; f_equal; ring. }
      assert (unit_pos : 0 < 2 ^ (f + 39)) by (apply Z.pow_pos_nonneg; lia).
      assert (multiple : exists c, r = c * 2 ^ (f + 39)).
      { unfold r; set (n := divide_rounded _ _ _).
        rewrite !grid_finite, (split_power e), (split_power e') by lia.
        exists (cond_Zopp s (Zpos m) * 2 ^ (e - f)
                - n * (cond_Zopp s' (Zpos m') * 2 ^ (e' - f))); ring. }
      destruct multiple as [c multiple].
      assert (c_lt : Z.abs c < 1024).
      { rewrite !grid_finite, multiple, !Z.abs_mul, !abs_cond_Zopp in small.
        assert (power : forall a, Z.abs (2 ^ a) = 2 ^ a)
          by (intro a; apply Z.abs_eq, Z.pow_nonneg; lia).
        rewrite !power in small; destruct small as [small_x small_y].
        destruct (Z.min_spec e e') as [[_ least]|[_ least]]; fold f in least.
        - apply Z.le_lt_trans with (Zpos m); [|exact m_lt].
          apply Z.mul_le_mono_pos_r with (1 := unit_pos).
          rewrite <- least in small_x; exact small_x.
        - apply Z.le_lt_trans with (Zpos m'); [|exact m'_lt].
          apply Z.mul_le_mono_pos_r with (1 := unit_pos).
          rewrite <- least in small_y; exact small_y. }
      replace (F2R (Float radix2 r (-39))) with (F2R (Float radix2 c f)).
      + apply generic_format_F2R'; [exact c_lt|lia].
      + rewrite (F2R_change_exp radix2 (-39) c f) by lia.
        rewrite multiple; do 3 f_equal; ring. }
  assert (normal : let z := binary_normalize 10 32 _ _ mode_NE r (-39) (Bsign x) in
    B2R z = F2R (Float radix2 r (-39)) /\ is_finite z = true).
  { pose proof (binary_normalize_correct 10 32 _ _ mode_NE r (-39) (Bsign x)) as correct.
    cbv zeta in correct |- *.
    rewrite round_generic, Rlt_bool_true in correct
      by (typeclasses eauto || exact format || exact range).
    now destruct correct as (result & finite & _). }
  destruct x as [s|s| |s m e bound]; try discriminate x_finite;
    destruct y as [s'|s'| |s' m' e' bound']; try discriminate y_finite;
    try (now elim Y); exact normal.
Qed.
