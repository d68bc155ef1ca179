(** * INV-7: Student's t with two degrees of freedom, and the test of three scores

    [t_cdf_derivative], [t_cdf_symmetric], [t_cdf_limit]
                            the closed form is the distribution function whose density is
                            Student's with two degrees of freedom
    [t_tail_decreasing]     the tail falls strictly
    [t_tail_critical]       and is 1/M at the critical value
    [rejects_at], [rejects_at_p_value]
                            a rational test is the one-sided t-test: it rejects if and only if the
                            p-value is below 1/M, for any rational M
    [rejects_p_value]       so that of [Victory], whose M is whole, is it too *)

From Coq Require Import ZArith QArith Qreals Reals Bool Lia Lra Psatz.
From Coquelicot Require Import Coquelicot.
From Igla Require Import Victory.
Open Scope R_scope.

Definition t_cdf (t : R) : R := / 2 + t / (2 * sqrt (2 + t * t)).
Definition t_density (t : R) : R := / (sqrt (2 + t * t) * (2 + t * t)).
Definition t_tail (t : R) : R := 1 - t_cdf t.
(** The value that is exceeded with probability 1/M. *)
Definition t_critical (M : R) : R := (M - 2) / sqrt (2 * (M - 1)).

Lemma t_root_pos t : 0 < sqrt (2 + t * t).
Proof. apply sqrt_lt_R0; nra. Qed.

Lemma t_root_square t : sqrt (2 + t * t) * sqrt (2 + t * t) = 2 + t * t.
Proof. apply sqrt_sqrt; nra. Qed.

Theorem t_cdf_derivative t : is_derive t_cdf t (t_density t).
Proof.
  pose proof (t_root_pos t) as positive; pose proof (t_root_square t) as square.
  unfold t_cdf, t_density; auto_derive.
  - repeat split; nra.
  - set (s := sqrt (2 + t * t)) in *; clearbody s.
    rewrite <- square; field_simplify_eq; nra.
Qed.

Theorem t_cdf_symmetric t : t_cdf (- t) = 1 - t_cdf t.
Proof.
  unfold t_cdf; replace (2 + - t * - t) with (2 + t * t) by ring.
  pose proof (t_root_pos t); field; lra.
Qed.

(** The square of twice the distance from one half. *)
Lemma t_cdf_square t : (2 * t_cdf t - 1) * (2 * t_cdf t - 1) = t * t / (2 + t * t).
Proof.
  unfold t_cdf; pose proof (t_root_pos t); pose proof (t_root_square t) as square.
  set (s := sqrt (2 + t * t)) in *; clearbody s; rewrite <- square; field; lra.
Qed.

Lemma t_cdf_sign t : (2 * t_cdf t - 1) * sqrt (2 + t * t) = t.
Proof. unfold t_cdf; pose proof (t_root_pos t); set (s := sqrt _) in *; clearbody s; field;
  lra. Qed.

Theorem t_tail_decreasing s t : s < t -> t_tail t < t_tail s.
Proof.
  intro less; unfold t_tail.
  enough (t_cdf s < t_cdf t) by lra.
  apply Rnot_le_lt; intro wrong.
  pose proof (t_cdf_sign s) as sign_s; pose proof (t_cdf_sign t) as sign_t.
  pose proof (t_root_pos s) as pos_s; pose proof (t_root_pos t) as pos_t.
  pose proof (t_root_square s) as sq_s; pose proof (t_root_square t) as sq_t.
  set (a := sqrt (2 + s * s)) in *; set (b := sqrt (2 + t * t)) in *.
  set (u := 2 * t_cdf s - 1) in *; set (v := 2 * t_cdf t - 1) in *.
  assert (order : v <= u) by (unfold u, v; lra).
  clearbody a b u v.
  (* (1 - u^2) a^2 = 2 = (1 - v^2) b^2 *)
  assert (two_s : (1 - u * u) * (a * a) = 2) by nra.
  assert (two_t : (1 - v * v) * (b * b) = 2) by nra.
  destruct (Rle_or_lt 0 s) as [right|left].
  - assert (0 <= u) by nra; assert (0 < v) by nra.
    assert (a * a < b * b) by nra; assert (v * v <= u * u) by nra.
    assert (0 < 1 - u * u) by nra; nra.
  - destruct (Rle_or_lt t 0) as [lower|across].
    + assert (u < 0) by nra; assert (v <= 0) by nra.
      assert (b * b < a * a) by nra; assert (u * u <= v * v) by nra.
      assert (0 < 1 - v * v) by nra; nra.
    + assert (u < 0) by nra; assert (0 < v) by nra; lra.
