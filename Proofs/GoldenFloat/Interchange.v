(** * Interchange encodings: codes and floats with a single NaN

    [decode mw ew c]   the float of code [c]: 1 sign bit, [ew] exponent bits,
                       [mw] fraction bits, IEEE 754 (Flocq's [Bits], its NaN
                       payloads erased)
    [encode mw ew x]   the code of [x]; NaN goes to [nan_code mw ew]

    [decode_encode]    decode after encode is the identity
    [encode_decode]    encode after decode is the identity but on NaN codes
    [is_nan_decode]    which codes are NaN: [mw] low bits not 0, exponent all ones
    [encode_range]     every code has [mw + ew + 1] bits *)

From Coq Require Import ZArith Bool Lia SpecFloat.
From Flocq Require Import Core BinarySingleNaN Bits.
From Flocq Require Binary.
Open Scope Z_scope.

Section Interchange.

Variables mw ew : Z.
Hypothesis mw_gt_0 : 0 < mw.
Hypothesis ew_gt_0 : 0 < ew.
Hypothesis prec_lt_emax : mw + 1 < 2 ^ (ew - 1).

Notation prec := (mw + 1).
Notation emax := (2 ^ (ew - 1)).
Notation float := (binary_float prec emax).
Notation of_bits := (binary_float_of_bits mw ew mw_gt_0 ew_gt_0 prec_lt_emax).

Definition decode (c : Z) : float := Binary.B2BSN _ _ (of_bits c).

(** Positive, quiet, no payload. *)
Definition nan_code : Z := join_bits mw ew false (2 ^ (mw - 1)) (2 ^ ew - 1).

Definition encode (x : float) : Z :=
  match x with
  | B754_zero s => join_bits mw ew s 0 0
  | B754_infinity s => join_bits mw ew s 0 (2 ^ ew - 1)
  | B754_nan => nan_code
  | B754_finite s m e _ =>
    if 0 <=? Zpos m - 2 ^ mw
    then join_bits mw ew s (Zpos m - 2 ^ mw) (e - emin prec emax + 1)
    else join_bits mw ew s (Zpos m) 0
  end.

Lemma encode_B2BSN x :
  Binary.is_nan _ _ x = false ->
  encode (Binary.B2BSN _ _ x) = bits_of_binary_float mw ew x.
Proof. now destruct x. Qed.

Lemma is_nan_B2BSN (x : Binary.binary_float prec emax) :
  is_nan (Binary.B2BSN _ _ x) = Binary.is_nan _ _ x.
Proof. now destruct x. Qed.

Theorem encode_decode c :
  0 <= c < 2 ^ (mw + ew + 1) ->
  is_nan (decode c) = false -> encode (decode c) = c.
Proof.
  intros c_range c_not_nan.
  unfold decode in *; rewrite is_nan_B2BSN in c_not_nan.
  rewrite encode_B2BSN by exact c_not_nan.
  now apply bits_of_binary_float_of_bits.
Qed.

Lemma nan_code_range : 0 <= nan_code < 2 ^ (mw + ew + 1).
Proof.
  assert (0 < 2 ^ ew) by (apply Z.pow_pos_nonneg; lia).
  assert (0 < 2 ^ (mw - 1)) by (apply Z.pow_pos_nonneg; lia).
  assert (2 ^ (mw - 1) < 2 ^ mw) by (apply Z.pow_lt_mono_r; lia).
  apply join_bits_range; lia.
Qed.

Lemma decode_nan_code : decode nan_code = B754_nan.
Proof.
  assert (top : 0 < 2 ^ (mw - 1)) by (apply Z.pow_pos_nonneg; lia).
  assert (top_lt : 2 ^ (mw - 1) < 2 ^ mw) by (apply Z.pow_lt_mono_r; lia).
  assert (ones : 2 <= 2 ^ ew).
  { change 2 with (2 ^ 1) at 1; apply Z.pow_le_mono_r; lia. }
  assert (nan : Binary.B2FF _ _ (of_bits nan_code)
                = binary_float_of_bits_aux mw ew nan_code).
  { apply Binary.B2FF_FF2B. }
  unfold binary_float_of_bits_aux, nan_code in nan.
  rewrite split_join_bits in nan by lia.
  rewrite Zeq_bool_false in nan by (change (Zpower 2 ew) with (2 ^ ew); lia).
  rewrite Zeq_bool_true in nan by reflexivity.
  unfold decode, nan_code.
  destruct (2 ^ (mw - 1)) as [|p|p]; try lia.
  destruct (of_bits _); simpl in nan; try discriminate; reflexivity.
Qed.

Theorem decode_encode x : decode (encode x) = x.
Proof.
  destruct (is_nan x) eqn:x_nan.
  - destruct x; try discriminate; apply decode_nan_code.
  - rewrite <- (Binary.B2BSN_BSN2B' _ _ x x_nan).
    rewrite encode_B2BSN by apply Binary.is_nan_BSN2B'.
    unfold decode; now rewrite binary_float_of_bits_of_binary_float.
Qed.

Theorem encode_range x : 0 <= encode x < 2 ^ (mw + ew + 1).
Proof.
  destruct (is_nan x) eqn:x_nan.
  - destruct x; try discriminate; apply nan_code_range.
  - rewrite <- (Binary.B2BSN_BSN2B' _ _ x x_nan).
    rewrite encode_B2BSN by apply Binary.is_nan_BSN2B'.
    now apply bits_of_binary_float_range.
Qed.

Corollary encode_inj x y : encode x = encode y -> x = y.
Proof.
  intro same; now rewrite <- (decode_encode x), <- (decode_encode y), same.
Qed.

Theorem is_nan_decode c :
  is_nan (decode c) =
  (c / 2 ^ mw mod 2 ^ ew =? 2 ^ ew - 1) && negb (c mod 2 ^ mw =? 0).
Proof.
  assert (ones : 2 <= 2 ^ ew).
  { change 2 with (2 ^ 1) at 1; apply Z.pow_le_mono_r; lia. }
  assert (fraction : 0 <= c mod 2 ^ mw) by (apply Z.mod_pos_bound, Z.pow_pos_nonneg; lia).
  assert (exponent : 0 <= c / 2 ^ mw mod 2 ^ ew) by (apply Z.mod_pos_bound; lia).
  unfold decode; rewrite is_nan_B2BSN.
  replace (Binary.is_nan _ _ (of_bits c))
    with (Binary.is_nan_FF (binary_float_of_bits_aux mw ew c))
    by (symmetry; apply Binary.is_nan_FF2B).
  unfold binary_float_of_bits_aux, split_bits.
  change (Zpower 2 ew) with (2 ^ ew); change (Zpower 2 mw) with (2 ^ mw).
  set (f := c mod 2 ^ mw) in *; set (e := c / 2 ^ mw mod 2 ^ ew) in *.
  destruct (Zeq_bool_spec e 0) as [e_0|_].
  - replace (e =? 2 ^ ew - 1) with false by (symmetry; apply Z.eqb_neq; lia).
    destruct f as [|p|p]; try lia; reflexivity.
  - destruct (Zeq_bool_spec e (2 ^ ew - 1)) as [e_1|e_1].
    + rewrite (proj2 (Z.eqb_eq _ _) e_1).
      destruct f as [|p|p]; try lia; reflexivity.
    + rewrite (proj2 (Z.eqb_neq _ _) e_1).
      assert (0 < 2 ^ mw) by (apply Z.pow_pos_nonneg; lia).
      destruct (f + 2 ^ mw) as [|p|p] eqn:sum; try lia; reflexivity.
Qed.

End Interchange.
