(** * + - x / and square root through binary32 are correctly rounded

    Reals: rounding first to binary32, then to GF16, is rounding to GF16.
    [double_round_plus], [double_round_minus], [double_round_mult],
    [double_round_div], [double_round_sqrt]

    Floats: widening to binary32, the operation there, and narrowing give
    Flocq's operation of GF16, bit for bit: overflow, infinities, NaN and
    signed zeros included.
    [plus_binary32], [minus_binary32], [mult_binary32], [div_binary32],
    [sqrt_binary32]

    [no_overflow_binary32]   binary32 itself cannot overflow on the way *)

From Coq Require Import ZArith Reals Bool Lia Lra.
From Flocq Require Import Core BinarySingleNaN Double_rounding.
From GoldenFloat Require Import Format Convert.
Open Scope R_scope.

Notation binary32_round := (round radix2 binary32_exp ZnearestE).

(** ** Reals *)

Section Reals.

Variables x y : gf16.
Notation X := (B2R x).
Notation Y := (B2R y).

Theorem double_round_plus : gf16_round (binary32_round (X + Y)) = gf16_round (X + Y).
Proof. apply round_round_plus_FLT; (reflexivity || lia || apply format_B2R). Qed.

Theorem double_round_minus : gf16_round (binary32_round (X - Y)) = gf16_round (X - Y).
Proof. apply round_round_minus_FLT; (reflexivity || lia || apply format_B2R). Qed.

Theorem double_round_mult : gf16_round (binary32_round (X * Y)) = gf16_round (X * Y).
Proof.
  apply round_round_mult_FLT; (lia || apply format_B2R || typeclasses eauto).
Qed.

Theorem double_round_div :
  Y <> 0 -> gf16_round (binary32_round (X / Y)) = gf16_round (X / Y).
Proof.
  intro nonzero; apply round_round_div_FLT;
    try (reflexivity || lia || apply format_B2R || exact nonzero).
  now exists 1%Z.
Qed.

Theorem double_round_sqrt : gf16_round (binary32_round (sqrt X)) = gf16_round (sqrt X).
Proof. apply round_round_sqrt_FLT; (reflexivity || lia || apply format_B2R). Qed.

End Reals.

(** ** Magnitudes *)

Lemma round_lt_128 z : Rabs z <= bpow radix2 72 ->
  Rabs (binary32_round z) < bpow radix2 128.
Proof.
  intro small; apply Rle_lt_trans with (bpow radix2 72).
  - apply abs_round_le_generic; try typeclasses eauto; [|exact small].
    apply generic_format_bpow; unfold FLT_exp; lia.
  - now apply bpow_lt.
Qed.

Lemma abs_B2R_le_32 (x : gf16) : Rabs (B2R x) <= bpow radix2 32.
Proof. apply Rlt_le, abs_B2R_lt; lia. Qed.

Lemma abs_B2R_ge_39 (x : gf16) : B2R x <> 0 -> bpow radix2 (-39) <= Rabs (B2R x).
Proof.
  destruct x as [s|s| |s m e bound]; intro nonzero; try now contradict nonzero.
  exact (abs_B2R_ge_emin 10 32 (B754_finite s m e bound) eq_refl).
Qed.

Theorem no_overflow_binary32 (x y : gf16) :
  Rabs (binary32_round (B2R x + B2R y)) < bpow radix2 128 /\
  Rabs (binary32_round (B2R x - B2R y)) < bpow radix2 128 /\
  Rabs (binary32_round (B2R x * B2R y)) < bpow radix2 128 /\
  (B2R y <> 0 -> Rabs (binary32_round (B2R x / B2R y)) < bpow radix2 128).
