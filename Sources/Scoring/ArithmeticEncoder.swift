/// Turns symbols into bytes, each at the cost that its share of a table says.
///
/// The bytes are those of `encode 6` in Coq, whose lower end of the interval is a number of any
/// length; here its last seven bytes are kept, and a carry runs through the bytes before them.
///
/// - Proof: `Proofs/Igla/Coder.v`, `decode_encode` and `code_length_64`: the code of n symbols has at
///   most `8 + Σ log₂(total / frequency) + n / 5,000,000` bits where no table sums to more than 2²⁴.
public struct ArithmeticEncoder: Sendable {
  /// Settled bytes; a later carry may still change them.
  private var bytes: [UInt8] = []
  /// The last seven bytes of the interval's lower end.
  private var low: UInt64 = 0
  private var range = CodingInterval.top

  public init() {}

  /// Narrows the interval to a symbol's share.
  ///
  /// - Complexity: O(1) on average over a text.
  public mutating func encode(_ share: CodingShare) {
    let unit = range / share.total
    add(unit * share.below)
    range = unit * share.frequency
    while range < CodingInterval.bottom {
      bytes.append(UInt8(low >> 48))
      low = (low << 8) & (CodingInterval.top - 1)
      range <<= 8
    }
  }

  /// Codes a bit.
  public mutating func encode(_ bit: Bool, _ share: BitShare) {
    encode(CodingShare(of: bit, share))
  }

  /// The code of the symbols so far: the shortest number in the interval that ends with its first byte.
  public func finished() -> [UInt8] {
    var last = self
    last.add(CodingInterval.bottom - 1)
    return last.bytes + [UInt8(last.low >> 48)]
  }

  /// Adds to the lower end.
  ///
  /// A carry ends within the settled bytes: the interval stays inside the one it began as.
  private mutating func add(_ amount: UInt64) {
    low += amount
    guard low >= CodingInterval.top else { return }
    low -= CodingInterval.top
    var place = bytes.count - 1
    while bytes[place] == 255 {
      bytes[place] = 0
      place -= 1
    }
    bytes[place] += 1
  }
}
