(** * The order of values is the order of codes

    [order_key c]       the code as a signed number: sign and magnitude

    [compare_key]       floats but NaN compare as their keys
    [compare_of_code]   the same from codes, infinities included
    [order_finite]      finite codes: values are ordered as the keys
    [order_positive], [order_negative]   codes of one sign, as unsigned numbers *)

From Coq Require Import ZArith Reals Bool Lia Lra SpecFloat.
From Flocq Require Import Core BinarySingleNaN.
From GoldenFloat Require Import Format.
Open Scope Z_scope.

Definition order_key (c : Z) : Z := if c <? 32768 then c else 32768 - c.

Lemma order_key_sign (s : bool) n :
  0 <= n < 32768 ->
  order_key ((if s then 32768 else 0) + n) = if s then - n else n.
Proof.
  intro n_range; unfold order_key.
  destruct s; [rewrite (proj2 (Z.ltb_ge _ _))|rewrite (proj2 (Z.ltb_lt _ _))]; lia.
Qed.

Lemma order_key_finite s m e bound :
  order_key (code (B754_finite s m e bound))
  = if s then - ((e + 39) * 512 + Zpos m) else (e + 39) * 512 + Zpos m.
Proof.
  destruct (finite_bounds m e bound) as (e_range & m_lt & normal).
  rewrite code_finite, <- Z.add_assoc; apply order_key_sign; lia.
Qed.

