/// Turns the bytes of ``ArithmeticEncoder`` back into symbols.
///
/// Takes any bytes: reads none beyond them, where it sees zeros, and refuses at the first symbol that
/// no text has. A code that another text has is decoded to that text.
///
/// - Proof: `Proofs/Igla/Coder.v`, `decode_encode` and `decode_encode_padded`.
public struct ArithmeticDecoder: Sendable {
  /// The bytes are no encoder's, or of other tables.
  public struct Impossible: Error, Hashable, Sendable {
    /// Bytes that had been read, zeros beyond the end included.
    public let position: Int
  }

  private let code: [UInt8]
  /// The next byte to be read.
  private var position = 0
  /// What the bytes so far say beyond the interval's lower end; below ``range``.
  private var value: UInt64 = 0
  private var range = CodingInterval.top

  /// Begins with the first symbol of a code.
  public init(_ code: [UInt8]) {
    self.code = code
    for _ in 0...CodingInterval.bytes { read() }
  }

  /// Where in a table of sum `total` the next symbol's share lies.
  ///
  /// - Precondition: `1 ≤ total ≤ 2⁴⁸`.
  /// - Throws: ``Impossible`` where the code lies beyond the table's end.
  public func target(of total: UInt64) throws(Impossible) -> UInt64 {
    precondition(
      total >= 1 && total <= CodingInterval.bottom,
      "[ArithmeticDecoder] a table of sum \(total), expected 1 to 2^48")
    let target = value / (range / total)
    guard target < total else { throw Impossible(position: position) }
    return target
  }

  /// Takes the symbol that ``target(of:)`` lies in.
  ///
  /// - Precondition: It does, in a table of the same sum.
  public mutating func take(_ share: CodingShare) {
    let unit = range / share.total
    value -= unit * share.below
    range = unit * share.frequency
    precondition(value < range, "[ArithmeticDecoder] the code is in another symbol's share")
    while range < CodingInterval.bottom {
      range <<= 8
      read()
    }
  }

  /// Decodes the next symbol of a table.
  ///
  /// - Precondition: Its sum is from 1 to 2⁴⁸.
  /// - Throws: ``Impossible``.
  public mutating func decode(_ table: [UInt64]) throws(Impossible) -> Int {
    let symbol = CodingShare.symbol(at: try target(of: table.reduce(0, +)), in: table)
    take(CodingShare(of: symbol, in: table))
    return symbol
  }

  /// Decodes a bit.
  ///
  /// - Throws: ``Impossible``.
  public mutating func decode(_ share: BitShare) throws(Impossible) -> Bool {
    let bit = try target(of: UInt64(BitShare.total)) >= UInt64(BitShare.total - share.one)
    take(CodingShare(of: bit, share))
    return bit
  }

  private mutating func read() {
    value = value << 8 | UInt64(position < code.count ? code[position] : 0)
    position += 1
  }
}
