(** * INV-12: an integer arithmetic coder

    A range coder over whole numbers. A symbol is coded with a table of frequencies that a predictor
    makes of the symbols before it; nothing else of the predictor matters.

    The state is an interval [low, low + range) with 256^m <= range <= 256^(m+1). A symbol takes its
    share of it; while the interval is too narrow, both are multiplied by 256 and one more byte
    of the code is settled. [low] is a number of any length; a program keeps its last bytes and carries.

    [encode], [decode]      to bytes and back, given the number of symbols
    [decode_encode]         decoding inverts encoding, for every predictor
    [decode_encode_padded]  whatever follows the code, if it starts with m zero bytes
    [code_length]           the bits of the code are at most 8 + sum log2 (total / frequency)
                            + n log2 (1 / (1 - t / 256^m)), where no table sums to more than t
    [code_length_64]        with m = 6 and t = 2^24 the last term is below n / 5,000,000 bits
    [encodable_witness], [encode_example], [impossible_symbol]  what the hypotheses mean
    [code_length_nearly_tight]  a text whose code is 7 bits longer than its ideal length *)

From Coq Require Import ZArith List Reals Lia Lra Psatz.
From Coquelicot Require Import Rcomplements.
From Igla Require Import Logarithm.
Import ListNotations.
Open Scope Z_scope.

(** ** Tables of frequencies *)

Definition sum (l : list Z) : Z := fold_right Z.add 0 l.
Definition frequency (t : list Z) (s : nat) : Z := nth s t 0.
Definition below (t : list Z) (s : nat) : Z := sum (firstn s t).

(** The symbol whose share contains [q]. *)
Fixpoint find (t : list Z) (q : Z) : nat :=
  match t with
  | [] => O
  | f :: rest => if q <? f then O else S (find rest (q - f))
  end.

Lemma sum_nonneg t : Forall (fun f => 0 <= f) t -> 0 <= sum t.
Proof. induction 1; simpl; lia. Qed.

Lemma below_share t s : Forall (fun f => 0 <= f) t ->
  0 <= below t s /\ 0 <= frequency t s /\ below t s + frequency t s <= sum t.
Proof.
  unfold below, frequency; intro nonneg; revert s.
  induction nonneg as [|f rest f_ge later IH]; intros [|s]; simpl; try lia.
  - pose proof (sum_nonneg rest later); lia.
  - specialize (IH s); lia.
Qed.

Lemma find_share t s q : Forall (fun f => 0 <= f) t -> (s < length t)%nat ->
  below t s <= q < below t s + frequency t s -> find t q = s.
Proof.
  unfold below, frequency; intro nonneg; revert s q.
  induction nonneg as [|f rest f_ge later IH]; intros [|s] q inside share; simpl in *; try lia.
  - destruct (Z.ltb_spec q f); [reflexivity|lia].
  - pose proof (below_share rest s later) as [positive _]; unfold below in positive.
    destruct (Z.ltb_spec q f); [lia|]; f_equal; apply IH; lia.
Qed.

(** ** The coder *)

Section Coder.

Variable m : nat.
(** The table for the next symbol, from those before it, the latest first. *)
Variable predict : list nat -> list Z.

Definition bottom : Z := 256 ^ Z.of_nat m.
Definition top : Z := 256 ^ Z.of_nat (S m).

(** How many bytes are settled when the interval has become that narrow. *)
Fixpoint shifts (fuel : nat) (range : Z) : nat :=
  match fuel with
  | O => O
  | S f => if range <? bottom then S (shifts f (range * 256)) else O
  end.

Definition scale (i : nat) : Z := 256 ^ Z.of_nat i.

Fixpoint encode_from (past : list nat) (low range : Z) (symbols : list nat) : Z * Z * nat :=
  match symbols with
  | [] => (low, range, O)
  | s :: rest =>
    let t := predict past in
    let r := range / sum t in
    let i := shifts m (r * frequency t s) in
    let '(l, g, j) := encode_from (s :: past)
      ((low + r * below t s) * scale i) (r * frequency t s * scale i) rest in
    (l, g, (i + j)%nat)
  end.

Fixpoint to_bytes (n : nat) (x : Z) : list Z :=
  match n with
  | O => []
  | S k => to_bytes k (x / 256) ++ [x mod 256]
  end.

