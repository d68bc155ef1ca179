(** * INV-9: the gain of the attention logits

    A logit is gain / sqrt D times the product of a normalised query and key.

    [rms_norm_size]         the squares of a normalised row sum to at most D G^2, where G bounds its
                            learned scale (1 without one)
    [logit_bound]           |logit| <= gain sqrt D G^2; [logit_bound_tight]: it is met
    [softmax_distribution], [softmax_cap]
                            n logits up to M: no weight exceeds 1 / (1 + (n - 1) e^(-2M))
    [softmax_cap_tight]     which is met
    [softmax_entropy]       and their entropy is at least log2 (1 + (n - 1) e^(-2M))
    [softmax_entropy_tight] which is met where all logits are equal
    [gain_for_cap]          the largest gain that keeps a cap
    [gain_phi_64]           phi^2 at D = 64: the cap on up to 1024 keys is above 1 - 2^-50, so it
                            excludes nothing
    [ln_max_bounds]         22.1796 < ln (largest GF16) < 22.1798
    [gain_phi_overflow]     e^(phi^2 sqrt D) is below the largest GF16 if and only if D <= 71 *)

From Coq Require Import ZArith Reals List Lia Lra Psatz.
From Igla Require Import Phi Logarithm Entropy.
Import ListNotations.
Open Scope R_scope.

Fixpoint dot (x y : list R) : R :=
  match x, y with
  | a :: x', b :: y' => a * b + dot x' y'
  | _, _ => 0
  end.

Lemma dot_self_nonneg x : 0 <= dot x x.
Proof. induction x as [|a x IH]; simpl; nra. Qed.

(** ** Cauchy and Schwarz *)

Lemma dot_combination a b x y : length x = length y ->
  a * a * dot x x - 2 * a * b * dot x y + b * b * dot y y
    = dot (map (fun p => a * fst p - b * snd p) (combine x y))
          (map (fun p => a * fst p - b * snd p) (combine x y)).
Proof.
  revert y; induction x as [|u x IH]; intros [|v y] same; simpl in *; try lia; [ring|].
  rewrite <- IH by lia; ring.
Qed.

Theorem dot_cauchy_schwarz x y : length x = length y ->
  dot x y * dot x y <= dot x x * dot y y.
Proof.
  intro same.
  pose proof (dot_combination (dot x y) (dot x x) x y same) as first.
  pose proof (dot_combination 1 (dot x y) y x (eq_sym same)) as second.
  pose proof (dot_self_nonneg x); pose proof (dot_self_nonneg y).
  pose proof (dot_self_nonneg (map (fun p => dot x y * fst p - dot x x
    * snd p) (combine x y))) as pos.
  rewrite <- first in pos.
  destruct (Req_dec (dot x x) 0) as [zero|nonzero].
  - (* x is 0, and so is the product *)
    assert (nothing : forall u v, dot u u = 0 -> length u = length v -> dot u v = 0).
    { clear; induction u as [|a u IH]; intros [|b v] zero same; simpl in *; try lra; try lia.
      pose proof (dot_self_nonneg u); assert (a = 0) by nra.
      rewrite (IH v) by (lia || nra); subst; ring. }
    rewrite (nothing x y zero same), zero; lra.
  - assert (0 < dot x x) by lra.
    assert (0 <= dot x x * (dot x x * dot y y - dot x y * dot x y)) by nra; nra.
Qed.

Lemma dot_abs_bound x y c : length x = length y -> 0 <= c ->
  dot x x <= c -> dot y y <= c -> Rabs (dot x y) <= c.
Proof.
  intros same c_ge x_le y_le; pose proof (dot_cauchy_schwarz x y same).
  pose proof (dot_self_nonneg x); pose proof (dot_self_nonneg y).
  apply Rabs_le; split; nra.
Qed.

(** ** Normalised rows *)

Definition inverse_rms (eps : R) (x : list R) : R := / sqrt (dot x x / INR (length x) + eps).

Definition rms_norm (eps : R) (scale x : list R) : list R :=
  map (fun p => fst p * snd p * inverse_rms eps x) (combine scale x).

Lemma scaled_size scale x r G : length scale = length x ->
  Forall (fun s => Rabs s <= G) scale ->
  let y := map (fun p => fst p * snd p * r) (combine scale x) in
  dot y y <= G * G * (r * r) * dot x x.
