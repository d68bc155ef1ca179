(** * The constants that the program takes from here

    [constants]             name, value and meaning of each; the program's source file is printed
                            from this list, and none of its values is written by hand
    [nearest]               a binary64 next to a real: within half of its last place
    [safety_cut_phi], [phi_square_nearest], [alpha_phi_nearest], [ladder_default], [family_levels],
    [penalty_hardness], [band_peak], [decay_first_share], [lucas_last], [integers_exact],
    [largest_value], [head_size_last], [finite_operands], [finite_sums], [coder_length]
                            what the theorems say of each *)

From Coq Require Import ZArith QArith Qreals Reals List String Lia Lra.
From Flocq Require Import Core BinarySingleNaN.
From GoldenFloat Require Import Format Integers Round.
From Igla Require Import Phi Lucas Rungs Victory Entropy Decay QKGain.
From Igla Require SafeDomain Coder.
Import ListNotations.
Open Scope string_scope.

Inductive value :=
  | Whole (n : Z)
  (** Printed as the binary64 next to it. *)
  | Real (q : Q).

Definition rung_unit : Z := 1000.
Definition rung_eta : Z := 3.
Definition rung_count : Z := 4.
Definition safety_cut : Q := 7 # 2.
Definition cut_after : Z := 1000.
Definition phi_square_binary64 : Q := 1473822112022165 # 562949953421312.
Definition alpha_phi_binary64 : Q := 2126311311004319 # 18014398509481984.
Definition victory_seeds : Z := 3.
Definition victory_family : Z := 100.
Definition entropy_low : Q := 3 # 2.
Definition entropy_high : Q := 14 # 5.
Definition entropy_hardness : Z := 100.
Definition entropy_peak : Q := 7634 # 10000.
Definition automaton_states : Z := 9.
Definition first_decay : Q := 249 # 250.
Definition last_exact_lucas : Z := 15.
Definition largest_exact_integer : Z := 1024.
Definition largest_gf16 : Z := 4290772992.
Definition last_head_size : Z := 71.
Definition finite_below : Z := 4292870144.
Definition most_products : Z := 2 ^ 20.
Definition coder_bytes : Z := 6.

Definition constants : list (string * value * string) := [
  ("rungUnit", Whole rung_unit, "Steps of the first rung.");
  ("rungEta", Whole rung_eta, "Factor between rungs, and one in so many of a rung is promoted.");
  ("rungCount", Whole rung_count, "Rungs of a race.");
  ("safetyCut", Real safety_cut, "Bits per byte above which a trial is stopped: φ² + φ⁻² + ½.");
  ("cutAfter", Whole cut_after, "Next-byte steps before that cut applies.");
  ("phiSquared", Real phi_square_binary64, "φ², the gain of the attention logits.");
  ("alphaPhi", Real alpha_phi_binary64, "φ⁻³/2.");
  ("victorySeeds", Whole victory_seeds, "Runs at which the rational t-test is exact.");
  ("victoryFamily", Whole victory_family,
    "The k-th candidate is tested at 1/(this · k · (k + 1)), and the levels sum to 1/this.");
  ("entropyLow", Real entropy_low, "Lower edge of the automaton's band, in bits.");
  ("entropyHigh", Real entropy_high, "Upper edge of the automaton's band, in bits.");
  ("entropyHardness", Whole entropy_hardness, "Factor of the squared distance from the band.");
  ("entropyPeak", Real entropy_peak, "No state has a larger share at the lower edge or above it.");
  ("automatonStates", Whole automaton_states, "States of a cell.");
  ("firstDecay", Real first_decay, "Share of the target encoder that the first step keeps.");
  ("lastExactLucas", Whole last_exact_lucas, "Index of the last Lucas number that GF16 has.");
  ("largestExactInteger", Whole largest_exact_integer,
    "GF16 has every integer up to here, and not the next.");
  ("largestGF16", Whole largest_gf16, "The largest number of GF16.");
  ("lastHeadSize", Whole last_head_size, "Largest D for which e to the φ² · √D is within GF16.");
  ("finiteBelow", Whole finite_below, "Smaller magnitudes become finite numbers of GF16.");
  ("mostProducts", Whole most_products,
    "Products of numbers of GF16 whose sum does not overflow binary32, in any order.");
  ("coderBytes", Whole coder_bytes, "Bytes that the arithmetic coder's interval keeps at least.")
].

Open Scope R_scope.

Theorem safety_cut_phi : Q2R safety_cut = phi ^ 2 + / phi ^ 2 + / 2.
Proof. rewrite phi_safety_cut; unfold Q2R, safety_cut; simpl; lra. Qed.

(** [q] is a binary64, and no other is nearer to [x]: half a unit in the last place is 2^(e-1). *)
Definition nearest (q : Q) (e : Z) (x : R) : Prop :=
  (exists m : Z, Q2R q = IZR m * bpow radix2 e /\ (2 ^ 52 <= m < 2 ^ 53)%Z)
  /\ Rabs (Q2R q - x) <= bpow radix2 (e - 1).

