(** * Conversion between formats

    [convert md x]          [x] rounded to another precision and range
    [to_binary32], [of_binary32], [to_binary64], [of_binary64]

    [convert_correct]       conversion is one rounding, the sign is kept
    [to_binary32_exact]     GF16 is contained in binary32, signs included
    [to_binary64_exact]     and in binary64
    [of_to_binary32], [of_to_binary64]   there and back is the identity
    [binary64_via_binary32_wrong]   narrowing a binary64 in two steps is wrong *)

From Coq Require Import ZArith Reals Bool Lia Lra.
From Flocq Require Import Core BinarySingleNaN.
From GoldenFloat Require Import Format.
Open Scope R_scope.

Notation binary32 := (binary_float 24 128).
Notation binary64 := (binary_float 53 1024).
Notation binary32_exp := (FLT_exp (-149) 24).
Notation binary64_exp := (FLT_exp (-1074) 53).

#[global] Instance prec_gt_0_24 : Prec_gt_0 24 := eq_refl.
#[global] Instance prec_lt_emax_24_128 : Prec_lt_emax 24 128 := eq_refl.
#[global] Instance prec_gt_0_53 : Prec_gt_0 53 := eq_refl.
#[global] Instance prec_lt_emax_53_1024 : Prec_lt_emax 53 1024 := eq_refl.

Section Convert.