Proof.
  revert x; induction scale as [|s scale IH]; intros [|a x] same bounded; simpl in *; try lia;
    [lra|].
  inversion bounded as [|? ? s_le rest]; subst.
  specialize (IH x ltac:(lia) rest); simpl in IH.
  assert (s * s <= G * G).
  { rewrite <- (Rabs_pos_eq (s * s)), Rabs_mult by nra; pose proof (Rabs_pos s); nra. }
  assert (0 <= (a * r) * (a * r)) by nra.
  nra.
Qed.

Theorem rms_norm_size eps scale x G : 0 < eps -> x <> [] -> length scale = length x ->
  Forall (fun s => Rabs s <= G) scale ->
  dot (rms_norm eps scale x) (rms_norm eps scale x) <= G * G * INR (length x).
Proof.
  intros eps_pos nonempty same bounded.
  assert (D_pos : 0 < INR (length x)) by (apply lt_0_INR; destruct x; [congruence|simpl; lia]).
  pose proof (dot_self_nonneg x) as square.
  apply Rle_trans with (1 := scaled_size scale x (inverse_rms eps x) G same bounded).
  assert (positive : 0 < dot x x / INR (length x) + eps).
  { assert (0 <= dot x x / INR (length x)); [|lra].
    apply Rmult_le_pos; [assumption|left; now apply Rinv_0_lt_compat]. }
  assert (rho : inverse_rms eps x * inverse_rms eps x = / (dot x x / INR (length x) + eps)).
  { unfold inverse_rms; rewrite <- Rinv_mult, sqrt_sqrt by lra; reflexivity. }
  rewrite rho, Rmult_assoc; apply Rmult_le_compat_l; [nra|].
  apply Rmult_le_reg_l with (dot x x / INR (length x) + eps); [exact positive|].
  rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
  replace ((dot x x / INR (length x) + eps) * INR (length x)) with (dot x x + eps * INR (length x))
    by (field; lra).
  nra.
Qed.

Lemma rms_norm_length eps scale x :
  length scale = length x -> length (rms_norm eps scale x) = length x.
Proof. intro same; unfold rms_norm; rewrite map_length, combine_length, same; apply Nat.min_id. Qed.

(** ** Logits *)

Definition logit (gain : R) (q k : list R) : R := gain / sqrt (INR (length q)) * dot q k.

(** Queries and keys may be turned in between: only their sizes count. *)
Theorem logit_bound gain q k G :
  0 <= gain -> q <> [] -> length q = length k ->
  dot q q <= G * G * INR (length q) -> dot k k <= G * G * INR (length q) ->
  Rabs (logit gain q k) <= gain * sqrt (INR (length q)) * (G * G).
Proof.
  intros gain_ge nonempty same q_le k_le.
  assert (D_pos : 0 < INR (length q)) by (apply lt_0_INR; destruct q; [congruence|simpl; lia]).
  assert (root : 0 < sqrt (INR (length q))) by now apply sqrt_lt_R0.
  assert (square : sqrt (INR (length q)) * sqrt (INR (length q)) = INR (length q))
    by (apply sqrt_sqrt; lra).
  pose proof (dot_abs_bound q k (G * G * INR (length q)) same ltac:(nra) q_le k_le) as product.
  unfold logit; rewrite Rabs_mult, Rabs_pos_eq.
  - apply Rle_trans with (gain / sqrt (INR (length q)) * (G * G * INR (length q))).
    + apply Rmult_le_compat_l; [|exact product].
      apply Rmult_le_pos; [assumption|left; now apply Rinv_0_lt_compat].
    + rewrite <- square at 2; right; field; lra.
  - apply Rmult_le_pos; [assumption|left; now apply Rinv_0_lt_compat].
Qed.

Theorem attention_logit_bound gain eps q k :
  0 <= gain -> 0 < eps -> q <> [] -> length q = length k ->
  let one := repeat 1 (length q) in
  Rabs (logit gain (rms_norm eps one q) (rms_norm eps one k)) <= gain * sqrt (INR (length q)).
