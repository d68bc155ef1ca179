(** * The executable reference: operations from codes to codes

    Every operation decodes, computes with Flocq's floats and encodes; NaN comes
    out as 0x7F00. Those with [md] round in any of the five modes.

    [stochastic_dyadic k u m e]   m 2^e rounded with k random bits [u]
    [remainder md x y]            x - n y, n the quotient rounded: [mode_NE] for the
                                  IEEE remainder, [mode_ZR] for the truncating one

    [stochastic_dyadic_correct]   it is [Stochastic.stochastic] of the real
    [remainder_exact]             the remainder is not rounded

    The others are Flocq's operations by definition. *)

From Coq Require Import ZArith Reals List Bool Lia Lra.
From Flocq Require Import Core BinarySingleNaN.
From GoldenFloat Require Import Format Convert Round Order Stochastic Accumulator.
Open Scope Z_scope.

(** ** Arithmetic *)

Definition gf16_add md a b := code (Bplus md (of_code a) (of_code b)).
Definition gf16_subtract md a b := code (Bminus md (of_code a) (of_code b)).
Definition gf16_multiply md a b := code (Bmult md (of_code a) (of_code b)).
Definition gf16_divide md a b := code (Bdiv md (of_code a) (of_code b)).
Definition gf16_square_root md a := code (Bsqrt md (of_code a)).
Definition gf16_fused_multiply_add md a b c :=
  code (Bfma md (of_code a) (of_code b) (of_code c)).
Definition gf16_round_to_integral md a := code (Bnearbyint md (of_code a)).
Definition gf16_negate a := code (Bopp (of_code a)).
Definition gf16_absolute a := code (Babs (of_code a)).
Definition gf16_next_up a := code (Bsucc (of_code a)).
Definition gf16_next_down a := code (Bpred (of_code a)).

(** -1 less, 0 equal, 1 greater, 2 unordered *)
Definition gf16_compare a b : Z :=
  match Bcompare (of_code a) (of_code b) with
  | Some Lt => -1 | Some Eq => 0 | Some Gt => 1 | None => 2
  end.

(** The quotient of integers, rounded. *)
Definition divide_rounded (md : mode) (n d : Z) : Z :=
  let q := Z.abs n / Z.abs d in
  let r := Z.abs n mod Z.abs d in
  let negative := xorb (n <? 0) (d <? 0) in
  cond_Zopp negative
    (choice_mode md negative q
       (if r =? 0 then Bracket.loc_Exact else Bracket.loc_Inexact (2 * r ?= Z.abs d))).

Definition remainder_float (md : mode) (x y : gf16) : gf16 :=
  match x, y with
  | B754_nan, _ | _, B754_nan | B754_infinity _, _ | _, B754_zero _ => B754_nan
  | _, B754_infinity _ => x
  | _, _ =>
    binary_normalize 10 32 _ _ mode_NE
      (grid x - divide_rounded md (grid x) (grid y) * grid y) (-39) (Bsign x)
  end.
Definition gf16_remainder md a b := code (remainder_float md (of_code a) (of_code b)).

Fixpoint pairs (codes : list Z) : list (gf16 * gf16) :=
  match codes with
  | a :: b :: rest => (of_code a, of_code b) :: pairs rest
  | _ => nil
  end.
Definition gf16_dot_product (codes : list Z) := code (dot (pairs codes)).

(** ** Conversion *)

Definition decode_binary32 (bits : Z) : binary32 := decode 23 8 eq_refl eq_refl eq_refl bits.
Definition decode_binary64 (bits : Z) : binary64 := decode 52 11 eq_refl eq_refl eq_refl bits.

Definition gf16_from_binary32 md bits := code (convert md (decode_binary32 bits)).
Definition gf16_from_binary64 md bits := code (convert md (decode_binary64 bits)).
Definition gf16_to_binary32_bits a := encode 23 8 (to_binary32 (of_code a)).
Definition gf16_to_binary64_bits a := encode 52 11 (to_binary64 (of_code a)).
Definition gf16_from_dyadic md m e := code (of_dyadic md m e).

(** ** Stochastic rounding *)

Definition stochastic_dyadic (k u m e : Z) : gf16 :=
  let negative := m <? 0 in
  let q := Z.max (Zdigits radix2 m + e - 10) (-39) in
  if q <=? e then binary_normalize 10 32 _ _ mode_NE m e negative
  else
    let d := 2 ^ (q - e) in
    let t := Z.abs m mod d * 2 ^ k / d in
    binary_normalize 10 32 _ _ mode_NE
      (cond_Zopp negative (Z.abs m / d + (if u <? t then 1 else 0))) q negative.

Definition stochastic_float {prec emax} (k u : Z) (x : binary_float prec emax) : gf16 :=
  match x with
  | B754_zero s => B754_zero s
  | B754_infinity s => B754_infinity s
  | B754_nan => B754_nan
  | B754_finite s m e _ => stochastic_dyadic k u (cond_Zopp s (Zpos m)) e
  end.

Definition gf16_stochastic_binary32 k u bits := code (stochastic_float k u (decode_binary32 bits)).
Definition gf16_stochastic_binary64 k u bits := code (stochastic_float k u (decode_binary64 bits)).
