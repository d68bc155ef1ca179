/// A mean loss in nats (natural logarithm) per byte.
public struct NatsPerByte: Sendable, Hashable, Comparable {
  public var value: Double
  public init(_ value: Double) { self.value = value }
  public static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}

/// A mean score in bits per byte, BPB: lower is better, 8 is a uniform guess.
public struct BitsPerByte: Sendable, Hashable, Comparable {
  public var value: Double
  public init(_ value: Double) { self.value = value }

  /// The one place where nats become bits: `bits = nats / ln 2`.
  ///
  /// The vocabulary is the 256 byte values, so a nat per symbol is a nat per byte.
  public init(_ nats: NatsPerByte) { value = nats.value / 0.693_147_180_559_945_309_4 }

  /// Whether it is a number at all; a run that diverged has none.
  public var isFinite: Bool { value.isFinite }
  public static func < (a: Self, b: Self) -> Bool { a.value < b.value }
}
