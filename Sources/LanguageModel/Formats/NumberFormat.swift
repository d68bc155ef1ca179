/// The number formats that weights, and on request more, are rounded to in training.
///
/// All are computed with in `Float`, which holds every number of each.
public enum NumberFormat: String, Sendable, Hashable, CaseIterable {
  /// As computed.
  case float32
  /// 8 exponent and 7 fraction bits.
  case bf16
  /// 6 exponent and 9 fraction bits: `GF16` of `GoldenFloat`.
  case gf16
}