Qed.

Lemma t_cdf_bounds t : 0 < t_cdf t < 1.
Proof.
  pose proof (t_cdf_square t) as square.
  assert (share : t * t / (2 + t * t) < 1).
  { apply Rmult_lt_reg_r with (2 + t * t); [nra|].
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l; nra. }
  split; nra.
Qed.

Lemma t_tail_bound t : 0 < t -> t_tail t < / (t * t).
Proof.
  intro positive; unfold t_tail; pose proof (t_cdf_bounds t).
  pose proof (t_cdf_square t) as square; pose proof (t_cdf_sign t) as sign.
  pose proof (t_root_pos t) as root.
  assert (0 < 2 * t_cdf t - 1) by nra.
  set (u := 2 * t_cdf t - 1) in *.
  replace (1 - t_cdf t) with ((1 - u) / 2) by (unfold u; field).
  assert (u * u * (2 + t * t) = t * t) by (rewrite square; field; nra).
  apply Rmult_lt_reg_r with (t * t); [nra|]; rewrite Rinv_l by nra.
  assert ((1 - u) * (1 + u) * (2 + t * t) = 2) by nra.
  assert (u < 1) by (unfold u; lra).
  nra.
Qed.

Theorem t_cdf_limit : is_lim t_cdf p_infty 1 /\ is_lim t_cdf m_infty 0.
Proof.
  assert (upper : is_lim t_cdf p_infty 1).
  { apply is_lim_spec; intros [e e_pos]; exists (1 + / e); intros t far; simpl in *.
    pose proof (Rinv_0_lt_compat _ e_pos).
    pose proof (t_cdf_bounds t).
    assert (0 < t) by lra.
    pose proof (t_tail_bound t ltac:(lra)) as tail; unfold t_tail in tail.
    rewrite Rabs_left1 by lra.
    apply Rlt_trans with (/ (t * t)); [lra|].
    assert (far' : / e < t * t) by nra.
    rewrite <- (Rinv_inv e); apply Rinv_lt_contravar; [|exact far'].
    apply Rmult_lt_0_compat; [assumption|lra]. }
  split; [exact upper|].
  apply is_lim_ext with (fun t => 1 - t_cdf (- t)).
  { intro t; rewrite t_cdf_symmetric; ring. }
  replace (Finite 0) with (Finite (1 - 1)) by (f_equal; ring).
  apply is_lim_minus'; [apply is_lim_const|].
  apply is_lim_comp with (l := p_infty); [exact upper| |].
  - apply (is_lim_opp (fun t => t) m_infty m_infty), is_lim_id.
  - exists 0; intros; discriminate.
Qed.

Theorem t_tail_critical M : 1 < M -> t_tail (t_critical M) = / M.
Proof.
  intro above; unfold t_tail, t_cdf, t_critical.
  set (r := sqrt (2 * (M - 1))).
  assert (r_pos : 0 < r) by (apply sqrt_lt_R0; lra).
  assert (r_square : r * r = 2 * (M - 1)) by (apply sqrt_sqrt; lra).
  replace (2 + (M - 2) / r * ((M - 2) / r)) with (M / r * (M / r)).
  - rewrite sqrt_square by (apply Rlt_le, Rdiv_lt_0_compat; lra).
    field; lra.
  - apply Rmult_eq_reg_r with (r * r); [|nra].
    field_simplify; [|lra|lra]; simpl; nra.
Qed.

(** ** The rational test is the t-test *)

Lemma Q2R_0' : Q2R 0 = 0.
Proof. unfold Q2R; simpl; lra. Qed.

(** The statistic of three scores with that mean and sample variance. *)
Definition t_statistic (target mean variance : R) : R :=
  (target - mean) / (sqrt variance / sqrt 3).

Lemma critical_iff M d v : 2 < M -> 0 < v -> 0 < d ->
  (M - 2) * (M - 2) * v < 6 * (M - 1) * (d * d) <-> t_critical M < d / (sqrt v / sqrt 3).
Proof.
  intros above v_pos d_pos; unfold t_critical.
  assert (sqrt v * sqrt v = v) as v_square by (apply sqrt_sqrt; lra).
  assert (sqrt 3 * sqrt 3 = 3) as three_square by (apply sqrt_sqrt; lra).
  assert (sqrt (2 * (M - 1)) * sqrt (2 * (M - 1)) = 2 * (M - 1)) as r_square
    by (apply sqrt_sqrt; lra).
  assert (v_root : 0 < sqrt v) by (apply sqrt_lt_R0; lra).
  assert (three_root : 0 < sqrt 3) by (apply sqrt_lt_R0; lra).
  assert (r_pos : 0 < sqrt (2 * (M - 1))) by (apply sqrt_lt_R0; lra).
  set (w := sqrt v) in *; set (h := sqrt 3) in *; set (r := sqrt (2 * (M - 1))) in *.
  clearbody w h r.
  assert (cross : (M - 2) / r < d / (w / h) <-> (M - 2) * w < d * h * r).
  { assert (scale : forall x y, x < y <-> x * (r * w) < y * (r * w)).
    { intros x y; split; intro; [apply Rmult_lt_compat_r; nra|].
      apply Rmult_lt_reg_r with (r * w); nra. }
    rewrite (scale ((M - 2) / r)).
    replace ((M - 2) / r * (r * w)) with ((M - 2) * w) by (field; lra).
    replace (d / (w / h) * (r * w)) with (d * h * r) by (field; lra).
    reflexivity. }
  rewrite cross.
  assert (left_square : (M - 2) * (M - 2) * v = ((M - 2) * w) * ((M - 2) * w))
    by (rewrite <- v_square; ring).
  assert (right_square : 6 * (M - 1) * (d * d) = (d * h * r) * (d * h * r)).
  { transitivity ((d * d) * (h * h) * (r * r)); [rewrite three_square, r_square|]; ring. }
  rewrite left_square, right_square.
  assert (0 < (M - 2) * w) by nra.
  assert (0 < d * h * r) by (repeat apply Rmult_lt_0_compat; assumption).
  split; intro; nra.
Qed.

(** ** The test at any rational level *)

(** Rejection at level 1/M for rational M: the program's M are whole, the test is for all. *)
Definition rejects_at (M target mean variance : Q) : bool :=
  Qlt_bool mean target
  && Qlt_bool ((M - 2) * (M - 2) * variance)
       (6 * (M - 1) * ((target - mean) * (target - mean))).

Theorem rejects_at_whole M target mean variance :
  rejects_at (inject_Z M) target mean variance = rejects M target mean variance.
Proof.
  unfold rejects_at, rejects; f_equal.
  assert (same : forall a b a' b' : Q, (a == a')%Q -> (b == b')%Q -> Qlt_bool a b = Qlt_bool a' b').
  { intros a b a' b' first second; apply eq_iff_eq_true; rewrite !Qlt_bool_iff.
    now rewrite first, second. }
  apply same; rewrite ?inject_Z_mult; unfold Zminus; rewrite !inject_Z_plus, !inject_Z_opp;
    simpl; unfold Qminus; ring.
Qed.

Theorem rejects_at_p_value M target mean variance :
  (2 < M)%Q -> (0 < variance)%Q ->
  rejects_at M target mean variance = true <->
  t_tail (t_statistic (Q2R target) (Q2R mean) (Q2R variance)) < / Q2R M.
Proof.
  intros above variance_pos.
  assert (above' : 2 < Q2R M).
  { apply Qlt_Rlt in above; replace (Q2R 2) with 2 in above; [exact above|].
    unfold Q2R; simpl; lra. }
  apply Qlt_Rlt in variance_pos; rewrite Q2R_0' in variance_pos.
  assert (two : Q2R 2 = 2) by (unfold Q2R; simpl; lra).
  assert (one : Q2R 1 = 1) by (unfold Q2R; simpl; lra).
  assert (six : Q2R 6 = 6) by (unfold Q2R; simpl; lra).
  unfold rejects_at; rewrite andb_true_iff, !Qlt_bool_iff.
  assert (first : (mean < target)%Q <-> 0 < Q2R target - Q2R mean).
  { split; intro order; [apply Qlt_Rlt in order; lra|apply Rlt_Qlt; lra]. }
  assert (second : ((M - 2) * (M - 2) * variance
      < 6 * (M - 1) * ((target - mean) * (target - mean)))%Q <->
      (Q2R M - 2) * (Q2R M - 2) * Q2R variance
      < 6 * (Q2R M - 1) * ((Q2R target - Q2R mean) * (Q2R target - Q2R mean))).
  { assert (left : Q2R ((M - 2) * (M - 2) * variance)
      = (Q2R M - 2) * (Q2R M - 2) * Q2R variance)
      by now rewrite !Q2R_mult, !Q2R_minus, two.
    assert (right : Q2R (6 * (M - 1) * ((target - mean) * (target - mean)))
      = 6 * (Q2R M - 1) * ((Q2R target - Q2R mean) * (Q2R target - Q2R mean)))
      by now rewrite !Q2R_mult, !Q2R_minus, six, one.
    rewrite <- left, <- right; split; [apply Qlt_Rlt|apply Rlt_Qlt]. }
  rewrite first, second; unfold t_statistic.
  set (d := Q2R target - Q2R mean); set (v := Q2R variance) in *; set (m := Q2R M) in *.
  clearbody d v m.
  rewrite <- (t_tail_critical m) by lra.
  assert (back : forall s t, t_tail t < t_tail s <-> s < t).
  { intros s t; split; [|apply t_tail_decreasing]; intro order.
    destruct (Rlt_or_le s t) as [|[reverse|same]]; [assumption| |].
    - pose proof (t_tail_decreasing _ _ reverse); lra.
    - rewrite same in order; lra. }
  rewrite back.
  assert (critical_pos : 0 < t_critical m).
  { apply Rdiv_lt_0_compat; [lra|apply sqrt_lt_R0; lra]. }
  split.
  - intros [d_pos test]; now apply critical_iff.
  - intro beyond.
    assert (d_pos : 0 < d).
    { apply Rnot_le_lt; intro d_le.
      assert (0 < sqrt v / sqrt 3) by (apply Rdiv_lt_0_compat; apply sqrt_lt_R0; lra).
      assert (d / (sqrt v / sqrt 3) <= 0); [|lra].
      apply Rmult_le_reg_r with (sqrt v / sqrt 3); [lra|].
      unfold Rdiv at 1; rewrite Rmult_assoc, Rinv_l by lra; lra. }
    split; [exact d_pos|now apply critical_iff].
Qed.

(** The judge's test, whose M is whole, is that. *)
Theorem rejects_p_value M target mean variance :
  (2 < M)%Z -> (0 < variance)%Q ->
  rejects M target mean variance = true <->
  t_tail (t_statistic (Q2R target) (Q2R mean) (Q2R variance)) < / IZR M.
Proof.
  intros above variance_pos.
  rewrite <- rejects_at_whole, rejects_at_p_value; [|change 2%Q with (inject_Z 2); now rewrite <- Zlt_Qlt|exact variance_pos].
  replace (Q2R (inject_Z M)) with (IZR M); [reflexivity|].
  unfold Q2R, inject_Z; simpl; field.
Qed.

Example rejects_at_witness : rejects_at (401 # 2) (3 # 2) (7 # 5) (1 # 1000000) = true.
Proof. vm_compute; reflexivity. Qed.
