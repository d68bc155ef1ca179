(** * The executable reference: operations from codes to codes

    Every operation decodes, computes with Flocq's floats and encodes; NaN comes
    out as 0x7F00. Those with [md] round in any of the five modes. What they mean
    is proved where the float operations are: [Arith], [Fma], [Round],
    [Remainder], [Accumulator], [StochasticDyadic].

    [gf16_compare_key]   comparison is that of the keys, NaN apart *)

From Coq Require Import ZArith List Bool.
From Flocq Require Import Core BinarySingleNaN.
From GoldenFloat Require Import Format Order Convert.
From GoldenFloat Require Import StochasticDyadic Accumulator Remainder.
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

(** [mode_NE] is the IEEE remainder, [mode_ZR] the truncating one. *)
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

Definition gf16_stochastic_binary32 k u bits :=
  code (stochastic_float k u (decode_binary32 bits)).
Definition gf16_stochastic_binary64 k u bits :=
  code (stochastic_float k u (decode_binary64 bits)).

(** ** Equality and order, from codes alone *)

Theorem gf16_compare_key a b :
  0 <= a < 65536 -> 0 <= b < 65536 ->
  gf16_compare a b =
  if is_nan (of_code a) || is_nan (of_code b) then 2
  else match order_key a ?= order_key b with Lt => -1 | Eq => 0 | Gt => 1 end.
Proof.
  intros a_range b_range; unfold gf16_compare.
  destruct (is_nan (of_code a)) eqn:a_nan; [now destruct (of_code a)|].
  destruct (is_nan (of_code b)) eqn:b_nan.
  - now destruct (of_code a), (of_code b).
  - now rewrite compare_of_code.
Qed.
