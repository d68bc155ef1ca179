internal import Invariants

/// The interval of an arithmetic coder, and the limits of its arithmetic.
///
/// `256^6 ≤ range ≤ 256^7`: a symbol's share of it and a carry fit into 64 bits.
enum CodingInterval {
  /// Bytes that an interval keeps at least, `m`.
  static let bytes = ProvenConstants.coderBytes
  /// The narrowest interval, 256^m.
  static let bottom: UInt64 = 1 << (8 * UInt64(bytes))
  /// The widest interval, 256^(m + 1).
  static let top: UInt64 = bottom << 8
}

/// A symbol's part of a table of whole frequencies.
public struct CodingShare: Sendable, Hashable {
  /// The sum of the frequencies of the symbols before it.
  public let below: UInt64
  /// Its own frequency, at least 1.
  public let frequency: UInt64
  /// The sum of all frequencies.
  public let total: UInt64

  /// - Precondition: `frequency ≥ 1`, `below + frequency ≤ total ≤ 2⁴⁸`.
  public init(below: UInt64, frequency: UInt64, total: UInt64) {
    precondition(
      total <= CodingInterval.bottom && frequency >= 1 && frequency <= total
        && below <= total - frequency,
      "[CodingShare] \(below) + \(frequency) of \(total), expected 1 part at least of 2^48 at most")
    self.below = below
    self.frequency = frequency
    self.total = total
  }

  /// A symbol's share of a table.
  ///
  /// - Precondition: The symbol's frequency is at least 1, and their sum at most 2⁴⁸.
  public init(of symbol: Int, in table: [UInt64]) {
    precondition(
      table.indices.contains(symbol), "[CodingShare] symbol \(symbol) of \(table.count)")
    self.init(
      below: table[..<symbol].reduce(0, +), frequency: table[symbol], total: table.reduce(0, +))
  }

  /// The symbol of a table whose share contains `target`.
  ///
  /// - Precondition: `target` is below the table's sum.
  public static func symbol(at target: UInt64, in table: [UInt64]) -> Int {
    var (target, symbol) = (target, 0)
    while target >= table[symbol] {
      target -= table[symbol]
      symbol += 1
    }
    return symbol
  }

  /// A bit's share: 0 comes first.
  init(of bit: Bool, _ share: BitShare) {
    let total = UInt64(BitShare.total)
    let one = UInt64(share.one)
    self.init(
      below: bit ? total - one : 0, frequency: bit ? one : total - one, total: total)
  }
}
