public import LanguageModel

/// The static score of a range of a text: every byte once, each from earlier bytes only.
public struct StaticScore: Sendable {
  /// Bytes that were scored: the denominator.
  public let bytes: Int
  /// Sum of −ln p over them, in nats.
  public let totalNats: Double
  /// Nats of each byte, in the text's order.
  public let nats: [Float]

  /// Mean nats per byte.
  public var mean: NatsPerByte { NatsPerByte(totalNats / Double(bytes)) }
  /// The score.
  public var bitsPerByte: BitsPerByte { BitsPerByte(mean) }
}

/// Scores texts with the fixed weights of an engine.
public struct StaticScorer: Sendable {
  public let engine: Transformer
  /// New bytes per window; half the context unless said otherwise.
  public let stride: Int

  /// Scores with `engine` as it stands at each call.
  ///
  /// - Parameters:
  ///   - engine: Holds the weights.
  ///   - stride: `1…context`; nil for half the context, rounded up.
  public init(engine: Transformer, stride: Int? = nil) {
    self.engine = engine
    self.stride = stride ?? Self.defaultStride(context: engine.configuration.context)
  }

  /// Half the context, so that each scored byte has at least as much behind it.
  public static func defaultStride(context: Int) -> Int { max(1, (context + 1) / 2) }

  /// Scores every byte of `range` of `text`.
  ///
  /// - Complexity: `range.count / stride` windows.
  public func score(_ text: [UInt8], range: Range<Int>) -> StaticScore {
    let plan = WindowPlan(range: range, context: engine.configuration.context, stride: stride)
    var nats = [Float](repeating: 0, count: range.count)
    // ln 256: a byte without context.
    if plan.uncovered == 1 { nats[0] = 5.545_177_4 }
    nats.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      let out = Output(base)
      text.withUnsafeBufferPointer { bytes in
        for (length, windows) in Self.byLength(plan.windows) {
          engine.score(starts: windows.map(\.start), of: bytes, length: length) { index, scores in
            let window = windows[index]
            for byte in window.scored {
              out.pointer[byte - range.lowerBound] = scores[byte - window.start - 1]
            }
          }
        }
      }
    }
    return StaticScore(
      bytes: range.count, totalNats: nats.reduce(0.0) { $0 + Double($1) }, nats: nats)
  }

  /// Bytes that scoring `count` bytes takes besides the engine and the text: a score each, and the
  /// windows twice over.
  public static func bytes(scored count: Int, _ model: ModelConfiguration) -> Int {
    let windows = count / defaultStride(context: model.context) + 2
    return count * MemoryLayout<Float>.stride
      + 2 * windows * MemoryLayout<WindowPlan.Window>.stride + windows * MemoryLayout<Int>.stride
  }

  /// Runs of windows of equal length, in order: an engine takes only equal ones together.
  private static func byLength(
    _ windows: [WindowPlan.Window]
  ) -> [(length: Int, windows: [WindowPlan.Window])] {
    var groups: [(length: Int, windows: [WindowPlan.Window])] = []
    for window in windows {
      if let last = groups.indices.last, groups[last].length == window.length {
        groups[last].windows.append(window)
      } else {
        groups.append((window.length, [window]))
      }
    }
    return groups
  }
}

/// Memory that windows fill apart from each other.
private struct Output: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Float>
  init(_ pointer: UnsafeMutablePointer<Float>) { self.pointer = pointer }
}
