internal import Glibc

/// A text that was predicted, coded and learnt one bit after another.
public struct SequentialCode: Sendable, Hashable {
  /// The arithmetic code.
  public let payload: [UInt8]
  /// Bytes of the text.
  public let bytes: Int
  /// Sum of −log₂ of the shares of its bits: what the coder was told.
  public let sharedBits: Double
  /// Sum of −log₂ p of its bytes by the network's own probabilities.
  ///
  /// Of its bits' shares for a predictor that has no others; not finite where a prediction was not a
  /// distribution.
  public let bits: Double

  /// The score that the code proves.
  public var certified: Double { 8 * Double(payload.count) / Double(bytes) }
  /// The score by the sum of −log₂ p.
  public var evaluated: Double { bits / Double(bytes) }

  /// Bits that a code may be longer or shorter than the sum of −log₂ p: 0.001 a byte, and the whole
  /// bytes at its end.
  ///
  /// The coder itself loses at most 8 bits and 8 bytes' bits / 5,000,000 (`code_length_64` in
  /// `Proofs/Igla/Coder.v`); the rest is for probabilities rounded to parts of 2²⁴.
  public static func tolerance(bytes: Int) -> Double { 16 + 0.001 * Double(bytes) }

  /// Whether the code's length is that of the sum of −log₂ p.
  public var agrees: Bool {
    abs(8 * Double(payload.count) - bits) <= Self.tolerance(bytes: bytes)
  }

  /// Predicts, codes and learns each bit of a text.
  ///
  /// - Parameters:
  ///   - text: The bytes to code.
  ///   - predictor: Stands before the first of them.
  ///   - progress: Told now and then how many bytes are done.
  /// - Returns: The code and its cost.
  public static func encode(
    _ text: some Collection<UInt8>, with predictor: any BitPredictor,
    progress: (Int) -> Void = { _ in }
  ) -> SequentialCode {
    var run = Run(predictor)
    for (index, byte) in text.enumerated() {
      if index % 512 == 0 { progress(index) }
      run.expect(byte)
      for place in stride(from: 7, through: 0, by: -1) { run.code(byte >> place & 1 == 1) }
    }
    return run.code(bytes: text.count)
  }

  /// Decodes a text, each bit before it is learnt, and compares it.
  ///
  /// - Parameters:
  ///   - payload: What ``encode(_:with:progress:)`` gave.
  ///   - text: What it must decode to.
  ///   - predictor: Stands where the encoder's stood.
  ///   - progress: Told now and then how many bytes are done.
  /// - Returns: The same code.
  /// - Throws: ``CertificateError`` of code `differs` at the first other byte, or when the payload is
  ///   not what the encoder makes of this very text.
  public static func decode(
    _ payload: [UInt8], to text: some Collection<UInt8>, with predictor: any BitPredictor,
    progress: (Int) -> Void = { _ in }
  ) throws(CertificateError) -> SequentialCode {
    var decoder = ArithmeticDecoder(payload)
    var run = Run(predictor)
    for (index, byte) in text.enumerated() {
      if index % 512 == 0 { progress(index) }
      run.expect(byte)
      var decoded: UInt8 = 0
      for _ in 0..<8 {
        let bit: Bool
        do {
          bit = try decoder.decode(run.share)
        } catch {
          throw CertificateError(
            .differs, "the code is impossible at byte \(index) of the split",
            hint: CertificateError.otherModel)
        }
        decoded = decoded << 1 | (bit ? 1 : 0)
        // Learning goes on after a wrong bit only to the end of its byte.
        run.code(bit)
      }
      guard decoded == byte else {
        throw CertificateError(
          .differs, "byte \(index) of the split decodes to \(decoded), but it is \(byte)",
          hint: CertificateError.otherModel)
      }
    }
    let code = run.code(bytes: text.count)
    guard code.payload == payload else {
      throw CertificateError(
        .differs,
        "the split decodes, but its code has \(code.payload.count) bytes, not these \(payload.count)",
        hint: "certify anew: a code has no other end than the coder's")
    }
    return code
  }

  /// A predictor on its way through a text, with what it has cost.
  private struct Run {
    private let predictor: any BitPredictor
    private let source: BitsOfBytes?
    private var encoder = ArithmeticEncoder()
    private var sharedBits = 0.0, bits = 0.0
    private(set) var share: BitShare

    init(_ predictor: any BitPredictor) {
      self.predictor = predictor
      source = predictor as? BitsOfBytes
      share = predictor.predict()
    }

    /// Counts what a byte costs by the probabilities before its first bit.
    mutating func expect(_ byte: UInt8) {
      guard let source else { return }
      bits -= source.isSound ? log2(source.probability(of: byte)) : .nan
    }

    mutating func code(_ bit: Bool) {
      encoder.encode(bit, share)
      sharedBits -= log2(Double(share.parts(of: bit)) / Double(BitShare.total))
      predictor.learn(bit)
      share = predictor.predict()
    }

    func code(bytes: Int) -> SequentialCode {
      SequentialCode(
        payload: encoder.finished(), bytes: bytes, sharedBits: sharedBits,
        bits: source == nil ? sharedBits : bits)
    }
  }
}
