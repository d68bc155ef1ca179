/// Random bits that are a pure function of a key and a counter.
///
/// No state is carried, so a draw does not depend on which thread makes it or in what order. The
/// mixing is Wellons' `lowbias32` applied twice, the second time keyed with the other half; it is
/// meant for dropout masks and initial weights, not for secrets.
///
/// - Source: C. Wellons, "Prospecting for hash functions", 2018 (public domain).
public struct CounterRandom: Sendable, Hashable {
  /// Low and high half of the mixed key.
  public let low: UInt32, high: UInt32

  /// Derives the key from a seed and up to three coordinates (step, sequence, site, …).
  public init(seed: UInt64, _ a: UInt64 = 0, _ b: UInt64 = 0, _ c: UInt64 = 0) {
    var key = Self.mix64(seed &+ 0x9E37_79B9_7F4A_7C15)
    key = Self.mix64(key ^ (a &+ 0xBF58_476D_1CE4_E5B9))
    key = Self.mix64(key ^ (b &+ 0x94D0_49BB_1331_11EB))
    key = Self.mix64(key ^ (c &+ 0xD6E8_FEB8_6659_FD93))
    low = UInt32(truncatingIfNeeded: key)
    high = UInt32(truncatingIfNeeded: key >> 32)
  }

  /// The 32 random bits at `counter`.
  public func bits(_ counter: UInt32) -> UInt32 {
    Self.lowbias32(Self.lowbias32(counter ^ low) ^ high)
  }

  /// A number in [0, 1) with 24 random bits.
  public func unit(_ counter: UInt32) -> Float { Float(bits(counter) >> 8) * 0x1p-24 }

  /// The bits under which a value is dropped at rate `rate`: drop if `bits(i) < threshold`.
  ///
  /// Always even, which spares vector code an unsigned comparison.
  public static func threshold(_ rate: Double) -> UInt32 { UInt32(rate * 4_294_967_296) & ~1 }

  static func lowbias32(_ value: UInt32) -> UInt32 {
    var x = value
    x ^= x >> 16
    x = x &* 0x7FEB_352D
    x ^= x >> 15
    x = x &* 0x846C_A68B
    x ^= x >> 16
    return x
  }

  static func mix64(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
