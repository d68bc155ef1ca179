internal import Glibc
internal import Synchronization
public import LanguageModel

/// Checks that a predictor and its score are what they claim to be.
public struct ScoreAudit: Sendable {
  /// One check and what was found.
  public struct Finding: Sendable, Hashable, Encodable {
    public let check: String
    public let passed: Bool
    public let detail: String

    public init(check: String, passed: Bool, detail: String) {
      self.check = check
      self.passed = passed
      self.detail = detail
    }
  }

  let engine: Transformer
  let text: [UInt8]
  let range: Range<Int>
  let stride: Int

  /// Audits scores of `range`; `text` holds every byte up to its end.
  public init(scorer: StaticScorer, text: [UInt8], range: Range<Int>) {
    engine = scorer.engine
    stride = scorer.stride
    self.text = text
    self.range = range
  }

  /// Runs all checks of a score.
  ///
  /// - Parameters:
  ///   - score: The score to check.
  ///   - floor: Bits per byte that no honest predictor of this text goes below, if it is known.
  /// - Returns: One finding a check, failed ones included.
  public func run(score: StaticScore, floor: BitsPerByte?) -> [Finding] {
    var findings = [coverage(score), denominator(score), normalisation(), causality()]
    findings.append(recomputation(score))
    if let floor {
      findings.append(
        Finding(
          check: "not_below_entropy", passed: score.bitsPerByte >= floor,
          detail: "score \(score.bitsPerByte.value), floor \(floor.value)"))
    }
    return findings
  }

  /// Every byte of the range is scored by exactly one window, from earlier bytes.
  private func coverage(_ score: StaticScore) -> Finding {
    let plan = WindowPlan(range: range, context: engine.configuration.context, stride: stride)
    var times = [UInt8](repeating: 0, count: range.count)
    var inOrder = true
    if plan.uncovered == 1 { times[0] = 1 }
    for window in plan.windows {
      for byte in window.scored {
        times[byte - range.lowerBound] &+= 1
        let position = byte - 1 - window.start
        inOrder = inOrder && position >= 0 && position < window.length
      }
    }
    let once = times.allSatisfy { $0 == 1 }
    return Finding(
      check: "each_byte_once", passed: once && inOrder,
      detail: "\(plan.windows.count) windows over \(range.count) bytes")
  }

  /// The sum is divided by the number of bytes of the range, no other.
  private func denominator(_ score: StaticScore) -> Finding {
    let sum = score.nats.reduce(0.0) { $0 + Double($1) }
    let claimed = score.bitsPerByte.value * 0.693_147_180_559_945_3 * Double(range.count)
    let agrees =
      score.bytes == range.count && score.nats.count == range.count
      && abs(claimed - sum) <= 1e-9 * max(1, abs(sum))
    return Finding(
      check: "byte_denominator", passed: agrees,
      detail: "\(score.bytes) bytes scored, \(range.count) in the range")
  }

  /// Windows on which the probes below look: spread over the range.
  private var probes: [Int] {
    let length = probeLength
    let last = range.upperBound - 1 - length
    guard last >= 0 else { return [] }
    let first = min(max(0, range.lowerBound - length), last)
    return (0..<8).map { first + ($0 * (last - first)) / 7 }
  }

  private var probeLength: Int { min(engine.configuration.context, range.upperBound - 1) }

  /// The probabilities of each position sum to one.
  private func normalisation() -> Finding {
    let worst = Collected()
    text.withUnsafeBufferPointer { bytes in
      engine.probabilities(starts: probes, of: bytes, length: probeLength) { _, p in
        for t in 0..<(p.count / 256) {
          let sum = p[(t * 256)..<((t + 1) * 256)].reduce(0.0) { $0 + Double($1) }
          // A NaN sum must count as wrong, so the comparison is written to fail on it.
          worst.record(abs(sum - 1) <= 1e-5 ? abs(sum - 1) : 1)
        }
      }
    }
    return Finding(
      check: "probabilities_sum_to_one", passed: !probes.isEmpty && worst.value <= 1e-5,
      detail: "largest deviation \(worst.value)")
  }

  /// Changing later bytes leaves the probabilities of earlier positions the same to the bit.
  private func causality() -> Finding {
    let length = probeLength
    var leaks = 0
    var compared = 0
    for start in probes {
      let window = Array(text[start..<(start + length)])
      let before = distributions(window)
      for cut in Set([1, length / 3, length / 2, length - 1]) where cut >= 1 && cut < length {
        var altered = window
        for i in cut..<length { altered[i] = altered[i] &+ UInt8(1 + (i * 37) % 200) }
        let after = distributions(altered)
        for i in 0..<(cut * 256) where before[i].bitPattern != after[i].bitPattern { leaks += 1 }
        compared += cut * 256
      }
    }
    return Finding(
      check: "causality", passed: leaks == 0 && (compared > 0 || length == 1),
      detail: "\(compared) earlier probabilities compared, \(leaks) changed with later bytes")
  }

  /// A sample of bytes scored again, each alone in a window that ends just before it, agrees.
  private func recomputation(_ score: StaticScore) -> Finding {
    let plan = WindowPlan(range: range, context: engine.configuration.context, stride: stride)
    var worst: Float = 0
    var count = 0
    let step = max(1, plan.windows.count / 16)
    for index in Swift.stride(from: 0, to: plan.windows.count, by: step) {
      let window = plan.windows[index]
      let (first, last) = (window.scored.lowerBound, window.scored.upperBound - 1)
      for byte in Set([first, (first + last) / 2, last]) {
        let p = distributions(Array(text[window.start..<byte]))
        let again = p[(byte - 1 - window.start) * 256 + Int(text[byte])]
        let scored = score.nats[byte - range.lowerBound]
        // exp of the score against the probability: no logarithm of a possibly tiny number.
        let difference = abs(Float(exp(-Double(scored))) - again)
        worst = difference <= 1 ? max(worst, difference) : .infinity
        count += 1
      }
    }
    return Finding(
      check: "scored_again_without_later_bytes", passed: count > 0 && worst <= 1e-4,
      detail: "\(count) bytes, largest difference of probability \(worst)")
  }

  private func distributions(_ window: [UInt8]) -> [Float] {
    let out = CollectedArray()
    window.withUnsafeBufferPointer { bytes in
      engine.probabilities(starts: [0], of: bytes, length: window.count) { _, p in
        out.values = Array(p)
      }
    }
    return out.values
  }
}

/// The largest of the values that tasks record one after another.
private final class Collected: @unchecked Sendable {
  private let lock = Mutex(0.0)
  var value: Double { lock.withLock { $0 } }
  func record(_ value: Double) { lock.withLock { $0 = max($0, value) } }
}

/// An array that the single task of a single window fills.
private final class CollectedArray: @unchecked Sendable {
  var values: [Float] = []
}