Definition encode (symbols : list nat) : list Z :=
  let '(low, _, j) := encode_from [] 0 top symbols in
  to_bytes (S j) ((low + bottom - 1) / bottom).

(** The number that the first [k] bytes spell; past the end they are 0. *)
Fixpoint prefix (code : list Z) (k : nat) : Z :=
  match k with
  | O => 0
  | S j => 256 * prefix code j + nth j code 0
  end.

Fixpoint read (code : list Z) (i k : nat) (v : Z) : Z :=
  match i with
  | O => v
  | S j => read code j (S k) (256 * v + nth k code 0)
  end.

Fixpoint decode_from (code : list Z) (n : nat) (past : list nat) (v range : Z) (k : nat) : list
  nat :=
  match n with
  | O => []
  | S n' =>
    let t := predict past in
    let r := range / sum t in
    let s := find t (v / r) in
    let i := shifts m (r * frequency t s) in
    s :: decode_from code n' (s :: past)
      (read code i k (v - r * below t s)) (r * frequency t s * scale i) (k + i)%nat
  end.

Definition decode (code : list Z) (n : nat) : list nat :=
  decode_from code n [] (prefix code (S m)) top (S m).

(** Each symbol has a positive frequency, and no table sums to more than the narrowest interval. *)
Fixpoint encodable (past symbols : list nat) : Prop :=
  match symbols with
  | [] => True
  | s :: rest =>
    let t := predict past in
    Forall (fun f => 0 <= f) t /\ (s < length t)%nat /\ 1 <= frequency t s /\ sum t <= bottom
    /\ encodable (s :: past) rest
  end.

(** ** Intervals *)

Lemma bottom_pos : 0 < bottom.
Proof. apply Z.pow_pos_nonneg; lia. Qed.

Lemma top_bottom : top = 256 * bottom.
Proof. unfold top, bottom; now rewrite Nat2Z.inj_succ, Z.pow_succ_r by lia. Qed.

Lemma scale_pos i : 0 < scale i.
Proof. apply Z.pow_pos_nonneg; lia. Qed.

Lemma scale_add i j : scale (i + j) = scale i * scale j.
Proof. unfold scale; now rewrite Nat2Z.inj_add, Z.pow_add_r by lia. Qed.

Lemma scale_succ i : scale (S i) = 256 * scale i.
Proof. unfold scale; now rewrite Nat2Z.inj_succ, Z.pow_succ_r by lia. Qed.

Lemma shifts_spec fuel range : bottom <= range * scale fuel -> range <= top ->
  bottom <= range * scale (shifts fuel range) <= top.
Proof.
  revert range; induction fuel as [|fuel IH]; intros range wide small; simpl.
  - change (scale 0) with 1 in *; lia.
  - destruct (Z.ltb_spec range bottom) as [narrow|]; [|change (scale 0) with 1; lia].
    rewrite scale_succ in wide |- *.
    replace (range * (256 * scale (shifts fuel (range * 256))))
      with (range * 256 * scale (shifts fuel (range * 256))) by ring.
    apply IH; [lia|rewrite top_bottom; lia].
Qed.

Definition in_range (range : Z) : Prop := bottom <= range <= top.

(** One symbol narrows the interval to its share, which keeps the width in bounds. *)
Lemma share_range range t s : in_range range -> Forall (fun f => 0 <= f) t ->
  1 <= frequency t s -> sum t <= bottom ->
  let r := range / sum t in
  1 <= r /\ r * sum t <= range
  /\ 1 <= r * frequency t s /\ 0 <= r * below t s
  /\ r * below t s + r * frequency t s <= range
  /\ in_range (r * frequency t s * scale (shifts m (r * frequency t s))).
Proof.
  intros [wide narrow] nonneg positive fits r.
  pose proof (below_share t s nonneg) as (below_ge & _ & below_le).
  assert (sum_pos : 0 < sum t) by lia.
  assert (r_ge : 1 <= r) by (unfold r; apply Z.div_le_lower_bound; lia).
  assert (r_le : r * sum t <= range).
  { unfold r; rewrite Z.mul_comm; apply Z.mul_div_le; lia. }
  assert (inside : r * below t s + r * frequency t s <= range) by nia.
  repeat split; try nia; apply shifts_spec; try nia; pose proof bottom_pos;
    change (scale m) with bottom; nia.
