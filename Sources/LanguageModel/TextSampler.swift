internal import Glibc
public import Kernels

/// Draws text from a model, a byte at a time.
///
/// The same engine, prompt, settings and seed give the same bytes, for any number of threads.
/// ``BytePredictor`` says how far each prediction looks back.
public struct TextSampler {
  /// Divides the logits: under 1 bolder, over 1 wilder.
  ///
  /// 0 always takes the likeliest byte.
  public var temperature = 0.8
  /// Draws only among the likeliest bytes whose probabilities reach this sum; 1 for all.
  public var topP = 1.0

  private let predictor: BytePredictor
  private let random: CounterRandom
  private var drawn: UInt32 = 0
  /// The bytes by falling probability, and the weights of the likeliest.
  private var ranked: [UInt8]
  private var weights: [Double] = []

  /// Begins a text with `prompt`, or with a newline where that is empty.
  ///
  /// - Throws: ``AllocationError``.
  public init(engine: Transformer, prompt: [UInt8], seed: UInt64) throws(AllocationError) {
    predictor = try BytePredictor(engine: engine)
    random = CounterRandom(seed: seed, 0x7E87)
    ranked = (0..<ModelConfiguration.vocabulary).map { UInt8($0) }
    weights.reserveCapacity(ModelConfiguration.vocabulary)
    predictor.append(prompt.isEmpty ? [0x0A] : prompt)
  }

  /// Draws the next byte and appends it to the text.
  ///
  /// - Returns: The byte.
  /// - Complexity: One position, and every half a context another half a context.
  public mutating func next() -> UInt8 {
    let byte = choose(predictor.probabilities)
    predictor.append(byte)
    return byte
  }

  private mutating func choose(_ probabilities: UnsafeBufferPointer<Float>) -> UInt8 {
    ranked.sort {
      let (a, b) = (probabilities[Int($0)], probabilities[Int($1)])
      return a == b ? $0 < $1 : a > b
    }
    if temperature <= 0 { return ranked[0] }
    weights.removeAll(keepingCapacity: true)
    var reached = 0.0
    for byte in ranked {
      if reached >= topP && !weights.isEmpty { break }
      let p = Double(probabilities[Int(byte)])
      reached += p
      weights.append(pow(p, 1 / temperature))
    }
    var remaining = Double(random.unit(drawn)) * weights.reduce(0, +)
    drawn &+= 1
    for (index, weight) in weights.enumerated() {
      remaining -= weight
      if remaining < 0 { return ranked[index] }
    }
    return ranked[weights.count - 1]
  }
}