Proof.
  pose proof (abs_B2R_le_32 x) as x_le; pose proof (abs_B2R_le_32 y) as y_le.
  assert (sum : bpow radix2 32 + bpow radix2 32 <= bpow radix2 72) by (simpl; lra).
  split; [|split; [|split; [|intro nonzero]]]; apply round_lt_128.
  - pose proof (Rabs_triang (B2R x) (B2R y)); lra.
  - pose proof (Rabs_triang (B2R x) (- B2R y)) as triangle; rewrite Rabs_Ropp in triangle.
    unfold Rminus; lra.
  - rewrite Rabs_mult; apply Rle_trans with (bpow radix2 (32 + 32)).
    + rewrite bpow_plus; apply Rmult_le_compat; (apply Rabs_pos || assumption).
    + now apply bpow_le.
  - unfold Rdiv; rewrite Rabs_mult, Rabs_inv.
    apply Rle_trans with (bpow radix2 (32 + 39)); [|now apply bpow_le].
    rewrite bpow_plus; apply Rmult_le_compat;
      try (apply Rabs_pos || apply Rlt_le, Rinv_0_lt_compat, Rabs_pos_lt || assumption);
      try assumption.
    change (bpow radix2 39) with (bpow radix2 (- (-39))); rewrite bpow_opp.
    apply Rinv_le; [apply bpow_gt_0|now apply abs_B2R_ge_39].
Qed.

(** ** Floats

    A finite binary32 [r] that is the rounding of [z], where the rounding of [z]
    is innocuous, narrows to the float that is the direct rounding of [z]. *)

Lemma narrow (r : binary32) (d : gf16) (z : R) :
  is_finite r = true ->
  B2R r = binary32_round z ->
  gf16_round (binary32_round z) = gf16_round z ->
  (if Rlt_bool (Rabs (gf16_round z)) (bpow radix2 32)
   then B2R d = gf16_round z /\ is_finite d = true /\ Bsign d = Bsign r
   else B2SF d = binary_overflow 10 32 mode_NE (Bsign r)) ->
  of_binary32 r = d.
