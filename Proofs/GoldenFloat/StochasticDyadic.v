(** * Stochastic rounding, computed

    [stochastic_dyadic k u m e]   m 2^e rounded with the k random bits [u]
    [stochastic_float k u x]      a float of another format, infinities and NaN kept

    [stochastic_dyadic_correct]   it is [Stochastic.stochastic] of the real m 2^e,
                                  an infinity where that reaches 2^32 *)

From Coq Require Import ZArith Reals Bool Lia Lra.
From Flocq Require Import Core BinarySingleNaN.
From GoldenFloat Require Import Format Round Stochastic.
Open Scope Z_scope.

(** The significand and the exponent of the rounded number; [m] is not negative. *)
Definition stochastic_significand (k u m e : Z) : Z * Z :=
  let q := Z.max (Zdigits radix2 m + e - 10) (-39) in
  if q <=? e then (m, e)
  else
    let d := 2 ^ (q - e) in
    (m / d + (if u <? m mod d * 2 ^ k / d then 1 else 0), q).

Definition stochastic_dyadic (k u m e : Z) : gf16 :=
  let negative := m <? 0 in
  let (n, q) := stochastic_significand k u (Z.abs m) e in
  binary_normalize 10 32 _ _ mode_NE (cond_Zopp negative n) q negative.

Definition stochastic_float {prec emax} (k u : Z) (x : binary_float prec emax) : gf16 :=
  match x with
  | B754_zero s => B754_zero s
  | B754_infinity s => B754_infinity s
  | B754_nan => B754_nan
  | B754_finite s m e _ => stochastic_dyadic k u (cond_Zopp s (Zpos m)) e
  end.

(** ** Correctness *)

Lemma format_F2R m e :
  m <> 0 -> Z.max (Zdigits radix2 m + e - 10) (-39) <= e ->
  generic_format radix2 gf16_exp (F2R (Float radix2 m e)).
Proof.
  intros nonzero wide; apply generic_format_F2R; intros _.
  unfold cexp, FLT_exp; rewrite mag_F2R_Zdigits by exact nonzero; exact wide.
Qed.

Lemma significand_correct (k : nat) u m e :
  0 <= u -> 0 < m ->
  let (n, q) := stochastic_significand (Z.of_nat k) u m e in
  stochastic k u (F2R (Float radix2 m e)) = F2R (Float radix2 n q).
Proof.
  intros u_ge_0 m_gt_0; unfold stochastic_significand.
  set (q := Z.max (Zdigits radix2 m + e - 10) (-39)).
  destruct (Z.leb_spec q e) as [exact|shift].
  - apply stochastic_support, format_F2R; [lia|exact exact].
  - set (d := 2 ^ (q - e)); set (x := F2R (Float radix2 m e)).
    assert (d_gt_0 : 0 < d) by (apply Z.pow_pos_nonneg; lia).
    assert (d_pos : (0 < IZR d)%R) by now apply IZR_lt.
    assert (canonical : cexp radix2 gf16_exp x = q).
    { unfold cexp, FLT_exp, x; rewrite mag_F2R_Zdigits by lia; reflexivity. }
    assert (scaled : scaled_mantissa radix2 gf16_exp x = (IZR m / IZR d)%R).
    { unfold scaled_mantissa; rewrite canonical; unfold x, F2R, Rdiv; cbn [Fnum Fexp].
      rewrite Rmult_assoc, <- bpow_plus; f_equal.
      replace (e + - q) with (- (q - e)) by ring; rewrite bpow_opp; f_equal.
      symmetry; apply (IZR_Zpower radix2); lia. }
    assert (floor : Zfloor (IZR m / IZR d) = m / d) by (apply Zfloor_div; lia).
    assert (ratio_ge_0 : (0 <= IZR m / IZR d)%R).
    { apply Rle_mult_inv_pos; [apply IZR_le; lia|exact d_pos]. }
    assert (ratio : (IZR m / IZR d = IZR (m / d) + IZR (m mod d) / IZR d)%R).
    { rewrite (Z.div_mod m d) at 1 by lia; rewrite plus_IZR, mult_IZR; field; lra. }
    assert (below : toward_zero x = F2R (Float radix2 (m / d) q)).
    { unfold round; rewrite scaled, canonical, Ztrunc_floor, floor by exact ratio_ge_0.
      reflexivity. }
    pose proof (Z.mod_pos_bound m d d_gt_0) as mod_range.
    destruct (Z.eq_dec (m mod d) 0) as [whole|fraction].
    + rewrite whole, Z.mul_0_l, Z.div_0_l by lia.
      rewrite (proj2 (Z.ltb_ge _ _)), Z.add_0_r by exact u_ge_0; rewrite <- below.
      assert (same : x = toward_zero x).
      { rewrite below; unfold x; unfold F2R; cbn [Fnum Fexp].
        replace (bpow radix2 q) with (IZR d * bpow radix2 e)%R.
        - rewrite <- Rmult_assoc, <- mult_IZR; f_equal; f_equal.
          rewrite (Z.div_mod m d) at 1 by lia; lia.
        - unfold d; rewrite (IZR_Zpower radix2), <- bpow_plus by lia; f_equal; ring. }
      rewrite <- same; apply stochastic_support.
      rewrite same; apply generic_format_round; typeclasses eauto.
    + assert (above : away_from_zero x = F2R (Float radix2 (m / d + 1) q)).
      { unfold round; rewrite scaled, canonical; unfold Zaway.
        rewrite Rlt_bool_false by exact ratio_ge_0.
        rewrite Zceil_floor_neq, floor; [reflexivity|].
        rewrite floor, ratio; intro same.
        assert (zero : (IZR (m mod d) / IZR d = 0)%R) by lra.
        apply Rmult_integral in zero; destruct zero as [zero|zero].
        - apply eq_IZR in zero; contradiction.
        - revert zero; apply Rinv_neq_0_compat; lra. }
      assert (unit : bpow radix2 q <> 0%R) by apply Rgt_not_eq, bpow_gt_0.
      assert (place : position x = (IZR (m mod d) / IZR d)%R).
      { unfold position; rewrite above, below.
        replace x with (scaled_mantissa radix2 gf16_exp x * bpow radix2 q)%R
          by (rewrite <- canonical; apply scaled_mantissa_mult_bpow).
        rewrite scaled, ratio; unfold F2R; cbn [Fnum Fexp]; rewrite plus_IZR.
        field; repeat split; try lra; try exact unit. }
      assert (bits : position_bits k x = m mod d * 2 ^ Z.of_nat k / d).
      { unfold position_bits; rewrite place.
        replace (IZR (m mod d) / IZR d * 2 ^ k)%R
          with (IZR (m mod d * 2 ^ Z.of_nat k) / IZR d)%R.
        - apply Zfloor_div; lia.
        - rewrite mult_IZR, <- pow_IZR; field; lra. }
      unfold stochastic; rewrite bits, below, above.
      destruct (_ <? _); [reflexivity|now rewrite Z.add_0_r].