Qed.

Lemma encode_nested past low range symbols : in_range range -> encodable past symbols ->
  let '(l, g, j) := encode_from past low range symbols in
  low * scale j <= l /\ l + g <= (low + range) * scale j /\ in_range g.
Proof.
  revert past low range; induction symbols as [|s rest IH]; intros past low range wide can; simpl.
  - change (scale 0) with 1; split; [lia|split; [lia|exact wide]].
  - destruct can as (nonneg & _ & positive & fits & later).
    pose proof (share_range range (predict past) s wide nonneg positive fits)
      as (_ & _ & _ & low_ge & inside & next).
    set (r := range / sum (predict past)) in *.
    set (i := shifts m (r * frequency (predict past) s)) in *.
    specialize (IH (s :: past) ((low + r * below (predict past) s) * scale i)
      (r * frequency (predict past) s * scale i) next later).
    destruct (encode_from _ _ _ rest) as [[l g] j]; destruct IH as (l_ge & end_le & good).
    rewrite scale_add; pose proof (scale_pos i); pose proof (scale_pos j).
    assert (both_pos : 0 < scale i * scale j) by nia.
    split; [|split; [|exact good]].
    + apply Z.le_trans with (2 := l_ge); rewrite <- Z.mul_assoc.
      apply Z.mul_le_mono_nonneg_r; lia.
    + apply Z.le_trans with (1 := end_le); rewrite <- Z.mul_add_distr_r, <- Z.mul_assoc.
      apply Z.mul_le_mono_nonneg_r; lia.
Qed.

(** ** Bytes *)

Definition is_code (code : list Z) : Prop := Forall (fun b => 0 <= b < 256) code.

Lemma nth_byte code k : is_code code -> 0 <= nth k code 0 < 256.
Proof.
  intro bytes; destruct (nth_in_or_default k code 0) as [member| ->]; [|lia].
  unfold is_code in bytes; rewrite Forall_forall in bytes; now apply bytes.
Qed.

Lemma prefix_add code j k : is_code code ->
  prefix code k * scale j <= prefix code (k + j) < (prefix code k + 1) * scale j.
Proof.
  intro bytes; induction j as [|j IH].
  - rewrite Nat.add_0_r; change (scale 0) with 1; lia.
  - rewrite Nat.add_succ_r, scale_succ; cbn [prefix].
    pose proof (nth_byte code (k + j) bytes); nia.
Qed.

Lemma read_prefix code i k low :
  read code i k (prefix code k - low) = prefix code (k + i) - low * scale i.
Proof.
  revert k low; induction i as [|i IH]; intros k low; cbn [read].
  - rewrite Nat.add_0_r; change (scale 0) with 1; lia.
  - replace (256 * (prefix code k - low) + nth k code 0) with (prefix code (S k) - 256 * low)
      by (cbn [prefix]; ring).
    rewrite IH, scale_succ, <- Nat.add_succ_comm; ring.
Qed.

