/// The place of a result in its rung: finite scores first, lower first, earlier trial first.
public struct RankKey: Comparable, Hashable, Sendable {
  /// Validation bits per byte; `nil` when the trial diverged.
  public var bitsPerByte: Double?
  public var trial: Int

  public init(bitsPerByte: Double?, trial: Int) {
    self.bitsPerByte = bitsPerByte
    self.trial = trial
  }

  public static func < (a: RankKey, b: RankKey) -> Bool {
    switch (a.bitsPerByte, b.bitsPerByte) {
    case (let x?, let y?) where x != y: x < y
    case (.some, nil): true
    case (nil, .some): false
    default: a.trial < b.trial
    }
  }
}