Qed.

Theorem stochastic_dyadic_correct (k : nat) u m e :
  0 <= u ->
  let r := stochastic k u (F2R (Float radix2 m e)) in
  let y := stochastic_dyadic (Z.of_nat k) u m e in
  if Rlt_bool (Rabs r) (bpow radix2 32)
  then B2R y = r /\ is_finite y = true
  else B2SF y = SpecFloat.S754_infinity (Rlt_bool r 0).
Proof.
  intros u_ge_0 r y; subst y; unfold stochastic_dyadic.
  destruct (stochastic_significand (Z.of_nat k) u (Z.abs m) e) as [n q] eqn:significand.
  assert (value : r = F2R (Float radix2 (cond_Zopp (m <? 0) n) q)).
  { unfold r; destruct (Z.eq_dec m 0) as [->|nonzero].
    - rewrite F2R_0; change (Z.abs 0) with 0 in significand; cbn [Z.ltb Z.compare cond_Zopp].
      replace (stochastic k u 0) with 0%R
        by (symmetry; apply stochastic_support, generic_format_0).
      unfold stochastic_significand in significand.
      destruct (_ <=? e); injection significand as <- <-.
      + now rewrite F2R_0.
      + rewrite ?Zmod_0_l, ?Z.mul_0_l, !Zdiv_0_l.
        rewrite (proj2 (Z.ltb_ge _ _)) by exact u_ge_0; now rewrite F2R_0.
    - pose proof (significand_correct k u (Z.abs m) e u_ge_0 ltac:(lia)) as correct.
      rewrite significand in correct.
      destruct (Z.ltb_spec m 0) as [negative|positive]; cbn [cond_Zopp].
      + rewrite Z.abs_neq, F2R_Zopp, stochastic_opp in correct by lia.
        rewrite F2R_Zopp; lra.
      + now rewrite Z.abs_eq in correct by lia. }
  assert (format : generic_format radix2 gf16_exp r).
  { destruct (stochastic_support k u (F2R (Float radix2 m e))) as [[support|support] _];
      unfold r; rewrite support; apply generic_format_round; typeclasses eauto. }
  pose proof (binary_normalize_correct 10 32 _ _ mode_NE
                (cond_Zopp (m <? 0) n) q (m <? 0)) as correct.
  cbv zeta in correct; rewrite <- value in correct.
  rewrite round_generic in correct by (typeclasses eauto || exact format).
  destruct (Rlt_bool (Rabs r) (bpow radix2 32)); [|exact correct].
  now destruct correct as (result & finite & _).
Qed.
