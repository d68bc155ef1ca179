(** * Statements of the earlier project that are false

    The specification and the earlier project's theories state the following, as theorems, axioms or
    derivations. Each is refuted here, with what is true instead where there is something to say.

    Learning rates   [lr_not_alpha_over_cube], [lr_not_alpha_over_powers], [lr_band_not_powers],
                     [lr_band_no_guarantee]
    Sizes            [width_not_343], [band_width], [band_edge_not_phi]
    GF16             [gf16_precision_256], [gf16_error_constant], [gf16_error_not_phi], [gf16_not_16_elements]
    Entropy          [entropy_not_always_in_band], [log2_9_not_below_phi_square]
    phi              [phi_plus_inverse], [phi_quintic], [phi_powers], [alpha_square],
                     [alpha_inverse], [lucas_not_unique], [powers_of_two_minus_phi],
                     [alpha_phi_not_algebraic_integer]
    The safety cut   [cut_not_phi_sum], [champion_contradiction] *)

From Coq Require Import ZArith Reals List Lra Lia.
From Flocq Require Import Core.
From GoldenFloat Require Import Format Round Integers.
From Igla Require Import Phi Lucas Logarithm Entropy.
Import ListNotations.
Open Scope R_scope.

(** ** Learning rates *)

(** "lr = alpha_phi / phi^3 = 0.004": it is 0.0279. *)
Theorem lr_not_alpha_over_cube : alpha_phi / phi ^ 3 <> 0.004.
Proof. pose proof alpha_phi_over_cube; lra. Qed.

(** "alpha_phi / phi^4 = 0.002 and alpha_phi / phi^2 = 0.007": they are 0.0172 and 0.0451. *)
Theorem lr_not_alpha_over_powers :
  0.017 < alpha_phi / phi ^ 4 < 0.018 /\ 0.045 < alpha_phi / phi ^ 2 < 0.0452.
Proof.
  pose proof alpha_phi_bounds; pose proof phi_bounds.
  assert (square : 0.381966 < / phi ^ 2 < 0.3819661).
  { rewrite phi_inverse_square; lra. }
  assert (fourth : / phi ^ 4 = / phi ^ 2 * / phi ^ 2).
  { rewrite <- Rinv_mult; f_equal; ring. }
  unfold Rdiv; rewrite fourth; split; split; nra.
Qed.

(** "[0.00265, 0.00901] is [phi^-8, phi^-6]": those are 0.0213 and 0.0557. *)
Theorem lr_band_not_powers :
  0.0212 < / phi ^ 8 < 0.0214 /\ 0.0557 < / phi ^ 6 < 0.0558.
Proof.
  pose proof phi_bounds.
  assert (square : 0.381966 < / phi ^ 2 < 0.38196605).
  { rewrite phi_inverse_square; lra. }
  replace (/ phi ^ 8) with (/ phi ^ 2 * / phi ^ 2 * (/ phi ^ 2 * / phi ^ 2))
    by (rewrite <- !Rinv_mult; f_equal; ring).
  replace (/ phi ^ 6) with (/ phi ^ 2 * / phi ^ 2 * / phi ^ 2)
    by (rewrite <- !Rinv_mult; f_equal; ring).
  set (x := / phi ^ 2) in *; clearbody x.
  assert (0.145898 < x * x < 0.1458981) by nra.
  split; split; nra.
Qed.

(** "A learning rate in the band lowers the loss": not on a steep enough function. *)
Theorem lr_band_no_guarantee : exists lr f df x,
  0.00265 <= lr <= 0.00901 /\ (forall y, f y = 500 * (y * y)) /\ (forall y, df y = 1000 * y)
  /\ f x < f (x - lr * df x).
Proof.
  exists 0.004, (fun y => 500 * (y * y)), (fun y => 1000 * y), 1.
  repeat split; try reflexivity; lra.
Qed.

(** ** Sizes *)

(** "d_model = 3^4 phi^3": that is 343.1, and no width in use. *)
Theorem width_not_343 : 343.12 < 3 ^ 4 * phi ^ 3 < 343.13.
Proof. rewrite phi_cube; pose proof phi_bounds; lra. Qed.

(** "The band [1.5, 2.8] has width 1": 1.3. The one of width 1 is [phi, phi^2]. *)
Theorem band_width : 2.8 - 1.5 = 1.3 /\ phi ^ 2 - phi = 1.
Proof. split; [lra|rewrite phi_square; ring]. Qed.

(** "1.5 = phi - 0.618". *)
Theorem band_edge_not_phi : phi - 0.618 < 1.001.
Proof. pose proof phi_bounds; lra. Qed.

(** ** GF16 *)

(** "256 - phi^-10 = 256". *)
Theorem gf16_precision_256 : 256 - / phi ^ 10 <> 256.
Proof. pose proof (Rinv_0_lt_compat _ (pow_lt phi 10 phi_pos)); lra. Qed.

(** "Every error at every width of 256 or more is below 0.0557", stated of any number. *)
Theorem gf16_error_constant :
  ~ (forall d error : R, 256 <= d -> 0 <= error -> error < 0.0557).
