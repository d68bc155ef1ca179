(** Extraction of the oracle to OCaml; Z becomes Zarith's integers. *)

From Coq Require Import Extraction ExtrOcamlBasic ExtrOcamlZBigInt.
From Flocq Require Import BinarySingleNaN.
From GoldenFloat Require Import Oracle Order.

Extraction "reference.ml" mode gf16_add gf16_subtract gf16_multiply gf16_divide
  gf16_square_root gf16_fused_multiply_add gf16_round_to_integral gf16_negate
  gf16_absolute gf16_next_up gf16_next_down gf16_compare order_key gf16_remainder
  gf16_dot_product gf16_from_binary32 gf16_from_binary64 gf16_to_binary32_bits
  gf16_to_binary64_bits gf16_from_dyadic gf16_stochastic_binary32
  gf16_stochastic_binary64.