Lemma decode_from_encode code past low range symbols k : is_code code ->
  in_range range -> encodable past symbols ->
  (let '(l, g, j) := encode_from past low range symbols in l <= prefix code (k + j) < l + g) ->
  decode_from code (length symbols) past (prefix code k - low) range k = symbols.
Proof.
  intro bytes; revert past low range k.
  induction symbols as [|s rest IH]; intros past low range k wide can hits; simpl; [reflexivity|].
  simpl in hits; destruct can as (nonneg & known & positive & fits & later).
  pose proof (share_range range (predict past) s wide nonneg positive fits)
    as (r_ge & _ & _ & _ & _ & next).
  set (t := predict past) in *; set (r := range / sum t) in *.
  set (i := shifts m (r * frequency t s)) in *.
  pose proof (encode_nested (s :: past) ((low + r * below t s) * scale i)
    (r * frequency t s * scale i) rest next later) as nested.
  destruct (encode_from (s :: past) _ _ rest) as [[l g] j] eqn:coded.
  destruct nested as (l_ge & end_le & _).
  (* The code lies in the share of s. *)
  pose proof (prefix_add code (i + j) k bytes) as [low_digits high_digits].
  rewrite scale_add in low_digits, high_digits.
  assert (both_pos : 0 < scale i * scale j) by (pose proof (scale_pos i);
    pose proof (scale_pos j); nia).
  assert (first : low + r * below t s <= prefix code k).
  { apply Z.lt_succ_r, (Z.mul_lt_mono_pos_r (scale i * scale j)); nia. }
  assert (last : prefix code k < low + r * below t s + r * frequency t s).
  { apply (Z.mul_lt_mono_pos_r (scale i * scale j)); nia. }
  assert (symbol : find t ((prefix code k - low) / r) = s).
  { apply find_share; [exact nonneg|exact known|split].
    - apply Z.div_le_lower_bound; lia.
    - apply Z.div_lt_upper_bound; lia. }
  rewrite symbol; fold i; f_equal.
  replace (prefix code k - low - r * below t s)
    with (prefix code k - (low + r * below t s)) by ring.
  rewrite read_prefix; apply IH; [exact next|exact later|].
  rewrite coded, <- Nat.add_assoc; exact hits.
Qed.

Lemma to_bytes_code n x : is_code (to_bytes n x).
Proof.
  revert x; induction n as [|n IH]; intro x; simpl; [constructor|].
  apply Forall_app; split; [apply IH|].
  constructor; [apply Z.mod_pos_bound; lia|constructor].
Qed.

Lemma to_bytes_length n x : length (to_bytes n x) = n.
Proof. revert x; induction n as [|n IH]; intro x; simpl; [|rewrite app_length, IH; simpl; lia];
  reflexivity. Qed.

Lemma prefix_app code more k : (k <= length code)%nat -> prefix (code ++ more) k = prefix code k.
Proof.
  induction k as [|k IH]; intro short; simpl; [reflexivity|].
  rewrite IH, app_nth1 by lia; reflexivity.
Qed.

Lemma prefix_to_bytes n x more : 0 <= x < scale n -> prefix (to_bytes n x ++ more) n = x.
Proof.
  revert x more; induction n as [|n IH]; intros x more range; [change (scale 0) with 1 in range;
    simpl; lia|].
  rewrite scale_succ in range.
  rewrite prefix_app by now rewrite to_bytes_length.
  cbn [to_bytes prefix]; rewrite IH.
  - rewrite app_nth2, to_bytes_length, Nat.sub_diag by (rewrite to_bytes_length; lia).
    simpl nth; pose proof (Z.div_mod x 256); lia.
  - split; [apply Z.div_pos; lia|apply Z.div_lt_upper_bound; lia].
Qed.

Lemma prefix_zeros code more n k : is_code code -> length code = n ->
  (forall i, (i < k)%nat -> nth i more 0 = 0) ->
  prefix (code ++ more) (n + k) = prefix (code ++ more) n * scale k.
Proof.
  intros bytes long zeros; induction k as [|k IH].
  - rewrite Nat.add_0_r; change (scale 0) with 1; lia.
  - rewrite Nat.add_succ_r, scale_succ; cbn [prefix].
    rewrite IH by auto; rewrite app_nth2 by lia.
    replace (n + k - length code)%nat with k by lia; rewrite zeros by lia; ring.
Qed.

(** The code may be followed by anything, once m zero bytes have gone by. *)
Theorem decode_encode_padded symbols more : encodable [] symbols -> is_code more ->
  (forall i, (i < m)%nat -> nth i more 0 = 0) ->
  decode (encode symbols ++ more) (length symbols) = symbols.
Proof.
  intros can bytes zeros; unfold decode.
  assert (wide : in_range top) by (unfold in_range; rewrite top_bottom; pose proof bottom_pos; lia).
  pose proof (encode_nested [] 0 top symbols wide can) as nested.
  replace (prefix (encode symbols ++ more) (S m))
    with (prefix (encode symbols ++ more) (S m) - 0) by ring.
  apply decode_from_encode; trivial.
  { apply Forall_app; split; [|exact bytes]; unfold encode.
    destruct (encode_from [] 0 top symbols) as [[l g] j]; apply to_bytes_code. }
  unfold encode; destruct (encode_from [] 0 top symbols) as [[l g] j].
  destruct nested as (l_ge & end_le & good & _).
  pose proof bottom_pos as positive; pose proof (scale_pos j).
  set (x := (l + bottom - 1) / bottom).
  assert (x_low : l <= x * bottom).
  { unfold x; pose proof (Z.div_mod (l + bottom - 1) bottom).
    pose proof (Z.mod_pos_bound (l + bottom - 1) bottom positive); nia. }
  assert (x_high : x * bottom < l + bottom).
  { unfold x; pose proof (Z.mul_div_le (l + bottom - 1) bottom positive); nia. }
  assert (x_range : 0 <= x < scale (S j)).
  { split; [unfold x; apply Z.div_pos; lia|].
    apply (Z.mul_lt_mono_pos_r bottom); [exact positive|].
    rewrite scale_succ; rewrite top_bottom in end_le; nia. }
  replace (S m + j)%nat with (S j + m)%nat by lia.
  rewrite prefix_zeros; [|apply to_bytes_code|apply to_bytes_length|exact zeros].
  rewrite prefix_to_bytes by exact x_range.
  change (scale m) with bottom; lia.
Qed.

Theorem decode_encode symbols : encodable [] symbols ->
  decode (encode symbols) (length symbols) = symbols.
Proof.
  intro can; rewrite <- (app_nil_r (encode symbols)).
  apply decode_encode_padded; [exact can|constructor|now intros []].
Qed.

(** ** The length of the code *)

Open Scope R_scope.

(** What the predictor's tables say the symbols cost. *)
Fixpoint ideal (past symbols : list nat) : R :=
  match symbols with
  | [] => 0
  | s :: rest =>
    let t := predict past in
    log2 (IZR (sum t) / IZR (frequency t s)) + ideal (s :: past) rest
  end.

Fixpoint sums_at_most (limit : Z) (past symbols : list nat) : Prop :=
  match symbols with
  | [] => True
  | s :: rest => (sum (predict past) <= limit)%Z /\ sums_at_most limit (s :: past) rest
  end.

Lemma log2_mult x y : 0 < x -> 0 < y -> log2 (x * y) = log2 x + log2 y.
Proof. intros; unfold log2; rewrite ln_mult by assumption; unfold Rdiv; ring. Qed.

Lemma log2_div x y : 0 < x -> 0 < y -> log2 (x / y) = log2 x - log2 y.
Proof. intros; unfold log2; rewrite ln_div by assumption; unfold Rdiv; ring. Qed.

Lemma log2_le x y : 0 < x -> x <= y -> log2 x <= log2 y.
Proof.
  intros; unfold log2; apply Rmult_le_compat_r; [left; apply Rinv_0_lt_compat, ln_2_pos|].
  now apply ln_le_iff.
Qed.

Lemma log2_scale i : log2 (IZR (scale i)) = 8 * INR i.
Proof.
  unfold scale; rewrite <- pow_IZR; replace (IZR 256) with (2 ^ 8) by (simpl; ring).
  rewrite <- pow_mult, log2_pow, mult_INR; simpl; ring.
Qed.

(** Rounding the share down costs a factor of at most 1 - limit / bottom. *)
Lemma share_loss range total limit : (bottom <= range)%Z -> (0 < total <= limit)%Z ->
  IZR range / IZR total * (1 - IZR limit / IZR bottom) <= IZR (range / total).
Proof.
  intros wide [total_pos fits].
  pose proof (IZR_lt _ _ total_pos) as total_pos';
    pose proof (IZR_lt _ _ bottom_pos) as bottom_pos'.
  apply IZR_le in wide; pose proof (IZR_le _ _ fits) as fits'.
  assert (floor : IZR range < IZR total * IZR (range / total) + IZR total).
  { rewrite <- mult_IZR, <- plus_IZR; apply IZR_lt.
    pose proof (Z.div_mod range total); pose proof (Z.mod_pos_bound range total); lia. }
  apply Rmult_le_reg_l with (IZR total); [exact total_pos'|].
  replace (IZR total * (IZR range / IZR total * (1 - IZR limit / IZR bottom)))
    with (IZR range - IZR range / IZR bottom * IZR limit) by (field; lra).
  assert (1 <= IZR range / IZR bottom).
  { apply Rmult_le_reg_r with (IZR bottom); [exact bottom_pos'|].
    unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
  nra.
Qed.

Lemma encode_from_length limit past low range symbols : (limit < bottom)%Z ->
  in_range range -> encodable past symbols -> sums_at_most limit past symbols ->
  let '(_, g, j) := encode_from past low range symbols in
  8 * INR j + log2 (IZR range)
  <= log2 (IZR g) + ideal past symbols
     + INR (length symbols) * - log2 (1 - IZR limit / IZR bottom).
Proof.
  intro limit_lt; pose proof bottom_pos as positive; pose proof (IZR_lt _ _ positive) as positive'.
  revert past low range; induction symbols as [|s rest IH];
    intros past low range wide can at_most; simpl encode_from.
  - simpl; lra.
  - destruct can as (nonneg & _ & frequent & fits & later); destruct at_most as [here there].
    pose proof (share_range range (predict past) s wide nonneg frequent fits)
      as (r_ge & _ & share_ge & _ & _ & next).
    pose proof (below_share (predict past) s nonneg) as (below_ge & _ & below_le).
    set (t := predict past) in *; set (r := (range / sum t)%Z) in *.
    set (i := shifts m (r * frequency t s)) in *.
    specialize (IH (s :: past) ((low + r * below t s) * scale i)%Z (r * frequency t s * scale i)%Z
      next later there).
    destruct (encode_from _ _ _ rest) as [[l g] j].
    assert (total_pos : (0 < sum t <= limit)%Z) by lia.
    assert (limit_small : IZR limit / IZR bottom < 1).
    { apply IZR_lt in limit_lt; apply Rmult_lt_reg_r with (IZR bottom); [exact positive'|].
      unfold Rdiv; rewrite Rmult_assoc, Rinv_l; lra. }
    pose proof (share_loss range (sum t) limit (proj1 wide) total_pos) as loss; fold r in loss.
    assert (range_pos : 0 < IZR range) by (apply IZR_lt; destruct wide; lia).
    assert (sum_pos : 0 < IZR (sum t)) by (apply IZR_lt; lia).
    assert (f_pos : 0 < IZR (frequency t s)) by (apply IZR_lt; lia).
    assert (r_pos : 0 < IZR r) by (apply IZR_lt; lia).
    assert (scale_pos' : 0 < IZR (scale i)) by (apply IZR_lt, scale_pos).
    apply log2_le in loss; [|apply Rmult_lt_0_compat; [now apply Rdiv_lt_0_compat|lra]].
    rewrite log2_mult, log2_div in loss by (try apply Rdiv_lt_0_compat; lra).
    rewrite !mult_IZR, !log2_mult, log2_scale in IH by (try apply Rmult_lt_0_compat; assumption).
    simpl ideal; fold t; rewrite log2_div by assumption.
    simpl length; rewrite S_INR, plus_INR; lra.
Qed.

Theorem code_length limit symbols : (limit < bottom)%Z ->
  encodable [] symbols -> sums_at_most limit [] symbols ->
  8 * INR (length (encode symbols))
  <= 8 + ideal [] symbols + INR (length symbols) * - log2 (1 - IZR limit / IZR bottom).
Proof.
  intros limit_lt can at_most.
  assert (wide : in_range top) by (unfold in_range; rewrite top_bottom; pose proof bottom_pos; lia).
  pose proof (encode_from_length limit [] 0%Z top symbols limit_lt wide can at_most) as bound.
  pose proof (encode_nested [] 0%Z top symbols wide can) as nested.
  unfold encode; destruct (encode_from [] 0%Z top symbols) as [[l g] j].
  destruct nested as (_ & _ & g_wide & g_le).
  rewrite to_bytes_length, S_INR.
  assert (log2 (IZR g) <= log2 (IZR top)).
  { apply log2_le; [apply IZR_lt; pose proof bottom_pos; lia|now apply IZR_le]. }
  lra.
Qed.

End Coder.

(** ** The parameters for 64-bit arithmetic *)

Open Scope R_scope.

Theorem loss_64 : - log2 (1 - IZR (2 ^ 24) / IZR (bottom 6)) <= / 5000000.
Proof.
  unfold bottom; replace (IZR (256 ^ Z.of_nat 6)) with (2 ^ 48) by (rewrite pow_IZR; reflexivity).
  replace (IZR (2 ^ 24)) with (2 ^ 24) by (rewrite pow_IZR; reflexivity).
  replace (2 ^ 24 / 2 ^ 48) with (/ 16777216) by field.
  pose proof (ln_tangent (/ (1 - / 16777216)) ltac:(lra)) as tangent.
  rewrite ln_Rinv in tangent by lra.
  pose proof ln_2_bounds.
  unfold log2; apply Rmult_le_reg_r with (ln 2); [lra|].
  replace (- (ln (1 - / 16777216) / ln 2) * ln 2) with (- ln (1 - / 16777216)) by (field; lra).
  lra.
Qed.

Theorem code_length_64 predict symbols :
  encodable 6 predict [] symbols -> sums_at_most predict (2 ^ 24) [] symbols ->
  8 * INR (length (encode 6 predict symbols))
  <= 8 + ideal predict [] symbols + INR (length symbols) / 5000000.
Proof.
  intros can at_most.
  pose proof (code_length 6 predict (2 ^ 24) symbols ltac:(reflexivity) can at_most) as bound.
  pose proof loss_64; pose proof (pos_INR (length symbols)).
  assert (INR (length symbols) * - log2 (1 - IZR (2 ^ 24) / IZR (bottom 6))
    <= INR (length symbols) * / 5000000) by now apply Rmult_le_compat_l.
  unfold Rdiv; lra.
Qed.

(** ** Witnesses *)

(** A predictor that counts: each symbol's frequency is one more than how often it came. *)
Definition counting (past : list nat) : list Z :=
  map (fun s => Z.of_nat (count_occ Nat.eq_dec past s) + 1)%Z (seq 0 3).

Theorem encodable_witness : encodable 6 counting [] [0; 2; 1; 1; 0]%nat
  /\ sums_at_most counting (2 ^ 24) [] [0; 2; 1; 1; 0]%nat.
Proof.
  assert (nonneg : forall past, Forall (fun f => 0 <= f)%Z (counting past)).
  { intro; apply Forall_forall; intros f member; apply in_map_iff in member as (s & <- & _); lia. }
  split; simpl; repeat split; try apply nonneg; try (vm_compute; discriminate); lia.
Qed.

Theorem encode_example :
  let symbols := (repeat 0 20 ++ [2; 1] ++ repeat 0 20)%nat in
  (length (encode 6 counting symbols) <= 3)%nat
  /\ decode 6 counting (encode 6 counting symbols) 42 = symbols.
Proof. vm_compute; split; [repeat constructor|reflexivity]. Qed.

(** A symbol that was given no share cannot be coded: the interval becomes empty. *)
Theorem impossible_symbol :
  let predict := fun _ : list nat => [1; 0]%Z in
  ~ encodable 6 predict [] [1%nat]
  /\ decode 6 predict (encode 6 predict [1%nat]) 1 <> [1%nat].
Proof.
  split; [|vm_compute; discriminate].
  simpl; intros (_ & _ & positive & _); vm_compute in positive; now apply positive.
Qed.

(** The 8 bits beyond the ideal length are needed, but for one: a text of one symbol that is as likely as
    not has an ideal length of one bit, and its code is a whole byte. *)
Theorem code_length_nearly_tight :
  let predict := fun _ : list nat => [1; 1]%Z in
  encodable 6 predict [] [1%nat]
  /\ ideal predict [] [1%nat] = 1
  /\ 8 * INR (length (encode 6 predict [1%nat])) = 8.
Proof.
  split; [|split].
  - simpl; repeat split; try (vm_compute; discriminate); try lia.
    repeat constructor; lia.
  - cbn [ideal]; change (IZR (sum [1; 1]%Z)) with 2; change (IZR (frequency [1; 1]%Z 1)) with 1.
    unfold log2; replace (2 / 1) with 2 by field.
    assert (ln 2 <> 0) by (pose proof ln_lt_2; lra); field; assumption.
  - replace (length (encode 6 (fun _ => [1; 1]%Z) [1%nat])) with 1%nat by (vm_compute; reflexivity).
    simpl; lra.
Qed.
