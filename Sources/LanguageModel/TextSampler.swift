internal import Glibc
internal import Kernels

/// Draws text from a model, a byte at a time.
///
/// The same engine, prompt, settings and seed give the same bytes.
public struct TextSampler {
  /// Divides the logits: under 1 bolder, over 1 wilder.
  ///
  /// 0 always takes the likeliest byte.
  public var temperature = 0.8
  /// Draws only among the likeliest bytes whose probabilities reach this sum; 1 for all.
  public var topP = 1.0

  private let engine: Transformer
  private let random: CounterRandom
  private var drawn: UInt32 = 0
  /// Bytes so far; the last `context` of them are what the model sees.
  private var text: [UInt8]

  /// Begins a text with `prompt`, or with a newline where that is empty.
  public init(engine: Transformer, prompt: [UInt8], seed: UInt64) {
    self.engine = engine
    random = CounterRandom(seed: seed, 0x7E87)
    text = prompt.isEmpty ? [0x0A] : prompt
  }

  /// Draws the next byte and appends it to what the model sees.
  ///
  /// - Returns: The byte.
  /// - Complexity: One pass over a window.
  public mutating func next() -> UInt8 {
    let length = min(text.count, engine.configuration.context)
    let box = Distribution()
    text.withUnsafeBufferPointer { bytes in
      engine.probabilities(starts: [text.count - length], of: bytes, length: length) { _, p in
        box.values = Array(p[((length - 1) * 256)...])
      }
    }
    let byte = choose(box.values)
    text.append(byte)
    if text.count > 4 * engine.configuration.context {
      text.removeFirst(text.count - engine.configuration.context)
    }
    return byte
  }

  private mutating func choose(_ probabilities: [Float]) -> UInt8 {
    let ranked = probabilities.enumerated().sorted {
      ($1.element, $0.offset) < ($0.element, $1.offset)
    }
    if temperature <= 0 { return UInt8(ranked[0].offset) }
    var weights: [Double] = []
    var reached = 0.0
    for (_, p) in ranked {
      if reached >= topP && !weights.isEmpty { break }
      reached += Double(p)
      weights.append(pow(Double(p), 1 / temperature))
    }
    var remaining = Double(random.unit(drawn)) * weights.reduce(0, +)
    drawn &+= 1
    for (index, weight) in weights.enumerated() {
      remaining -= weight
      if remaining < 0 { return UInt8(ranked[index].offset) }
    }
    return UInt8(ranked[weights.count - 1].offset)
  }
}

/// A distribution that the single task of a single window fills.
private final class Distribution: @unchecked Sendable {
  var values: [Float] = []
}