Proof. intro all; pose proof (all 256 1 ltac:(lra) ltac:(lra)); lra. Qed.

(** "The error of GF16 is phi^-6 = 0.0557": one rounding of a normal number is off by its 1024th
    part at most, a 57th of that. *)
Theorem gf16_error_not_phi x : bpow radix2 (-30) <= Rabs x -> x <> 0 ->
  57 * Rabs (gf16_round x - x) < / phi ^ 6 * Rabs x.
Proof.
  intros normal nonzero; pose proof (round_relative_error x normal) as bound.
  pose proof lr_band_not_powers as [_ power]; pose proof (Rabs_pos_lt x nonzero).
  simpl (bpow radix2 (-10)) in bound; nra.
Qed.

(** ** Entropy *)

(** "The entropy of nine states lies in [1.5, 2.8]", of any state. *)
Theorem entropy_not_always_in_band :
  ~ (forall p, distribution p -> length p = 9%nat -> 1.5 <= entropy p <= 2.8).
Proof.
  intro all; destruct (entropy_certain 8) as [certain zero].
  specialize (all _ certain eq_refl); rewrite zero in all; lra.
Qed.

(** "log2 9 <= phi^2". *)
Theorem log2_9_not_below_phi_square : phi ^ 2 < log2 9.
Proof. rewrite phi_square; pose proof phi_bounds; pose proof log2_9_bounds; lra. Qed.

(** ** phi *)

(** "phi + 1/phi = 3": it is sqrt 5. *)
Theorem phi_plus_inverse : phi + / phi = sqrt 5 /\ phi + / phi < 3.
Proof. rewrite phi_inverse; pose proof phi_bounds; split; [unfold phi; field|lra]. Qed.

(** "phi^5 - phi^4 - 4 phi^3 + 3 phi^2 + 3 phi - 1 = 0": it is -1. *)
Theorem phi_quintic : phi ^ 5 - phi ^ 4 - 4 * phi ^ 3 + 3 * phi ^ 2 + 3 * phi - 1 = -1.
Proof.
  replace (phi ^ 5) with (phi ^ 3 * phi ^ 2) by ring.
  replace (phi ^ 4) with (phi ^ 2 * phi ^ 2) by ring.
  rewrite phi_cube, !phi_square; pose proof phi_square; simpl in *; nra.
Qed.

(** "phi^3 = 2 sqrt 5 + 3, phi^4 = 3 sqrt 5 + 5, phi^5 = 5 sqrt 5 + 8". *)
Theorem phi_powers :
  (phi ^ 3 = 2 + sqrt 5 /\ phi ^ 3 <> 2 * sqrt 5 + 3)
  /\ (phi ^ 4 = (7 + 3 * sqrt 5) / 2 /\ phi ^ 4 <> 3 * sqrt 5 + 5)
  /\ (phi ^ 5 = (11 + 5 * sqrt 5) / 2 /\ phi ^ 5 <> 5 * sqrt 5 + 8).
Proof.
  pose proof sqrt_5_bounds.
  assert (third : phi ^ 3 = 2 + sqrt 5) by (rewrite phi_cube; unfold phi; field).
  assert (fourth : phi ^ 4 = (7 + 3 * sqrt 5) / 2).
  { replace (phi ^ 4) with (phi ^ 3 * phi) by ring; rewrite third; unfold phi.
    pose proof sqrt_5_square; lra. }
  assert (fifth : phi ^ 5 = (11 + 5 * sqrt 5) / 2).
  { replace (phi ^ 5) with (phi ^ 4 * phi) by ring; rewrite fourth; unfold phi.
    pose proof sqrt_5_square; lra. }
  rewrite third, fourth, fifth; repeat split; lra.
Qed.

(** "alpha_phi^2 = (3 - sqrt 5) / 8". *)
Theorem alpha_square :
  alpha_phi ^ 2 = (9 - 4 * sqrt 5) / 4 /\ alpha_phi ^ 2 <> (3 - sqrt 5) / 8.
Proof.
  assert (value : alpha_phi ^ 2 = (9 - 4 * sqrt 5) / 4).
  { rewrite alpha_phi_closed; pose proof sqrt_5_square; simpl; lra. }
  rewrite value; pose proof sqrt_5_bounds; split; lra.
Qed.

(** "1 / alpha_phi = 4 sqrt 5 + 6": it is 2 phi^3. *)
Theorem alpha_inverse : / alpha_phi = 2 * phi ^ 3 /\ / alpha_phi <> 4 * sqrt 5 + 6.
Proof.
  assert (value : / alpha_phi = 2 * phi ^ 3).
  { unfold alpha_phi; field; apply Rgt_not_eq, phi_pos. }
  rewrite value, phi_cube; pose proof phi_bounds; pose proof sqrt_5_bounds; split; [ring|lra].
Qed.

(** "phi is the only number above 1 whose even powers and their inverses sum to integers". *)
Theorem lucas_not_unique :
  exists x, 1 < x /\ x <> phi /\ forall n, exists z, x ^ (2 * n) + / x ^ (2 * n) = IZR z.