Lemma Zcompare_Pos m m' : (m ?= m')%positive = (Zpos m ?= Zpos m').
Proof. reflexivity. Qed.

Lemma compare_magnitude m e m' e' :
  SpecFloat.bounded 10 32 m e = true -> SpecFloat.bounded 10 32 m' e' = true ->
  ((e + 39) * 512 + Zpos m ?= (e' + 39) * 512 + Zpos m')
  = match e ?= e' with Lt => Lt | Gt => Gt | Eq => Zpos m ?= Zpos m' end.
Proof.
  intros bound bound'.
  destruct (finite_bounds m e bound) as (e_range & m_lt & normal).
  destruct (finite_bounds m' e' bound') as (e'_range & m'_lt & normal').
  destruct (Z.compare_spec e e') as [same|less|more].
  - subst e'; destruct (Z.compare_spec (Zpos m) (Zpos m'));
      [apply Z.compare_eq_iff|apply Z.compare_lt_iff|apply Z.compare_gt_iff]; lia.
  - apply Z.compare_lt_iff; lia.
  - apply Z.compare_gt_iff; lia.
Qed.

Lemma compare_opp a b : (- a ?= - b) = CompOpp (a ?= b).
Proof. now rewrite <- Z.compare_antisym, Z.compare_opp. Qed.

Theorem compare_key (x y : gf16) :
  is_nan x = false -> is_nan y = false ->
  Bcompare x y = Some (order_key (code x) ?= order_key (code y)).
Proof.
  intros x_num y_num.
  destruct x as [s|s| |s m e bound]; try discriminate x_num;
    destruct y as [s'|s'| |s' m' e' bound']; try discriminate y_num;
    rewrite ?order_key_finite.
  all: try (destruct (finite_bounds m e bound) as (e_range & m_lt & _)).
  all: try (destruct (finite_bounds m' e' bound') as (e'_range & m'_lt & _)).
  all: cbv [Bcompare B2SF SFcompare].
  - now destruct s, s'.
  - now destruct s, s'.
  - replace (order_key (code (B754_zero s))) with 0 by now destruct s.
    destruct s'; apply f_equal, eq_sym; [apply Z.compare_gt_iff|apply Z.compare_lt_iff]; lia.
  - now destruct s, s'.
  - now destruct s, s'.
  - replace (order_key (code (B754_infinity s))) with (if s then - 32256 else 32256)
      by now destruct s.
    destruct s, s'; apply f_equal, eq_sym;
      first [apply Z.compare_lt_iff; lia|apply Z.compare_gt_iff; lia].
  - replace (order_key (code (B754_zero s'))) with 0 by now destruct s'.
    destruct s; apply f_equal, eq_sym; [apply Z.compare_lt_iff|apply Z.compare_gt_iff]; lia.
  - replace (order_key (code (B754_infinity s'))) with (if s' then - 32256 else 32256)
      by now destruct s'.
    destruct s, s'; apply f_equal, eq_sym;
      first [apply Z.compare_lt_iff; lia|apply Z.compare_gt_iff; lia].
  - destruct s, s'; try (apply f_equal, eq_sym;
      first [apply Z.compare_lt_iff; lia|apply Z.compare_gt_iff; lia]).
    + rewrite compare_opp, compare_magnitude by assumption.
      now destruct (e ?= e').
    + rewrite compare_magnitude by assumption; now destruct (e ?= e').
Qed.

Theorem compare_of_code c d :
  0 <= c < 65536 -> 0 <= d < 65536 ->
  is_nan (of_code c) = false -> is_nan (of_code d) = false ->
  Bcompare (of_code c) (of_code d) = Some (order_key c ?= order_key d).
Proof.
  intros c_range d_range c_num d_num.
  rewrite compare_key, !code_of_code by assumption; reflexivity.
Qed.

(** ** Finite codes: those with an exponent field below 63 *)

Lemma is_finite_of_code c :
  0 <= c < 65536 -> is_finite (of_code c) = (c mod 32768 <? 0x7E00).
Proof.
  intro c_range.
  destruct (is_nan (of_code c)) eqn:nan.
  - transitivity false; [now destruct (of_code c)|].
    rewrite is_nan_of_code in nan; apply andb_prop in nan as [field _].
    apply Z.eqb_eq in field; symmetry; apply Z.ltb_ge.
    pose proof (Z.div_mod c 512); pose proof (Z.div_mod (c / 512) 64).
    pose proof (Z.mod_pos_bound c 512).
    pose proof (Z.div_mod c 32768); pose proof (Z.mod_pos_bound c 32768); lia.
  - rewrite <- (code_of_code c c_range nan) at 2.
    destruct (of_code c) as [s|s| |s m e bound]; try discriminate nan; try now destruct s.
    destruct (finite_bounds m e bound) as (e_range & m_lt & _).
    rewrite code_finite; symmetry; apply Z.ltb_lt.
    destruct s.
    + replace (32768 + (e + 39) * 512 + Zpos m)
        with ((e + 39) * 512 + Zpos m + 1 * 32768) by ring.
      rewrite Z_mod_plus_full, Z.mod_small; lia.
    + rewrite Z.mod_small; lia.
Qed.

Theorem order_finite c d :
  0 <= c < 65536 -> 0 <= d < 65536 ->
  is_finite (of_code c) = true -> is_finite (of_code d) = true ->
  (B2R (of_code c) < B2R (of_code d))%R <-> order_key c < order_key d.
Proof.
  intros c_range d_range c_fin d_fin.
  assert (not_nan : forall x : gf16, is_finite x = true -> is_nan x = false)
    by now intros [].
  pose proof (compare_of_code c d c_range d_range
                (not_nan _ c_fin) (not_nan _ d_fin)) as keys.
  rewrite Bcompare_correct in keys by assumption; injection keys as keys.
  split; intro lt.
  - rewrite Rcompare_Lt in keys by exact lt.
    now apply Z.compare_lt_iff.
  - rewrite (proj2 (Z.compare_lt_iff _ _) lt) in keys.
    now apply Rcompare_Lt_inv.
Qed.

Theorem order_positive c d :
  0 <= c <= 0x7DFF -> 0 <= d <= 0x7DFF ->
  (B2R (of_code c) < B2R (of_code d))%R <-> c < d.
Proof.
  intros c_range d_range.
  rewrite order_finite by
    (try rewrite is_finite_of_code, Z.mod_small by lia; try apply Z.ltb_lt; lia).
  unfold order_key; rewrite !(proj2 (Z.ltb_lt _ _)) by lia; reflexivity.
Qed.

Theorem order_negative c d :
  0x8000 <= c <= 0xFDFF -> 0x8000 <= d <= 0xFDFF ->
  (B2R (of_code c) < B2R (of_code d))%R <-> d < c.
Proof.
  intros c_range d_range.
  assert (finite : forall n, 0x8000 <= n <= 0xFDFF -> is_finite (of_code n) = true).
  { intros n n_range; rewrite is_finite_of_code by lia.
    replace n with (n - 32768 + 1 * 32768) by ring.
    rewrite Z_mod_plus_full, Z.mod_small by lia; apply Z.ltb_lt; lia. }
  rewrite order_finite by (try apply finite; lia).
  unfold order_key; rewrite !(proj2 (Z.ltb_ge _ _)) by lia; lia.
Qed.