Proof.
  intros gain_ge eps_pos nonempty same one.
  assert (ones : Forall (fun s => Rabs s <= 1) one).
  { apply Forall_forall; intros s member; apply repeat_spec in member; subst; rewrite Rabs_R1;
    lra. }
  assert (long : length one = length q) by apply repeat_length.
  assert (q_size := rms_norm_size eps one q 1 eps_pos nonempty long ones).
  assert (k_size := rms_norm_size eps one k 1 eps_pos ltac:(destruct k, q; simpl in *; congruence)
    ltac:(congruence) ones).
  assert (q_long := rms_norm_length eps one q long).
  assert (k_long := rms_norm_length eps one k ltac:(congruence)).
  replace (gain * sqrt (INR (length q)))
    with (gain * sqrt (INR (length (rms_norm eps one q))) * (1 * 1)) by (rewrite q_long; ring).
  apply logit_bound; [exact gain_ge| |congruence|congruence|].
  - intro empty; rewrite empty in q_long; destruct q; simpl in *; congruence.
  - rewrite q_long, same; exact k_size.
Qed.

Theorem logit_bound_tight gain n : (1 <= n)%nat -> 0 <= gain ->
  let one := repeat 1 n in
  dot one one = 1 * 1 * INR (length one)
  /\ Rabs (logit gain one one) = gain * sqrt (INR (length one)).
Proof.
  intros n_ge gain_ge one.
  assert (size : dot one one = INR n).
  { unfold one; clear; induction n as [|n IH]; [reflexivity|].
    simpl repeat; simpl dot; rewrite IH, S_INR; ring. }
  assert (long : length one = n) by apply repeat_length.
  assert (0 < INR n) by (apply lt_0_INR; lia).
  assert (root : 0 < sqrt (INR n)) by now apply sqrt_lt_R0.
  rewrite long; split; [rewrite size; ring|].
  unfold logit; rewrite long, size.
  rewrite <- (sqrt_sqrt (INR n)) at 2 by lra.
  replace (gain / sqrt (INR n) * (sqrt (INR n) * sqrt (INR n))) with (gain * sqrt (INR n))
    by (field; lra).
  apply Rabs_pos_eq; nra.
Qed.

(** ** Softmax *)

Definition softmax (l : list R) : list R := map (fun x => exp x / sum (map exp l)) l.

(** What [n] logits within [-M, M] leave at most for one of them. *)
Definition cap (n : nat) (M : R) : R := / (1 + INR (n - 1) * exp (- (2 * M))).

Lemma sum_exp_pos l : l <> [] -> 0 < sum (map exp l).
Proof.
  destruct l as [|x l]; [congruence|intros _; simpl].
  assert (0 <= sum (map exp l)); [|pose proof (exp_pos x); lra].
  apply sum_ge_0, Forall_map, Forall_forall; intros; left; apply exp_pos.
Qed.

Lemma sum_map_div (f : R -> R) z l : sum (map (fun x => f x / z) l) = sum (map f l) / z.
Proof. induction l as [|x l IH]; simpl; [unfold Rdiv; ring|rewrite IH; unfold Rdiv; ring]. Qed.

Theorem softmax_distribution l : l <> [] -> distribution (softmax l).
Proof.
  intro nonempty; pose proof (sum_exp_pos l nonempty) as positive; split.
  - apply Forall_map, Forall_forall; intros x _.
    left; apply Rdiv_lt_0_compat; [apply exp_pos|exact positive].
  - unfold softmax; rewrite sum_map_div; field; lra.
Qed.

Lemma sum_lower l low : Forall (fun x => low <= x) l -> INR (length l) * exp low <= sum (map exp l).
Proof.
  induction 1 as [|x l x_ge _ IH]; [simpl; lra|].
  simpl length; simpl map; simpl sum; rewrite S_INR.
  pose proof (exp_le_mono low x x_ge); lra.
Qed.