Proof.
  exists (1 + sqrt 2); pose proof (sqrt_sqrt 2 ltac:(lra)); pose proof (sqrt_pos 2).
  pose proof phi_bounds; assert (1.4 < sqrt 2) by nra.
  repeat split; [lra|lra|apply lucas_closure_not_unique].
Qed.

(** "2^n - phi^-2n is an integer": not at n = 1, where it is phi. *)
Theorem powers_of_two_minus_phi : ~ exists z, 2 ^ 1 - / phi ^ (2 * 1) = IZR z.
Proof.
  intros [z value]; change (2 * 1)%nat with 2%nat in value.
  rewrite phi_inverse_square in value; pose proof phi_bounds.
  assert (1 < z)%Z by (apply lt_IZR; lra).
  assert (z < 2)%Z by (apply lt_IZR; lra); lia.
Qed.

(** ** The safety cut *)

(** "phi^2 + phi^-2 + phi^-4 = 3.472": it is 3.146. *)
Theorem cut_not_phi_sum : 3.1458 < phi ^ 2 + / phi ^ 2 + / phi ^ 4 < 3.1459.
Proof.
  pose proof phi_bounds.
  replace (/ phi ^ 4) with (/ phi ^ 2 * / phi ^ 2) by (rewrite <- Rinv_mult; f_equal; ring).
  rewrite phi_trinity, phi_inverse_square; split; nra.
Qed.

(** "There is a score of at most 2.23 that the threshold 2.65 kills". *)
Theorem champion_contradiction : ~ exists b, b <= 2.23 /\ b > 2.65.
Proof. intros (b & low & high); lra. Qed.

(** ** Numbers and fields *)

(** The polynomial c_0 + c_1 x + ... + x^n, with leading coefficient 1. *)
Fixpoint monic (coefficients : list Z) (x : R) : R :=
  match coefficients with
  | [] => 1
  | c :: rest => IZR c + x * monic rest x
  end.

Lemma monic_at_alpha coefficients : exists a b : Z, Z.odd (a + b) = true
  /\ 2 ^ length coefficients * monic coefficients alpha_phi = IZR a + IZR b * sqrt 5.
Proof.
  induction coefficients as [|c rest (a & b & odd & value)].
  - exists 1%Z, 0%Z; split; [reflexivity|simpl; ring].
  - exists (2 * (2 ^ Z.of_nat (length rest) * c) + (5 * b - 2 * a))%Z, (a - 2 * b)%Z; split.
    + replace (2 * (2 ^ Z.of_nat (length rest) * c) + (5 * b - 2 * a) + (a - 2 * b))%Z
        with ((a + b) + 2 * (2 ^ Z.of_nat (length rest) * c + b - a))%Z by ring.
      now rewrite Z.odd_add_mul_2.
    + cbn [length monic]; rewrite <- tech_pow_Rmult.
      transitivity (2 * (2 ^ length rest * IZR c)
        + 2 * alpha_phi * (2 ^ length rest * monic rest alpha_phi)); [ring|].
      rewrite value, alpha_phi_closed.
      rewrite !plus_IZR, !minus_IZR, !mult_IZR, <- pow_IZR.
      pose proof (sqrt_sqrt 5 ltac:(lra)) as five.
      transitivity (2 * (2 ^ length rest * IZR c) + (sqrt 5 * sqrt 5 * IZR b - 2 * IZR a)
        + (IZR a - 2 * IZR b) * sqrt 5); [field|rewrite five; ring].
Qed.

(** "(sqrt 5 - 2) / 2 is an algebraic integer": no monic polynomial over the integers has it for a root. *)
Theorem alpha_phi_not_algebraic_integer coefficients : monic coefficients alpha_phi <> 0.
Proof.
  intro root; destruct (monic_at_alpha coefficients) as (a & b & odd & value).
  rewrite root, Rmult_0_r in value.
  assert (squares : (a * a = 5 * (b * b))%Z).
  { apply eq_IZR; rewrite !mult_IZR.
    pose proof (sqrt_sqrt 5 ltac:(lra)) as five.
    assert (IZR a = - (IZR b * sqrt 5)) as -> by lra.
    transitivity (IZR b * IZR b * (sqrt 5 * sqrt 5)); [ring|rewrite five; ring]. }
  assert (same : Z.odd (a * a) = Z.odd (5 * (b * b))) by now rewrite squares.
  rewrite !Z.odd_mul in same; rewrite Z.odd_add in odd.
  destruct (Z.odd a), (Z.odd b); simpl in *; discriminate.
Qed.

(** "GF16 is the field of 16 elements": it has more than 16 numbers. *)
Theorem gf16_not_16_elements : exists numbers : list R,
  NoDup numbers /\ length numbers = 17%nat
  /\ Forall (generic_format radix2 gf16_exp) numbers.
Proof.
  exists (map INR (seq 0 17)); split; [|split; [reflexivity|]].
  - apply FinFun.Injective_map_NoDup; [exact INR_eq|apply seq_NoDup].
  - apply Forall_forall; intros x member; apply in_map_iff in member as (n & <- & inside).
    apply in_seq in inside; rewrite INR_IZR_INZ; apply integer_exact; lia.
Qed.
