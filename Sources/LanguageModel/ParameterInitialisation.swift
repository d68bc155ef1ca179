internal import Kernels

/// The model's values before the first step, a pure function of seed and configuration.
///
/// | tensor | values |
/// | --- | --- |
/// | embedding; the automaton's direction and value | normal, standard deviation 0.5 |
/// | queries, keys, values; perceptron up | uniform in ±0.996/√rows |
/// | the automaton's drive | uniform in ±0.2/√rows |
/// | the automaton's seed | normal, standard deviation 2, minus 0.2 times the state's index |
/// | attention output, perceptron down, head, bias, token shift; the automaton's output | 0 |
/// | the automaton's rule | soft majority |
/// | gains | 1 |
/// | shares of the first block's values | 0.5 |
/// | n-gram projection | uniform in ±1/√(O·W) |
/// | an encoder of contexts: embeddings, layer, head | uniform in ±√(6/(rows + columns)) |
/// | hash tables | normal, standard deviation 0.1 |
///
/// The same seed gives the same bits on every machine: a value is made of random bits by integer
/// operations and correctly rounded `Float` ones only, with no `log` or `cos`. "Normal" therefore
/// means the sum of 12 uniform numbers in (0, 1) minus 6 (Irwin–Hall), whose mean is 0 and variance
/// 1 − 2⁻¹⁶, and which never leaves ±6 standard deviations.
///
/// Each tensor is keyed by its index in ``ParameterLayout/tensors``, each table by its order's
/// index, so that its values do not depend on the sizes of the others.
public enum ParameterInitialisation {
  /// Standard deviation of the byte embedding.
  public static let embeddingDeviation: Float = 0.5
  /// Standard deviation of the hash tables.
  public static let tableDeviation: Float = 0.1
  /// Bound of a block matrix, times the root of its rows: √3 · 0.575, a deviation of 0.575/√rows.
  public static let blockBound: Float = 0.996

  /// Bound of the automaton's drive, times the root of its rows; deviation of its seed; and by how much
  /// the seed prefers each state to the one after it.
  ///
  /// Found by simulation: mean states of two to four steps of either rule then start inside the band of
  /// L-R11 for most rows, while a drive like a block's matrix throws half of them out of it.
  static let (driveBound, seedDeviation, seedSlope): (Float, Float, Float) = (0.2, 2, 0.2)

  /// Writes the initial dense parameters.
  ///
  /// - Parameters:
  ///   - layout: Where each tensor lies.
  ///   - seed: Any number.
  ///   - out: `layout.count` elements; every one is written, the padding between tensors with 0.
  public static func writeParameters(
    _ layout: ParameterLayout, seed: UInt64, into out: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(
      out.count == layout.count,
      "[writeParameters] out has \(out.count) elements, expected \(layout.count)")
    unsafe out.update(repeating: 0)
    for (index, tensor) in layout.tensors.enumerated() {
      let part = unsafe UnsafeMutableBufferPointer(rebasing: out[tensor.range])
      let stream = Stream(seed: seed, domain: .parameters, index: index)
      switch tensor.role {
      case .embedding:
        unsafe stream.writeNormal(deviation: embeddingDeviation, into: part)
      case .block:
        unsafe stream.writeUniform(bound: blockBound / Float(tensor.rows).squareRoot(), into: part)
      case .contextual:
        let bound = (6 / Float(tensor.rows + tensor.columns)).squareRoot()
        unsafe stream.writeUniform(bound: bound, into: part)
      case .ngramProjection:
        unsafe stream.writeUniform(bound: 1 / Float(tensor.rows).squareRoot(), into: part)
      case .gain:
        unsafe part.update(repeating: 1)
      case .valueShare:
        unsafe part.update(repeating: 0.5)
      case .cellDrive:
        unsafe stream.writeUniform(bound: driveBound / Float(tensor.rows).squareRoot(), into: part)
      case .cellSeed:
        unsafe stream.writeNormal(deviation: seedDeviation, into: part)
        for i in part.indices { unsafe part[i] -= seedSlope * Float(i % tensor.columns) }
      case .cellRule:
        _ = unsafe part.update(fromContentsOf: NCAConfiguration.softMajority)
      case .blockOutput, .head, .bias, .shift, .cellReadout:
        break
      }
    }
  }

  /// Writes the initial hash tables.
  ///
  /// - Parameters:
  ///   - configuration: Gives the number of tables and their size.
  ///   - seed: Any number.
  ///   - out: Shape `(O, ngramRows, W)`; every element is written.
  public static func writeTables(
    _ configuration: ModelConfiguration, seed: UInt64, into out: UnsafeMutableBufferPointer<Float>
  ) {
    let size = configuration.ngramRows * configuration.ngramWidth
    let expected = configuration.ngramOrders.count * size
    precondition(
      out.count == expected, "[writeTables] out has \(out.count) elements, expected \(expected)")
    for index in configuration.ngramOrders.indices {
      let part = unsafe UnsafeMutableBufferPointer(
        rebasing: out[(index * size)..<((index + 1) * size)])
      let stream = Stream(seed: seed, domain: .tables, index: index)
      unsafe stream.writeNormal(deviation: tableDeviation, into: part)
    }
  }

  /// The random numbers of one tensor.
  private struct Stream {
    /// Third coordinate of the key, apart from dropout's small site numbers.
    enum Domain: UInt64 {
      /// "PARA" in ASCII.
      case parameters = 0x5041_5241
      /// "TABL" in ASCII.
      case tables = 0x5441_424C
    }

    /// Three independent words of random bits for each element.
    let first: CounterRandom, second: CounterRandom, third: CounterRandom

    init(seed: UInt64, domain: Domain, index: Int) {
      func random(word: UInt64) -> CounterRandom {
        CounterRandom(seed: seed, UInt64(index), word, domain.rawValue)
      }
      first = random(word: 0)
      second = random(word: 1)
      third = random(word: 2)
    }

    /// Writes numbers uniform in [−bound, bound), in steps of `bound · 2⁻²³`.
    func writeUniform(bound: Float, into out: UnsafeMutableBufferPointer<Float>) {
      for i in out.indices {
        let centred = 2 * first.unit(UInt32(truncatingIfNeeded: i)) - 1
        unsafe out[i] = bound * centred
      }
    }

    /// Writes sums of 12 uniform numbers minus 6, times `deviation`.
    ///
    /// The 12 uniform numbers are the bytes of three words, each `(byte + 1/2) / 256`; their sum
    /// minus 6 is `(sum of bytes − 1530) / 256`, exact in `Float`.
    func writeNormal(deviation: Float, into out: UnsafeMutableBufferPointer<Float>) {
      let scale = deviation / 256
      for i in out.indices {
        let counter = UInt32(truncatingIfNeeded: i)
        let pairs =
          Self.bytePairs(first.bits(counter)) + Self.bytePairs(second.bits(counter))
          + Self.bytePairs(third.bits(counter))
        let sum = Int32(truncatingIfNeeded: (pairs & 0xFFFF) + pairs >> 16)
        unsafe out[i] = Float(sum - 1530) * scale
      }
    }

    /// Adds neighbouring bytes: two sums of two, in the low and the high half.
    private static func bytePairs(_ word: UInt32) -> UInt32 {
      (word & 0x00FF_00FF) + (word >> 8 & 0x00FF_00FF)
    }
  }
}