Proof.
  intros finite value innocuous direct.
  pose proof (convert_correct (prec' := 10) (emax' := 32) mode_NE r finite) as narrowed.
  cbv zeta in narrowed; simpl round_mode in narrowed.
  rewrite value in narrowed.
  change (round radix2 (SpecFloat.fexp 10 32)) with (round radix2 gf16_exp) in narrowed.
  rewrite innocuous in narrowed; fold (of_binary32 r) in narrowed.
  destruct (Rlt_bool _ _).
  - destruct narrowed as (value' & finite' & sign'), direct as (value'' & finite'' & sign'').
    apply B2R_Bsign_inj; congruence.
  - apply B2SF_inj; congruence.
Qed.

Lemma to_binary32_not_finite (x : gf16) :
  is_finite x = false ->
  to_binary32 x = match x with B754_infinity s => B754_infinity s | _ => B754_nan end.
Proof. now destruct x. Qed.

(** A finite number stays zero or stays nonzero. *)
Lemma to_binary32_finite s m e bound :
  exists m' e' bound',
  to_binary32 (B754_finite s m e bound) = B754_finite s m' e' bound'.
Proof.
  destruct (to_binary32_exact (B754_finite s m e bound) eq_refl) as (value & finite & sign).
  destruct (to_binary32 _) as [s'|s'| |s' m' e' bound'];
    try discriminate finite; simpl in sign.
  - exfalso; symmetry in value; revert value; simpl; apply F2R_neq_0; now destruct s.
  - exists m', e', bound'; now rewrite <- sign.
Qed.

Ltac widen_finite :=
  repeat match goal with
  | |- context [to_binary32 (B754_finite ?s ?m ?e ?b)] =>
    let m' := fresh m in let e' := fresh e in let b' := fresh b in
    let wide := fresh "wide" in
    destruct (to_binary32_finite s m e b) as (m' & e' & b' & wide); rewrite wide;
    clear wide
  end.

(** All cases but finite operands; there both sides compute. *)
Ltac special := widen_finite; try reflexivity;
  repeat match goal with s : bool |- _ => destruct s end; reflexivity.

Lemma Bsign_cases (x : gf16) :
  is_finite x = true -> if Bsign x then B2R x <= 0 else 0 <= B2R x.
Proof.
  destruct x as [s|s| |s m e bound]; intro finite; try discriminate finite.
  - destruct s; apply Rle_refl.
  - destruct s; [now apply F2R_le_0|now apply F2R_ge_0].
Qed.

(** A sum of like signs has that sign. *)
Lemma sum_sign sx sy X Y :
  (if sx : bool then X <= 0 else 0 <= X) -> (if sy : bool then Y <= 0 else 0 <= Y) ->
  sx = sy ->
  match Rcompare (X + Y) 0 with Eq => andb sx sy | Lt => true | Gt => false end = sx.
Proof.
  intros X_sign Y_sign <-; destruct sx; destruct (Rcompare_spec (X + Y) 0);
    try reflexivity; lra.
Qed.

Theorem plus_binary32 (x y : gf16) :
  of_binary32 (Bplus mode_NE (to_binary32 x) (to_binary32 y)) = Bplus mode_NE x y.
Proof.
  destruct (is_finite x) eqn:x_fin; [destruct (is_finite y) eqn:y_fin|].
  2, 3: destruct x, y; try discriminate; special.
  destruct (to_binary32_exact x x_fin) as (X & X_fin & X_sign).
  destruct (to_binary32_exact y y_fin) as (Y & Y_fin & Y_sign).
  pose proof (Bplus_correct 24 128 _ _ mode_NE _ _ X_fin Y_fin) as wide.
  rewrite X, Y, X_sign, Y_sign in wide; simpl round_mode in wide.
  rewrite Rlt_bool_true in wide by apply (no_overflow_binary32 x y).
  destruct wide as (wide_value & wide_finite & wide_sign).
  apply (narrow _ _ (B2R x + B2R y)); try assumption.
  { apply double_round_plus. }
  pose proof (Bplus_correct 10 32 _ _ mode_NE _ _ x_fin y_fin) as direct.
  simpl round_mode in direct; change (SpecFloat.fexp 10 32) with gf16_exp in direct.
  rewrite wide_sign.
  destruct (Rlt_bool _ _) eqn:range; [exact direct|].
  destruct direct as [overflow same_sign]; rewrite overflow; f_equal; symmetry.
  now apply sum_sign; try apply Bsign_cases.
Qed.

Theorem minus_binary32 (x y : gf16) :
  of_binary32 (Bminus mode_NE (to_binary32 x) (to_binary32 y)) = Bminus mode_NE x y.
Proof.
  destruct (is_finite x) eqn:x_fin; [destruct (is_finite y) eqn:y_fin|].
  2, 3: destruct x, y; try discriminate; special.
  destruct (to_binary32_exact x x_fin) as (X & X_fin & X_sign).
  destruct (to_binary32_exact y y_fin) as (Y & Y_fin & Y_sign).
  pose proof (Bminus_correct 24 128 _ _ mode_NE _ _ X_fin Y_fin) as wide.
  rewrite X, Y, X_sign, Y_sign in wide; simpl round_mode in wide.
  rewrite Rlt_bool_true in wide by apply (no_overflow_binary32 x y).
  destruct wide as (wide_value & wide_finite & wide_sign).
  apply (narrow _ _ (B2R x - B2R y)); try assumption.
  { apply double_round_minus. }
  pose proof (Bminus_correct 10 32 _ _ mode_NE _ _ x_fin y_fin) as direct.
  simpl round_mode in direct; change (SpecFloat.fexp 10 32) with gf16_exp in direct.
  rewrite wide_sign.
  destruct (Rlt_bool _ _) eqn:range; [exact direct|].
  destruct direct as [overflow other_sign]; rewrite overflow; f_equal; symmetry.
  apply sum_sign; [now apply Bsign_cases| |exact other_sign].
  pose proof (Bsign_cases y y_fin) as y_sign; destruct (Bsign y); simpl; lra.
Qed.

Theorem mult_binary32 (x y : gf16) :
  of_binary32 (Bmult mode_NE (to_binary32 x) (to_binary32 y)) = Bmult mode_NE x y.
Proof.
  destruct (is_finite x) eqn:x_fin; [destruct (is_finite y) eqn:y_fin|].
  2, 3: destruct x, y; try discriminate; special.
  destruct (to_binary32_exact x x_fin) as (X & X_fin & X_sign).
  destruct (to_binary32_exact y y_fin) as (Y & Y_fin & Y_sign).
  pose proof (Bmult_correct 24 128 _ _ mode_NE (to_binary32 x) (to_binary32 y)) as wide.
  rewrite X, Y, X_sign, Y_sign, X_fin, Y_fin in wide; simpl round_mode in wide.
  rewrite Rlt_bool_true in wide by apply (no_overflow_binary32 x y).
  destruct wide as (wide_value & wide_finite & wide_sign).
  assert (not_nan : forall p e (z : binary_float p e), is_finite z = true -> is_nan z = false)
    by now intros ? ? [].
  specialize (wide_sign (not_nan _ _ _ wide_finite)).
  apply (narrow _ _ (B2R x * B2R y)); try assumption.
  { apply double_round_mult. }
  pose proof (Bmult_correct 10 32 _ _ mode_NE x y) as direct.
  simpl round_mode in direct; change (SpecFloat.fexp 10 32) with gf16_exp in direct.
  rewrite wide_sign.
  destruct (Rlt_bool _ _) eqn:range; [|exact direct].
  rewrite x_fin, y_fin in direct; destruct direct as (value & finite & sign).
  split; [exact value|split; [exact finite|exact (sign (not_nan _ _ _ finite))]].
Qed.

Theorem div_binary32 (x y : gf16) :
  of_binary32 (Bdiv mode_NE (to_binary32 x) (to_binary32 y)) = Bdiv mode_NE x y.
Proof.
  destruct (is_finite x) eqn:x_fin; [destruct (is_finite_strict y) eqn:y_fin|].
  2, 3: destruct x, y; try discriminate; special.
  assert (y_finite : is_finite y = true) by now destruct y.
  assert (nonzero : B2R y <> 0).
  { destruct y as [| | |s m e bound]; try discriminate; simpl.
    apply F2R_neq_0; now destruct s. }
  destruct (to_binary32_exact x x_fin) as (X & X_fin & X_sign).
  destruct (to_binary32_exact y y_finite) as (Y & Y_fin & Y_sign).
  pose proof (Bdiv_correct 24 128 _ _ mode_NE (to_binary32 x) (to_binary32 y)) as wide.
  rewrite X, Y, X_sign, Y_sign, X_fin in wide; specialize (wide nonzero).
  simpl round_mode in wide.
  rewrite Rlt_bool_true in wide by now apply (no_overflow_binary32 x y).
  destruct wide as (wide_value & wide_finite & wide_sign).
  assert (not_nan : forall p e (z : binary_float p e), is_finite z = true -> is_nan z = false)
    by now intros ? ? [].
  specialize (wide_sign (not_nan _ _ _ wide_finite)).
  apply (narrow _ _ (B2R x / B2R y)); try assumption.
  { now apply double_round_div. }
  pose proof (Bdiv_correct 10 32 _ _ mode_NE x y nonzero) as direct.
  simpl round_mode in direct; change (SpecFloat.fexp 10 32) with gf16_exp in direct.
  rewrite wide_sign.
  destruct (Rlt_bool _ _) eqn:range; [|exact direct].
  rewrite x_fin in direct; destruct direct as (value & finite & sign).
  split; [exact value|split; [exact finite|exact (sign (not_nan _ _ _ finite))]].
Qed.

Theorem sqrt_binary32 (x : gf16) :
  of_binary32 (Bsqrt mode_NE (to_binary32 x)) = Bsqrt mode_NE x.
Proof.
  destruct (is_finite_strict x && negb (Bsign x)) eqn:positive.
  2: { destruct x as [s|s| |s m e bound]; try destruct s; try discriminate; special. }
  assert (x_fin : is_finite x = true) by now destruct x.
  destruct (to_binary32_exact x x_fin) as (X & X_fin & X_sign).
  pose proof (Bsqrt_correct 24 128 _ _ mode_NE (to_binary32 x))
    as (wide_value & wide_finite & wide_sign).
  pose proof (Bsqrt_correct 10 32 _ _ mode_NE x) as (value & finite & sign).
  destruct x as [s|s| |[|] m e bound]; try discriminate positive.
  destruct (to_binary32_finite false m e bound) as (m' & e' & bound' & wide).
  rewrite X in wide_value; rewrite X_sign in wide_sign.
  rewrite wide in wide_finite at 2.
  assert (not_nan : forall p e (z : binary_float p e), is_finite z = true -> is_nan z = false)
    by now intros ? ? [].
  apply (narrow _ _ (sqrt (B2R (B754_finite false m e bound)))); try assumption.
  { apply double_round_sqrt. }
  rewrite Rlt_bool_true.
  - split; [exact value|split; [exact finite|]].
    now rewrite sign, wide_sign by now apply not_nan.
  - change (gf16_round (sqrt (B2R (B754_finite false m e bound))))
      with (round radix2 (SpecFloat.fexp 10 32) (round_mode mode_NE)
              (sqrt (B2R (B754_finite false m e bound)))).
    rewrite <- value; exact (abs_B2R_lt_emax 10 32 _).
Qed.
