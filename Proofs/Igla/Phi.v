(** * The golden ratio

    [phi], [phi_conjugate]     (1 + sqrt 5) / 2 and (1 - sqrt 5) / 2
    [phi_square]               phi^2 = phi + 1
    [phi_root_unique]          and no other positive real does that
    [phi_inverse]              1 / phi = phi - 1
    [phi_trinity]              phi^2 + phi^-2 = 3
    [phi_safety_cut]           phi^2 + phi^-2 + 1/2 = 3.5: an identity, the half is a choice
    [phi_bounds]               1.6180339 < phi < 1.6180340
    [alpha_phi_closed]         phi^-3 / 2 = (sqrt 5 - 2) / 2
    [alpha_phi_polynomial]     a root of 4 x^2 + 8 x - 1, so no algebraic integer
    [alpha_phi_bounds]         0.1180339 < phi^-3 / 2 < 0.1180341
    [alpha_phi_over_cube]      0.02786 < (phi^-3 / 2) / phi^3 < 0.02787, which is not 0.004 *)

From Coq Require Import Reals Lra.
Open Scope R_scope.

Definition phi : R := (1 + sqrt 5) / 2.
Definition phi_conjugate : R := (1 - sqrt 5) / 2.
Definition alpha_phi : R := / phi ^ 3 / 2.

Lemma sqrt_5_square : sqrt 5 * sqrt 5 = 5.
Proof. apply sqrt_sqrt; lra. Qed.

Lemma sqrt_5_bounds : 2.2360679 < sqrt 5 < 2.2360680.
Proof.
  pose proof sqrt_5_square; pose proof (sqrt_pos 5).
  split; apply Rnot_le_lt; intro; nra.
Qed.

Theorem phi_bounds : 1.61803395 < phi < 1.6180340.
Proof. pose proof sqrt_5_bounds; unfold phi; lra. Qed.

Lemma phi_pos : 0 < phi.
Proof. pose proof phi_bounds; lra. Qed.

Lemma phi_conjugate_bounds : -0.6180340 < phi_conjugate < -0.61803395.
Proof. pose proof sqrt_5_bounds; unfold phi_conjugate; lra. Qed.

Theorem phi_square : phi ^ 2 = phi + 1.
Proof. pose proof sqrt_5_square; unfold phi; simpl; nra. Qed.

Lemma phi_conjugate_square : phi_conjugate ^ 2 = phi_conjugate + 1.
Proof. pose proof sqrt_5_square; unfold phi_conjugate; simpl; nra. Qed.

Theorem phi_root_unique x : 0 < x -> x ^ 2 = x + 1 -> x = phi.
Proof.
  intros positive root; pose proof phi_square; pose proof phi_pos.
  assert (factor : (x - phi) * (x + phi - 1) = 0) by (simpl in *; nra).
  apply Rmult_integral in factor as [|]; [lra|].
  exfalso; pose proof phi_bounds; nra.
Qed.

Theorem phi_inverse : / phi = phi - 1.
Proof.
  pose proof phi_pos; pose proof phi_square.
  apply Rmult_eq_reg_l with phi; [|lra].
  rewrite Rinv_r by lra; simpl in *; nra.
Qed.

Lemma phi_conjugate_inverse : phi_conjugate = - / phi.
Proof. rewrite phi_inverse; unfold phi_conjugate, phi; lra. Qed.

Lemma phi_inverse_square : / phi ^ 2 = 2 - phi.
Proof.
  rewrite <- pow_inv, phi_inverse.
  pose proof phi_square; simpl in *; nra.
Qed.

Lemma phi_cube : phi ^ 3 = 2 * phi + 1.
Proof. pose proof phi_square; simpl in *; nra. Qed.

Theorem phi_trinity : phi ^ 2 + / phi ^ 2 = 3.
Proof. rewrite phi_inverse_square, phi_square; ring. Qed.

Theorem phi_safety_cut : phi ^ 2 + / phi ^ 2 + / 2 = 3.5.
Proof. rewrite phi_trinity; lra. Qed.

(** ** The constant called alpha_phi *)

Theorem alpha_phi_closed : alpha_phi = (sqrt 5 - 2) / 2.
Proof.
  unfold alpha_phi; apply Rmult_eq_reg_r with 2; [|lra].
  replace (/ phi ^ 3 / 2 * 2) with (/ phi ^ 3) by lra.
  rewrite <- pow_inv, phi_inverse; unfold phi.
  pose proof sqrt_5_square as square; simpl.
  set (s := sqrt 5) in *; clearbody s.
  replace (((1 + s) / 2 - 1) * (((1 + s) / 2 - 1) * (((1 + s) / 2 - 1) * 1)))
    with ((s * (s * s) - 3 * (s * s) + 3 * s - 1) / 8) by field.
  rewrite square; lra.
Qed.

Theorem alpha_phi_polynomial : 4 * alpha_phi ^ 2 + 8 * alpha_phi - 1 = 0.
Proof. rewrite alpha_phi_closed; pose proof sqrt_5_square; simpl; nra. Qed.

Theorem alpha_phi_bounds : 0.1180339 < alpha_phi < 0.1180341.
Proof. rewrite alpha_phi_closed; pose proof sqrt_5_bounds; lra. Qed.

Theorem alpha_phi_over_cube : 0.02786 < alpha_phi / phi ^ 3 < 0.02787.
Proof.
  replace (alpha_phi / phi ^ 3) with (2 * alpha_phi ^ 2).
  - pose proof alpha_phi_bounds; simpl; split; nra.
  - unfold alpha_phi; field; apply Rgt_not_eq, phi_pos.
Qed.