Context {prec emax prec' emax' : Z}.
Context {prec_gt_0' : Prec_gt_0 prec'} {prec_lt_emax' : Prec_lt_emax prec' emax'}.
Notation exp' := (SpecFloat.fexp prec' emax').

Definition convert (md : mode) (x : binary_float prec emax) : binary_float prec' emax' :=
  match x with
  | B754_zero s => B754_zero s
  | B754_infinity s => B754_infinity s
  | B754_nan => B754_nan
  | B754_finite s m e _ =>
    binary_normalize prec' emax' _ _ md (cond_Zopp s (Zpos m)) e s
  end.

Lemma Bsign_B2R (x : binary_float prec emax) :
  is_finite x = true ->
  Bsign x = match Rcompare (B2R x) 0 with Eq => Bsign x | Lt => true | Gt => false end.
Proof.
  destruct x as [s|s| |s m e bound]; intro finite; try discriminate finite.
  - simpl; now rewrite Rcompare_Eq.
  - destruct s; simpl.
    + rewrite Rcompare_Lt; [reflexivity|now apply F2R_lt_0].
    + rewrite Rcompare_Gt; [reflexivity|now apply F2R_gt_0].
Qed.

Theorem convert_correct md x :
  is_finite x = true ->
  let r := round radix2 exp' (round_mode md) (B2R x) in
  if Rlt_bool (Rabs r) (bpow radix2 emax')
  then B2R (convert md x) = r /\ is_finite (convert md x) = true
       /\ Bsign (convert md x) = Bsign x
  else B2SF (convert md x) = binary_overflow prec' emax' md (Bsign x).
Proof.
  intros finite r; subst r.
  destruct x as [s|s| |s m e bound]; try discriminate finite.
  - simpl; rewrite round_0, Rabs_R0, Rlt_bool_true by
      (apply bpow_gt_0 || typeclasses eauto); auto.
  - rewrite (Bsign_B2R (B754_finite s m e bound)) by reflexivity.
    pose proof (binary_normalize_correct prec' emax' _ _ md (cond_Zopp s (Zpos m)) e s)
      as correct.
    cbv zeta in correct; simpl B2R; simpl Bsign; unfold convert.
    destruct (Rlt_bool _ _); [exact correct|].
    rewrite correct; f_equal; destruct s.
    + rewrite Rlt_bool_true, Rcompare_Lt; try reflexivity; now apply F2R_lt_0.
    + rewrite Rlt_bool_false, Rcompare_Gt; try reflexivity;
        [now apply F2R_gt_0|apply Rlt_le; now apply F2R_gt_0].
Qed.

Lemma convert_finite md x :
  generic_format radix2 exp' (B2R x) -> Rabs (B2R x) < bpow radix2 emax' ->
  is_finite x = true ->
  B2R (convert md x) = B2R x /\ is_finite (convert md x) = true
  /\ Bsign (convert md x) = Bsign x.
Proof.
  intros format range finite.
  pose proof (convert_correct md x finite) as correct; cbv zeta in correct.
  rewrite round_generic, Rlt_bool_true in correct by
    (exact format || exact range || typeclasses eauto).
  exact correct.
Qed.

End Convert.

Definition to_binary32 (x : gf16) : binary32 := convert mode_NE x.
Definition of_binary32 (x : binary32) : gf16 := convert mode_NE x.
Definition to_binary64 (x : gf16) : binary64 := convert mode_NE x.
Definition of_binary64 (x : binary64) : gf16 := convert mode_NE x.

Lemma format_B2R (x : gf16) : FLT_format radix2 (-39) 10 (B2R x).
Proof. exact (FLT_format_B2R 10 32 _ x). Qed.

Lemma format_wider (emin prec : Z) x :
  Prec_gt_0 prec -> (emin <= -39)%Z -> (10 <= prec)%Z ->
  FLT_format radix2 (-39) 10 x -> generic_format radix2 (FLT_exp emin prec) x.
Proof.
  intros prec_gt_0 emin_le prec_ge [f value small least].
  apply generic_format_FLT; exists f; [exact value| |lia].
  apply Z.lt_le_trans with (1 := small); apply Zpower_le; lia.
Qed.

Lemma abs_B2R_lt (x : gf16) (e : Z) : (32 <= e)%Z -> Rabs (B2R x) < bpow radix2 e.
Proof.
  intro large; apply Rlt_le_trans with (bpow radix2 32).
  - exact (abs_B2R_lt_emax 10 32 x).
  - now apply bpow_le.
Qed.

Theorem to_binary32_exact (x : gf16) :
  is_finite x = true ->
  B2R (to_binary32 x) = B2R x /\ is_finite (to_binary32 x) = true
  /\ Bsign (to_binary32 x) = Bsign x.
Proof.
  intro finite; apply convert_finite; [|now apply abs_B2R_lt|exact finite].
  apply (format_wider (-149) 24); [typeclasses eauto|lia|lia|apply format_B2R].
Qed.

Theorem to_binary64_exact (x : gf16) :
  is_finite x = true ->
  B2R (to_binary64 x) = B2R x /\ is_finite (to_binary64 x) = true
  /\ Bsign (to_binary64 x) = Bsign x.
Proof.
  intro finite; apply convert_finite; [|now apply abs_B2R_lt|exact finite].
  apply (format_wider (-1074) 53); [typeclasses eauto|lia|lia|apply format_B2R].
Qed.

Lemma convert_back {prec emax} (y : binary_float prec emax) (x : gf16) :
  B2R y = B2R x /\ is_finite y = true /\ Bsign y = Bsign x ->
  is_finite x = true -> (convert mode_NE y : gf16) = x.
Proof.
  intros (value & finite & sign) x_finite.
  assert (back : B2R (convert mode_NE y : gf16) = B2R y
                 /\ is_finite (convert mode_NE y : gf16) = true
                 /\ Bsign (convert mode_NE y : gf16) = Bsign y).
  { apply convert_finite; rewrite ?value; [|now apply abs_B2R_lt|exact finite].
    exact (generic_format_B2R 10 32 x). }
  destruct back as (value' & finite' & sign').
  apply B2R_Bsign_inj; congruence.
Qed.

Theorem of_to_binary32 (x : gf16) : of_binary32 (to_binary32 x) = x.
Proof.
  destruct (is_finite x) eqn:finite.
  - apply convert_back; [now apply to_binary32_exact|exact finite].
  - now destruct x.
Qed.

Theorem of_to_binary64 (x : gf16) : of_binary64 (to_binary64 x) = x.
Proof.
  destruct (is_finite x) eqn:finite.
  - apply convert_back; [now apply to_binary64_exact|exact finite].
  - now destruct x.
Qed.

(** 1 + 2^-10 + 2^-40 is above the tie; binary32 rounds it onto the tie. *)
Theorem binary64_via_binary32_wrong :
  let x : binary64 := binary_normalize 53 1024 _ _ mode_NE (2 ^ 40 + 2 ^ 30 + 1) (-40) false in
  code (of_binary64 x) = 0x3E01%Z
  /\ code (of_binary32 (convert mode_NE x)) = 0x3E00%Z.
Proof. now vm_compute. Qed.