Lemma sqrt_5_close : 2.23606797749978969 < sqrt 5 < 2.23606797749978970.
Proof.
  pose proof sqrt_5_square; pose proof (sqrt_pos 5); set (s := sqrt 5) in *; clearbody s.
  split; apply Rnot_le_lt; intro order.
  - pose proof (Rmult_le_compat s 2.23606797749978969 s 2.23606797749978969 ltac:(lra) ltac:(lra)
      order order); lra.
  - pose proof (Rmult_le_compat 2.23606797749978970 s 2.23606797749978970 s ltac:(lra) ltac:(lra)
      order order); lra.
Qed.

Theorem phi_square_nearest : nearest phi_square_binary64 (-51) (phi ^ 2).
Proof.
  rewrite phi_square; unfold phi; pose proof sqrt_5_close; split.
  - exists (1473822112022165 * 4)%Z; split; [|lia].
    unfold Q2R; simpl; change (Z.pow_pos 2 51) with 2251799813685248%Z; lra.
  - apply Rabs_le; unfold Q2R; simpl; change (Z.pow_pos 2 52) with 4503599627370496%Z; lra.
Qed.

Theorem alpha_phi_nearest : nearest alpha_phi_binary64 (-56) alpha_phi.
Proof.
  rewrite alpha_phi_closed; pose proof sqrt_5_close; split.
  - exists (2126311311004319 * 4)%Z; split; [|lia].
    unfold Q2R; simpl; change (Z.pow_pos 2 56) with 72057594037927936%Z; lra.
  - apply Rabs_le; unfold Q2R; simpl; change (Z.pow_pos 2 57) with 144115188075855872%Z; lra.
Qed.

Theorem ladder_default :
  ladder rung_unit rung_eta rung_count = Some [1000; 3000; 9000; 27000]%Z.
Proof. reflexivity. Qed.

Theorem family_levels k : family k = (victory_family * k * (k + 1))%Z.
Proof. reflexivity. Qed.

Theorem penalty_hardness low high h :
  penalty low high h = IZR entropy_hardness * (excess low high h * excess low high h).
Proof. reflexivity. Qed.

Theorem band_peak p x : distribution p -> Z.of_nat (List.length p) = automaton_states ->
  Q2R entropy_low <= entropy p -> In x p -> x <= Q2R entropy_peak.
Proof.
  unfold Q2R, entropy_low, entropy_peak, automaton_states; simpl; intros dist nine high member.
  replace (7634 * / 10000) with 0.7634 by lra.
  apply (peak_bound p); [exact dist|lia|lra|exact member].
Qed.

Theorem band_edges : Q2R entropy_low = 1.5 /\ Q2R entropy_high = 2.8.
Proof. unfold Q2R; simpl; split; lra. Qed.

Theorem decay_first_share p : Q2R first_decay <= decay (Q2R first_decay) p <= 1.
Proof. apply decay_range; unfold Q2R, first_decay; simpl; lra. Qed.

Theorem lucas_last n :
  generic_format radix2 gf16_exp (IZR (lucas n)) <-> (Z.of_nat n <= last_exact_lucas)%Z.
Proof. rewrite lucas_exact_iff; unfold last_exact_lucas; lia. Qed.

Theorem integers_exact n : (Z.abs n <= largest_exact_integer)%Z ->
  generic_format radix2 gf16_exp (IZR n).
Proof. apply integer_exact. Qed.

Theorem largest_value : B2R (of_code 0x7DFF) = IZR largest_gf16.
Proof. apply value_max. Qed.

Theorem head_size_last D : (1 <= D)%nat ->
  exp (phi ^ 2 * sqrt (INR D)) < gf16_max <-> (Z.of_nat D <= last_head_size)%Z.
Proof. intro; rewrite gain_phi_overflow by assumption; unfold last_head_size; lia. Qed.

Theorem finite_operands x :
  Rabs x < IZR finite_below -> Rabs (gf16_round x) < bpow radix2 32.
Proof. apply SafeDomain.gf16_operand_finite. Qed.

Theorem finite_sums t :
  SafeDomain.operands (fun x => Rabs x <= bpow radix2 32) t ->
  (Z.of_nat (SafeDomain.products t) <= most_products)%Z ->
  Rabs (SafeDomain.computed SafeDomain.binary32_round t) < bpow radix2 127.
Proof.
  intros small few; destruct (SafeDomain.tree_size t) as [[_ low] count].
  apply inj_le in low; apply inj_lt in count; rewrite Nat2Z.inj_mul in count.
  unfold most_products in few; change (2 ^ 20)%Z with 1048576%Z in few.
  apply SafeDomain.gf16_no_overflow; [exact small| |];
    rewrite INR_IZR_INZ, <- IZR_Zpower by discriminate; apply IZR_le; simpl; lia.
Qed.

Theorem coder_length predict symbols :
  Coder.encodable (Z.to_nat coder_bytes) predict [] symbols ->
  Coder.sums_at_most predict (2 ^ 24) [] symbols ->
  8 * INR (List.length (Coder.encode (Z.to_nat coder_bytes) predict symbols))
  <= 8 + Coder.ideal predict [] symbols + INR (List.length symbols) / 5000000.
Proof. apply Coder.code_length_64. Qed.
