internal import KernelInterface
internal import Kernels

/// What training with the JEPA objective holds beside the model: the target encoder, the hidden
/// spans of the batch, and memory for the predictor.
final class JEPAObjective: @unchecked Sendable {
  let configuration: JEPAConfiguration
  /// The target encoder: a model of the same sizes whose weights nobody trains.
  let target: Transformer
  let scratches: [JEPAScratch]
  /// Hidden spans of each window of the batch, `(B, spans)`, and how many they are, `(B)`.
  let spans: UnsafeMutableBufferPointer<SpanMask.Span>
  let counts: UnsafeMutableBufferPointer<Int>
  /// Hidden positions of the batch.
  private(set) var hidden = 0
  /// What the step multiplies the objective's weight by.
  private(set) var factor = 1.0
  /// Sum of the latents' losses of each shard.
  let losses: UnsafeMutableBufferPointer<Double>
  private let arena: FloatArena

  init(
    _ configuration: JEPAConfiguration, target: Transformer, scratches: [JEPAScratch], batch: Int,
    shards: Int
  ) throws(AllocationError) {
    self.configuration = configuration
    self.target = target
    self.scratches = scratches
    var plan = ArenaPlan()
    let all = batch * configuration.spans
    let spanOffset = plan.place(all * Self.floats(SpanMask.Span.self))
    let countOffset = plan.place(batch * Self.floats(Int.self))
    let lossOffset = plan.place(shards * Self.floats(Double.self))
    let arena = try FloatArena(count: plan.count)
    self.arena = arena
    // An arena is all zeros, which is nothing hidden.
    func bind<Element>(
      _ offset: Int, _ count: Int
    ) -> UnsafeMutableBufferPointer<Element> {
      let base = UnsafeMutableRawPointer(arena.base + offset)
      return UnsafeMutableBufferPointer(
        start: base.bindMemory(to: Element.self, capacity: count), count: count)
    }
    spans = bind(spanOffset, all)
    counts = bind(countOffset, batch)
    losses = bind(lossOffset, shards)
  }

  private static func floats<Element>(_: Element.Type) -> Int {
    MemoryLayout<Element>.stride / MemoryLayout<Float>.stride
  }

  /// The objective's weight in this step.
  var weight: Double { factor * configuration.weight }

  /// Draws the spans of every window of a step, whose weight is `factor` times the objective's own.
  ///
  /// Does not allocate.
  func draw(seed: UInt64, step: UInt64, factor: Double) {
    guard let base = spans.baseAddress else { return }
    self.factor = factor
    hidden = 0
    for b in counts.indices {
      let first = b * configuration.spans
      counts[b] = SpanMask.draw(
        configuration, key: DropoutKey(seed: seed, step: step, sequence: UInt64(b)),
        length: target.configuration.context, into: base + first)
      for j in 0..<counts[b] { hidden += spans[first + j].length }
    }
  }

  /// Calls `body` for every hidden span of some windows.
  ///
  /// - Parameters:
  ///   - windows: Indices of windows in the batch.
  ///   - body: Gets the window's index in `windows`, the span, and its first row among the hidden
  ///     positions of these windows.
  /// - Returns: The number of these positions.
  @discardableResult
  func forEachSpan(
    _ windows: Range<Int>, _ body: (_ window: Int, _ span: SpanMask.Span, _ row: Int) -> Void
  ) -> Int {
    var row = 0
    for (index, b) in windows.enumerated() {
      for j in 0..<counts[b] {
        let span = spans[b * configuration.spans + j]
        body(index, span, row)
        row += span.length
      }
    }
    return row
  }
}
