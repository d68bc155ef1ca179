(** * GF16: 1 sign bit, 6 exponent bits, 9 fraction bits, bias 31

    [gf16]             Flocq's floats of precision 10 and largest exponent 32
    [gf16_exp]         the exponent function of its reals: FLT from 2^-39, 10 bits
    [gf16_round]       rounding of a real to the nearest, ties to even
    [of_code], [code]  16-bit codes to floats and back
    [of_dyadic]        the float nearest to m 2^e, in a given rounding mode

    [of_code_code], [code_of_code], [code_range], [is_nan_of_code]: round trips
    [finite_bounds], [code_finite]: significand, exponent and code of a finite
    [code_one] ... [value_max]: the constants of the format *)

From Coq Require Import ZArith Reals Bool Lia Lra SpecFloat.
From Flocq Require Import Core BinarySingleNaN Bits.
From GoldenFloat Require Export Interchange.
Open Scope Z_scope.

#[global] Instance prec_gt_0_10 : Prec_gt_0 10 := eq_refl.
#[global] Instance prec_lt_emax_10_32 : Prec_lt_emax 10 32 := eq_refl.

Definition gf16 := binary_float 10 32.
Notation gf16_exp := (FLT_exp (-39) 10).
#[global] Instance exists_NE_gf16 : Exists_NE radix2 gf16_exp :=
  exists_NE_FLT radix2 (-39) 10 (or_intror eq_refl).
Notation gf16_round := (round radix2 gf16_exp ZnearestE).

Definition of_code (c : Z) : gf16 := decode 9 6 eq_refl eq_refl eq_refl c.
Definition code (x : gf16) : Z := encode 9 6 x.
Definition of_dyadic (md : mode) (m e : Z) : gf16 :=
  binary_normalize 10 32 _ _ md m e false.

(** ** Round trips *)

Theorem of_code_code (x : gf16) : of_code (code x) = x.
Proof. exact (decode_encode 9 6 _ _ _ x). Qed.

Theorem code_of_code c :
  0 <= c < 65536 -> is_nan (of_code c) = false -> code (of_code c) = c.
Proof. exact (encode_decode 9 6 _ _ _ c). Qed.

Theorem code_range (x : gf16) : 0 <= code x < 65536.
Proof. exact (encode_range 9 6 eq_refl eq_refl x). Qed.

Theorem code_inj (x y : gf16) : code x = code y -> x = y.
Proof. exact (encode_inj 9 6 eq_refl eq_refl eq_refl x y). Qed.

(** The NaN codes; all of them encode again as 0x7F00. *)
Theorem is_nan_of_code c :
  is_nan (of_code c) = (c / 512 mod 64 =? 63) && negb (c mod 512 =? 0).
Proof. exact (is_nan_decode 9 6 _ _ _ c). Qed.

Theorem code_nan : code (B754_nan : gf16) = 0x7F00.
Proof. reflexivity. Qed.

Theorem of_code_nan : of_code 0x7F00 = B754_nan.
Proof. exact (of_code_code B754_nan). Qed.

(** ** Constants *)

Theorem of_code_infinity (s : bool) :
  of_code (if s then 0xFE00 else 0x7E00) = B754_infinity s.
Proof.
  destruct s.
  - exact (of_code_code (B754_infinity true)).
  - exact (of_code_code (B754_infinity false)).
Qed.

Theorem of_code_zero (s : bool) : of_code (if s then 0x8000 else 0x0000) = B754_zero s.
Proof.
  destruct s.
  - exact (of_code_code (B754_zero true)).
  - exact (of_code_code (B754_zero false)).
Qed.

(** The value of a code whose float computes to (-1)^s m 2^e. *)
Lemma value_of_code c s m e :
  B2SF (of_code c) = S754_finite s m e ->
  B2R (of_code c) = F2R (Float radix2 (cond_Zopp s (Zpos m)) e).
Proof. intro sf; now rewrite <- SF2R_B2SF, sf. Qed.

Ltac value_of_code :=
  erewrite value_of_code by (vm_compute; reflexivity);
  unfold F2R; simpl; try lra.

Theorem value_one : B2R (of_code 0x3E00) = 1%R.
Proof. value_of_code. Qed.

Theorem value_max : B2R (of_code 0x7DFF) = 4290772992%R.
Proof. value_of_code. Qed.

Theorem value_min_normal : B2R (of_code 0x0200) = bpow radix2 (-30).
Proof. value_of_code. Qed.

Theorem value_min_subnormal : B2R (of_code 0x0001) = bpow radix2 (-39).
Proof. value_of_code. Qed.

Theorem code_one : code Bone = 0x3E00.
Proof. reflexivity. Qed.

Theorem code_max : code Bmax_float = 0x7DFF.
Proof. reflexivity. Qed.

(** ** Significand and exponent of a finite float *)

Lemma finite_bounds m e :
  SpecFloat.bounded 10 32 m e = true ->
  -39 <= e <= 22 /\ Zpos m < 1024 /\ (512 <= Zpos m \/ e = -39).
Proof.
  intros bound; destruct (andb_prop _ _ bound) as [canonical e_le].
  apply Zle_bool_imp_le in e_le; apply Zeq_bool_eq in canonical.
  rewrite Zpos_digits2_pos in canonical.
  unfold fexp in canonical; change (emin 10 32) with (-39) in canonical.
  assert (digits_le : Zdigits radix2 (Zpos m) <= 10) by lia.
  pose proof (Zpower_gt_Zdigits radix2 10 (Zpos m) digits_le) as m_lt.
  change (Zpower radix2 10) with 1024 in m_lt; rewrite Z.abs_eq in m_lt by lia.
  split; [lia|split; [exact m_lt|]].
  destruct (Z.eq_dec e (-39)) as [least|above]; [now right|left].
  assert (digits : Zdigits radix2 (Zpos m) = 10) by lia.
  pose proof (Zpower_le_Zdigits radix2 9 (Zpos m)) as m_ge.
  rewrite digits, Z.abs_eq in m_ge by lia; apply m_ge; lia.
Qed.

(** The exponent field and the fraction are one number: (e + 39) 2^9 + m. *)
Theorem code_finite s m e bound :
  code (B754_finite s m e bound) =
  (if s then 32768 else 0) + (e + 39) * 512 + Zpos m.
Proof.
  destruct (finite_bounds m e bound) as (e_range & m_lt & normal).
  unfold code, encode; change (2 ^ 9) with 512; change (emin (9 + 1) (2 ^ (6 - 1))) with (-39).
  unfold join_bits; rewrite !Z.shiftl_mul_pow2 by easy.
  change (2 ^ 9) with 512; change (Zpower 2 6) with 64.
  destruct (Zle_bool_spec 0 (Zpos m - 512)) as [m_ge|m_small]; destruct s; lia.
Qed.
