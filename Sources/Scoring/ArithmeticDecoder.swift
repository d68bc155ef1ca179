/// Reads what ``ArithmeticEncoder`` wrote, given the same shares.
///
/// Of a code that is damaged or made with other shares it reads other symbols, or finds that there is
/// none; it never reads outside of the code, past whose end there are zeros.
///
/// Proof: `Coder.decode` with m = 6 in `Proofs/Igla/Coder.v` is the definition that this agrees with;
/// `decode_encode` says that it gives the symbols back.
public struct ArithmeticDecoder: Sendable {
  /// The code lies in no symbol's share.
  public struct Damage: Error, Sendable, Hashable, CustomStringConvertible {
    public var description: String { "the code is damaged, or was made by another predictor" }
  }

  private let code: [UInt8]
  private var place: Int
  /// Distance of the code from the interval's start.
  private var value: UInt64 = 0
  private var range = ArithmeticEncoder.widest

  public init(_ code: [UInt8]) {
    self.code = code
    place = 0
    for _ in 0..<7 { value = value << 8 | next() }
  }

  /// Where the code lies among `total` parts; a symbol with `below ≤ place < below + frequency` is it.
  ///
  /// - Throws: ``Damage`` where it lies behind them all.
  public func place(among total: UInt32) throws(Damage) -> UInt32 {
    precondition((1...BitShare.total).contains(total), "[ArithmeticDecoder] \(total) parts")
    let place = value / (range / UInt64(total))
    guard place < total else { throw Damage() }
    return UInt32(place)
  }

  /// Narrows the interval to the share of the symbol that was found.
  ///
  /// - Precondition: It contains ``place(among:)``.
  public mutating func take(below: UInt32, frequency: UInt32, total: UInt32) {
    precondition(
      frequency >= 1 && total <= BitShare.total && below + frequency <= total,
      "[ArithmeticDecoder] \(frequency) from \(below) on, of \(total)")
    let part = range / UInt64(total)
    value -= part * UInt64(below)
    range = part * UInt64(frequency)
    precondition(value < range, "[ArithmeticDecoder] another symbol's share")
    while range < ArithmeticEncoder.narrowest {
      value = value << 8 | next()
      range <<= 8
    }
  }

  /// Reads a bit.
  ///
  /// - Throws: ``Damage``; a code that is damaged need not be noticed here.
  public mutating func decode(_ share: BitShare) throws(Damage) -> Bool {
    let zero = BitShare.total - share.one
    let bit = try place(among: BitShare.total) >= zero
    take(below: bit ? zero : 0, frequency: bit ? share.one : zero, total: BitShare.total)
    return bit
  }

  private mutating func next() -> UInt64 {
    defer { place += 1 }
    return place < code.count ? UInt64(code[place]) : 0
  }
}
