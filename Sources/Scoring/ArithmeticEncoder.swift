/// Writes symbols as a number, in about −log₂ of their shares bits each.
///
/// A range coder over whole numbers: the state is an interval of 2⁴⁸ to 2⁵⁶ parts; a symbol takes its
/// share of it, and while the interval is narrower than 2⁴⁸ another byte of the code is settled, but for
/// a carry. For n symbols with totals of at most 2²⁴ the code has at most
///
///     8 + Σ log₂(total/frequency) + n/5,000,000 bits
///
/// Proof: `Coder.encode` with m = 6 in `Proofs/Igla/Coder.v` is the definition that this agrees with;
/// `decode_encode`, `code_length_64` speak of it.
public struct ArithmeticEncoder: Sendable {
  /// Bytes that the narrowest interval has: `256^m` of the definition.
  static let narrowest: UInt64 = 1 << 48
  static let widest: UInt64 = 1 << 56

  /// What is settled of the code, but for a carry.
  private var code: [UInt8] = []
  /// The interval's start, below 2⁵⁶, behind what is settled.
  private var low: UInt64 = 0
  private var range = Self.widest

  public init() {}

  /// Narrows the interval to a symbol's share.
  ///
  /// - Parameters:
  ///   - below: Sum of the frequencies of the symbols before it.
  ///   - frequency: Its own, at least 1.
  ///   - total: Of all symbols, at most 2²⁴.
  /// - Complexity: O(1), but for a carry into settled bytes, which is O(1) a symbol in the mean.
  public mutating func encode(below: UInt32, frequency: UInt32, total: UInt32) {
    precondition(
      frequency >= 1 && total <= BitShare.total && below + frequency <= total,
      "[ArithmeticEncoder] \(frequency) from \(below) on, of \(total)")
    let part = range / UInt64(total)
    low += part * UInt64(below)
    range = part * UInt64(frequency)
    if low >= Self.widest {
      low -= Self.widest
      carry()
    }
    while range < Self.narrowest {
      code.append(UInt8(truncatingIfNeeded: low >> 48))
      low = low << 8 & (Self.widest - 1)
      range <<= 8
    }
  }

  /// Writes a bit; that of 0 is the first of the two shares.
  public mutating func encode(_ bit: Bool, _ share: BitShare) {
    let zero = BitShare.total - share.one
    encode(
      below: bit ? zero : 0, frequency: bit ? share.one : zero, total: BitShare.total)
  }

  /// Ends the code: the shortest whole number of bytes that lies in the interval.
  ///
  /// - Returns: At least one byte.
  public consuming func finish() -> [UInt8] {
    var top = (low + Self.narrowest - 1) / Self.narrowest
    if top == 256 {
      carry()
      top = 0
    }
    return code + [UInt8(top)]
  }

  /// Adds one to what is settled.
  private mutating func carry() {
    var place = code.count - 1
    while code[place] == 255 {
      code[place] = 0
      place -= 1
    }
    code[place] += 1
  }
}