Lemma sum_exp_permutation l l' : Permutation.Permutation l l' -> sum (map exp l) = sum (map exp l').
Proof. induction 1; simpl; lra. Qed.

Theorem softmax_cap l M p :
  Forall (fun x => Rabs x <= M) l -> In p (softmax l) -> p <= cap (length l) M.
Proof.
  intros bounded member; apply in_map_iff in member as (x & <- & inside).
  destruct (in_split x l inside) as (before & after & split_at).
  assert (moved : Permutation.Permutation l (x :: before ++ after)).
  { rewrite split_at; apply Permutation.Permutation_sym, Permutation.Permutation_middle. }
  rewrite (sum_exp_permutation _ _ moved); simpl map; simpl sum.
  pose proof (Permutation.Permutation_length moved) as long; simpl in long.
  set (others := before ++ after) in *.
  assert (low : Forall (fun y => - M <= y) others).
  { rewrite Forall_forall in *; intros y there.
    assert (M_bound : Rabs y <= M).
    { apply bounded, (Permutation.Permutation_in y (Permutation.Permutation_sym moved));
      now right. }
    pose proof (Rle_abs (- y)) as bound; rewrite Rabs_Ropp in bound; lra. }
  assert (x_le : x <= M).
  { rewrite Forall_forall in bounded; specialize (bounded x inside).
    pose proof (Rle_abs x); lra. }
  pose proof (sum_lower others (- M) low) as rest.
  assert (below : exp x * exp (- (2 * M)) <= exp (- M)).
  { rewrite <- exp_plus; apply exp_le_mono; lra. }
  unfold cap; rewrite long; replace (S (length others) - 1)%nat with (length others) by lia.
  pose proof (exp_pos x); pose proof (exp_pos (- (2 * M))); pose proof (pos_INR (length others)).
  assert (whole : 0 < 1 + INR (length others) * exp (- (2 * M))) by nra.
  apply Rmult_le_reg_r with (exp x + sum (map exp others)); [nra|].
  unfold Rdiv; rewrite Rmult_assoc, Rinv_l, Rmult_1_r by nra.
  apply Rmult_le_reg_l with (1 + INR (length others) * exp (- (2 * M))); [exact whole|].
  rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
  nra.
Qed.

Theorem softmax_cap_tight n M : (1 <= n)%nat -> 0 <= M ->
  let l := M :: repeat (- M) (n - 1) in
  Forall (fun x => Rabs x <= M) l /\ length l = n /\ In (cap n M) (softmax l).
Proof.
  intros n_ge M_ge l; split; [|split].
  - constructor; [rewrite Rabs_pos_eq; lra|].
    apply Forall_forall; intros x member; apply repeat_spec in member; subst.
    rewrite Rabs_Ropp, Rabs_pos_eq; lra.
  - simpl; rewrite repeat_length; lia.
  - apply in_map_iff; exists M; split; [|now left].
    unfold l; simpl map; simpl sum; rewrite map_repeat, sum_repeat; unfold cap.
    replace (exp (- M)) with (exp M * exp (- (2 * M))) by (rewrite <- exp_plus; f_equal; ring).
    pose proof (exp_pos M); pose proof (exp_pos (- (2 * M))); pose proof (pos_INR (n - 1)).
    set (m := INR (n - 1)) in *; set (e := exp (- (2 * M))) in *; set (g := exp M) in *.
    assert (0 <= m * e) by nra.
    replace (g + m * (g * e)) with (g * (1 + m * e)) by ring.
    field; split; lra.
Qed.

Lemma entropy_of_cap p c : distribution p -> 0 < c -> (forall x, In x p -> x <= c) ->
  - ln c / ln 2 <= entropy p.
Proof.
  intros [nonneg one] c_pos capped; unfold entropy.
  apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, ln_2_pos|].
  replace (- ln c) with (- ln c * sum p) by (rewrite one; ring); clear one.
  induction nonneg as [|x rest x_ge _ IH]; simpl; [lra|].
  assert (IH' := IH (fun y there => capped y (or_intror there))).
  enough (- ln c * x <= surprise x) by lra.
  unfold surprise; destruct Rle_dec as [zero|positive]; [replace x with 0 by lra; lra|].
  assert (ln x <= ln c) by (apply ln_le_iff; [lra|apply capped; now left]); nra.
Qed.

Theorem softmax_entropy l M : l <> [] -> Forall (fun x => Rabs x <= M) l ->
  log2 (1 + INR (length l - 1) * exp (- (2 * M))) <= entropy (softmax l).
Proof.
  intros nonempty bounded.
  pose proof (exp_pos (- (2 * M))); pose proof (pos_INR (length l - 1)).
  assert (whole : 0 < 1 + INR (length l - 1) * exp (- (2 * M))) by nra.
  assert (c_pos : 0 < cap (length l) M) by now apply Rinv_0_lt_compat.
  pose proof (entropy_of_cap _ _ (softmax_distribution l nonempty) c_pos
    (fun p => softmax_cap l M p bounded)) as bound.
  unfold cap in bound; rewrite ln_Rinv in bound by exact whole.
  unfold log2; now rewrite Ropp_involutive in bound.
Qed.

(** ** The largest gain that keeps a cap *)

(** The bound is met where all logits are equal: the weights are then equal too. *)
Theorem softmax_entropy_tight n : (1 <= n)%nat ->
  entropy (softmax (repeat 0 n)) = log2 (1 + INR (n - 1) * exp (- (2 * 0))).
Proof.
  intro n_ge; apply Rle_antisym.
  - assert (nonempty : repeat 0 n <> []) by (destruct n; [lia|discriminate]).
    pose proof (entropy_le_log2 _ (softmax_distribution _ nonempty)) as most.
    unfold softmax in most at 2; rewrite map_length, repeat_length in most.
    replace (1 + INR (n - 1) * exp (- (2 * 0))) with (INR n); [exact most|].
    rewrite minus_INR by lia; replace (- (2 * 0)) with 0 by ring; rewrite exp_0; simpl; ring.
  - pose proof (softmax_entropy (repeat 0 n) 0) as bound; rewrite repeat_length in bound.
    apply bound; [destruct n; [lia|discriminate]|].
    apply Forall_forall; intros x member; apply repeat_spec in member; subst; rewrite Rabs_R0; lra.
Qed.

Theorem gain_for_cap n D gain c : (2 <= n)%nat -> 0 < D -> 0 < c < 1 ->
  cap n (gain * sqrt D) <= c <-> gain <= ln (INR (n - 1) * c / (1 - c)) / (2 * sqrt D).
Proof.
  intros n_ge D_pos c_range.
  assert (root : 0 < sqrt D) by now apply sqrt_lt_R0.
  assert (m_pos : 0 < INR (n - 1)) by (apply lt_0_INR; lia).
  pose proof (exp_pos (- (2 * (gain * sqrt D)))) as e_pos.
  set (m := INR (n - 1)) in *.
  assert (ratio : 0 < m * c / (1 - c)) by (apply Rdiv_lt_0_compat; [apply Rmult_lt_0_compat|]; lra).
  assert (first : cap n (gain * sqrt D) <= c <->
      (1 - c) / (m * c) <= exp (- (2 * (gain * sqrt D)))).
  { unfold cap; fold m; set (e := exp (- (2 * (gain * sqrt D)))) in *.
    assert (0 < m * e) by now apply Rmult_lt_0_compat.
    assert (0 < m * c) by (apply Rmult_lt_0_compat; lra).
    assert (0 < 1 + m * e) by lra.
    split; intro less.
    - apply Rmult_le_compat_r with (r := 1 + m * e) in less; [|lra].
      rewrite Rinv_l in less by lra.
      apply Rmult_le_reg_r with (m * c); [assumption|].
      unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
    - apply Rmult_le_compat_r with (r := m * c) in less; [|lra].
      unfold Rdiv in less; rewrite Rmult_assoc, Rinv_l in less by lra.
      apply Rmult_le_reg_r with (1 + m * e); [assumption|].
      rewrite Rinv_l by lra; lra. }
  assert (inverse : (1 - c) / (m * c) = exp (- ln (m * c / (1 - c)))).
  { rewrite exp_Ropp, exp_ln by exact ratio; field; repeat split; lra. }
  rewrite first, inverse.
  assert (exps : forall x y, exp x <= exp y <-> x <= y).
  { intros x y; split; [|apply exp_le_mono].
    intro order; apply Rnot_lt_le; intro wrong; apply exp_increasing in wrong; lra. }
  rewrite exps; split; intro order.
  - apply Rmult_le_reg_r with (2 * sqrt D); [lra|].
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l by lra; lra.
  - apply Rmult_le_compat_r with (r := 2 * sqrt D) in order; [|lra].
    unfold Rdiv in order; rewrite (Rmult_assoc (ln _)), Rinv_l in order by lra; lra.
Qed.

Lemma phi_square_bounds : 2.61803395 < phi ^ 2 < 2.6180340.
Proof. rewrite phi_square; pose proof phi_bounds; lra. Qed.

Theorem gain_phi_64 n : (1 <= n <= 1024)%nat -> 1 - / 2 ^ 50 < cap n (phi ^ 2 * sqrt 64).
Proof.
  intro n_range.
  replace (sqrt 64) with 8 by (replace 64 with (8 * 8) by ring; rewrite sqrt_square; lra).
  pose proof phi_square_bounds; pose proof ln_2_bounds.
  assert (small : exp (- (2 * (phi ^ 2 * 8))) < / 2 ^ 60).
  { rewrite exp_Ropp; apply Rinv_lt_contravar.
    - apply Rmult_lt_0_compat; [apply pow_lt; lra|apply exp_pos].
    - rewrite <- (exp_ln (2 ^ 60)) by (apply pow_lt; lra).
      apply exp_increasing; rewrite ln_pow by lra.
      replace (INR 60) with 60 by (simpl; ring); lra. }
  unfold cap; pose proof (exp_pos (- (2 * (phi ^ 2 * 8)))) as e_pos.
  set (e := exp (- (2 * (phi ^ 2 * 8)))) in *.
  assert (count : 0 <= INR (n - 1) <= 2 ^ 10).
  { split; [apply pos_INR|]; replace (2 ^ 10) with (INR 1024) by (simpl; ring).
    apply le_INR; lia. }
  assert (product : INR (n - 1) * e < / 2 ^ 50).
  { apply Rle_lt_trans with (2 ^ 10 * e); [apply Rmult_le_compat_r; lra|].
    replace (/ 2 ^ 50) with (2 ^ 10 * / 2 ^ 60) by (field; apply pow_nonzero; lra).
    apply Rmult_lt_compat_l; [apply pow_lt|]; lra. }
  set (x := INR (n - 1) * e) in *.
  assert (0 <= x) by (unfold x; nra).
  apply Rmult_lt_reg_r with (1 + x); [lra|]; rewrite Rinv_l by lra.
  assert (0 < / 2 ^ 50) by (apply Rinv_0_lt_compat, pow_lt; lra); nra.
Qed.

(** ** Overflow of the exponential in GF16 *)

Definition gf16_max : R := 4290772992.

Theorem ln_max_bounds : 22.1796 < ln gf16_max < 22.1798.
Proof.
  unfold gf16_max.
  replace 4290772992 with (2 ^ 32 * / (1024 / 1023)) by field.
  rewrite ln_mult, ln_Rinv, ln_pow by (try apply Rinv_0_lt_compat; lra).
  replace (1024 / 1023) with ((1 + / 2047) / (1 - / 2047)) by field.
  pose proof (ln_ratio_lower (/ 2047) ltac:(lra)); pose proof (ln_ratio_upper (/ 2047) ltac:(lra)).
  pose proof ln_2_bounds; replace (INR 32) with 32 by (simpl; ring); lra.
Qed.

Theorem gain_phi_overflow D : (1 <= D)%nat ->
  exp (phi ^ 2 * sqrt (INR D)) < gf16_max <-> (D <= 71)%nat.
Proof.
  intro D_ge; pose proof phi_square_bounds; pose proof ln_max_bounds.
  assert (D_pos : 1 <= INR D) by (apply (le_INR 1); exact D_ge).
  assert (root : 0 < sqrt (INR D)) by (apply sqrt_lt_R0; lra).
  assert (square : sqrt (INR D) * sqrt (INR D) = INR D) by (apply sqrt_sqrt; lra).
  assert (inside : exp (phi ^ 2 * sqrt (INR D)) < gf16_max <->
    phi ^ 2 * sqrt (INR D) < ln gf16_max).
  { rewrite <- (exp_ln gf16_max) at 1 by (unfold gf16_max; lra).
    split; [apply exp_lt_inv|apply exp_increasing]. }
  rewrite inside; split; intro given.
  - apply Nat.nlt_ge; intro large; apply Nat.le_succ_l, le_INR in large.
    replace (INR 72) with 72 in large by (simpl; ring).
    assert (8.485 < sqrt (INR D)) by nra; nra.
  - apply le_INR in given; replace (INR 71) with 71 in given by (simpl; ring).
    assert (sqrt (INR D) < 8.4263) by nra; nra.
Qed.
