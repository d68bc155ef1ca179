internal import LanguageModel

/// The configurations that bound the memory of all that a search may draw.
///
/// Part by part of a ``MemoryPlan``, no configuration takes more than one of ``candidates``; the
/// parts' maxima (``MemoryPlan/raise(to:)``) are therefore an upper bound, and exact where one
/// configuration has them all. A part does not shrink when one of these keys grows, so only the
/// largest value is a candidate: `attn_layers`, `ngram_orders` (how many), `ngram_rows`,
/// `ngram_width`, `contexts`, `batch`, `extra_bytes` (as far as a window has them), `token_shift`, `attention`, `value_residual`, `average_power` and
/// `ema_decay` (an average or none), and `objective` (JEPA or not, NCA or not) with its largest spans
/// and most steps, and `hidden` as far as `heads` divides it. The others work both ways:
///
/// - `model`: other keys count, and the rest has other defaults. Every value.
/// - `heads`: more rows of norms and sums, but smaller heads. Every value.
/// - `context`: positions that go through the layers together are the multiple of it next to 128
///   from below, or itself; of them as many may be hidden as the windows' spans have room for; and a
///   shorter one cuts a text into more windows. The largest, the smallest, and those that no longer one
///   reaches in positions and in hidden ones.
/// - `context_start`: shorter windows at first are more of them. The shortest that doubles to a `context`,
///   with that.
/// - `mlp`: rows of a multiple of 512 numbers, or of as many words of two, are padded. The largest, the
///   largest such multiple, and the largest that is one less than a multiple of 1024.
/// - `shards`: more gradients, but fewer sequences in each. The largest and the smallest.
/// - `precision`: smaller weights, but operands beside the activations. Every value.
/// - `format`: weights in float32 beside rounded ones, with `format_master`, under float32 precision.
/// - `optimizer`: arrays of state, and memory to orthogonalise. One with the most of each.
public struct LargestConfigurations {
  private let domains: [String: KeyDomain]
  private let standard: TrainingConfiguration

  /// - Parameters:
  ///   - domains: By key; those that memory does not depend on are passed over.
  ///   - standard: Has the values of the keys that are in no domain.
  public init(_ domains: [String: KeyDomain], standard: TrainingConfiguration) {
    self.domains = domains
    self.standard = standard
  }

  /// Valid configurations, each once; none where the search draws only invalid ones.
  ///
  /// - Throws: ``TrainingError`` of code `configuration` where the search may draw a model that is
  ///   larger than any can be.
  public var candidates: [TrainingConfiguration] {
    get throws {
      guard domains["model"] != nil else { return try candidatesOfOneModel }
      var others = domains
      others["model"] = nil
      var all: [TrainingConfiguration] = []
      for value in list("model") {
        guard let model = try? TrainingConfiguration(model: value) else { continue }
        all += try LargestConfigurations(others, standard: model).candidatesOfOneModel
      }
      return all
    }
  }

  private var candidatesOfOneModel: [TrainingConfiguration] {
    get throws {
      guard let base = monotone else { return [] }
      var all: [TrainingConfiguration] = []
      for heads in values("heads", in: 1...Self.mostHeads) {
        guard let width = domain("hidden").largest(upTo: Self.limit, multipleOf: heads),
          width >= 2 * heads
        else { continue }
        for context in contexts(spanBytes: base.chosenJEPA.map { $0.spans * $0.longest } ?? 0) {
          for hidden in perceptrons {
            for shards in ends("shards", upTo: base.batch) {
              for (precision, optimizer) in choices {
                var configuration = base
                configuration.model.heads = heads
                configuration.model.width = width
                configuration.model.context = context
                configuration.model.hidden = hidden
                configuration.shards = shards
                configuration.precision = precision
                // Not both: a draw has masters or operands of another format.
                if precision != .float32 { configuration.format = FormatConfiguration() }
                configuration.optimizer = optimizer
                // It is its own master, and no draw is without one.
                if optimizer == .scheduleFree && !configuration.format.keepsMaster {
                  configuration.format = FormatConfiguration()
                }
                if !configuration.canHideSpans { configuration.objective.leaveOutJEPA() }
                configuration.extraBytes = min(extraBytes, context - 1)
                configuration.growWindows(from: contextStarts)
                try configuration.validate()
                all.append(configuration)
              }
            }
          }
        }
      }
      return all
    }
  }

  private static let limit = ModelConfiguration.maximumElements
  /// A block has four times the square of its width, and a head is at least two channels wide.
  private static let mostHeads = Int(Double(limit / 4).squareRoot()) / 2

  /// The standard with the largest value of each key that only adds; nil where no draw is valid.
  private var monotone: TrainingConfiguration? {
    var base = standard
    guard let batch = domain("batch").largest(upTo: 65_536) else { return nil }
    base.batch = batch
    switch standard.model.encoder {
    case .blocks: guard enlargeBlocks(&base) else { return nil }
    case .contexts: guard enlargeContexts(&base) else { return nil }
    }
    // Long enough for windows to grow before spans are hidden.
    (base.steps, base.jepaWarmup, base.curriculum) = (1_000, 999, Curriculum())
    (base.contextWarmup, base.corruption, base.extraBytes, base.extraWeight) = (0, 0, 0, 1)
    base.averagePower = mayBePositive("average_power") || mayBePositive("ema_decay") ? 1 : 0
    base.emaDecay = 0
    base.format = FormatConfiguration()
    let formats = list("format")
    if formats.contains(where: { $0 != .text(NumberFormat.float32.rawValue) }) {
      base.format.format = .bf16
      base.format.keepsMaster = list("format_master").contains(.flag(true))
    }
    base.objective = mostObjectives
    base.nca = NCAConfiguration()
    let learns = list("nca_rule").contains(.text(NCAConfiguration.Rule.learned.rawValue))
    base.nca.rule = learns ? .learned : .majority
    base.nca.steps = domain("nca_steps").largest(upTo: 64) ?? 64
    if base.objective.hasJEPA {
      base.jepa.shortest = 1
      base.jepa.spans = domain("jepa_spans").largest(upTo: 64) ?? 64
      base.jepa.longest = domain("jepa_longest").largest(upTo: 64) ?? 64
      // Not beyond what all spans can hide.
      base.jepa.ratio = Double(1).nextDown
      base.jepa.variance = mayBePositive("jepa_variance") ? 1 : 0
    }
    return base
  }

  /// Sets what only an encoder of contexts has; false where no draw is valid.
  private func enlargeContexts(_ base: inout TrainingConfiguration) -> Bool {
    guard domain("attn_layers").contains(0), list("ngram_orders").contains(.integers([])),
      let width = domain("ngram_width").largest(upTo: Self.limit),
      let contexts = domain("contexts").largest(upTo: 8)
    else { return false }
    base.model.ngramWidth = width
    base.model.contexts = contexts
    return true
  }

  /// Sets what only an encoder of blocks has; false where no draw is valid.
  private func enlargeBlocks(_ base: inout TrainingConfiguration) -> Bool {
    let orders = list("ngram_orders").compactMap { value -> [Int]? in
      if case .integers(let orders) = value, ModelConfiguration.areNgramOrders(orders) {
        return orders
      }
      return nil
    }
    guard let layers = domain("attn_layers").largest(upTo: Self.limit),
      let most = orders.max(by: { $0.count < $1.count })
    else { return false }
    base.model.layers = layers
    let rows = (0..<32).reversed().map { 1 << $0 }.first { domain("ngram_rows").contains($0) }
    if !most.isEmpty, let rows, let width = domain("ngram_width").largest(upTo: Self.limit) {
      base.model.ngramOrders = most
      base.model.ngramRows = rows
      base.model.ngramWidth = width
    } else if orders.contains([]) {
      // Tables that no run can have: only draws without them are valid.
      base.model.ngramOrders = []
    } else {
      return false
    }
    base.model.tokenShift = list("token_shift").contains(.flag(true))
    base.model.attention = list("attention").contains(.flag(true))
    base.model.valueResidual = list("value_residual").contains(.flag(true))
    return true
  }

  /// All objectives that a draw may have.
  private var mostObjectives: TrainingConfiguration.Objective {
    let drawn = list("objective").compactMap { value in
      if case .text(let name) = value { return TrainingConfiguration.Objective(rawValue: name) }
      return nil
    }
    let (jepa, nca) = (drawn.contains(where: \.hasJEPA), drawn.contains(where: \.hasNCA))
    return jepa ? (nca ? .jepaAndNCA : .jepa) : (nca ? .nca : .nextByte)
  }

  /// See the rule for `context` above; the spans of a window have `spanBytes` where it is long enough.
  ///
  /// Fewer sequences in a shard than positions have room for do not change which are reached: a shorter
  /// window loses at least as many.
  private func contexts(spanBytes: Int) -> [Int] {
    let all = values("context", in: 1...ModelConfiguration.maximumContext)
    var found: [(context: Int, positions: Int, hidden: Int)] = []
    for context in all.reversed() {
      let positions = Transformer.positions(perWorkspaceOf: context)
      // No span hides a window's first byte.
      let hidden = positions / context * min(spanBytes, context - 1)
      let isReached = found.contains { $0.positions >= positions && $0.hidden >= hidden }
      if !isReached || context == all.first { found.append((context, positions, hidden)) }
    }
    let starts = Set(contextStarts)
    let shortest = all.compactMap { context in
      TrainingConfiguration.halves(of: context).last(where: starts.contains).map { ($0, context) }
    }.min { $0.0 < $1.0 }?.1
    return Array(Set(found.map(\.context) + [shortest].compactMap(\.self))).sorted()
  }

  private var extraBytes: Int { domain("extra_bytes").largest(upTo: 7) ?? 0 }

  /// What windows may be at first, where they grow.
  private var contextStarts: [Int] {
    mayBePositive("context_warmup")
      ? values("context_start", in: 1...ModelConfiguration.maximumContext) : []
  }

  private var perceptrons: [Int] {
    let domain = domain("mlp")
    let largest = domain.largest(upTo: Self.limit)
    let odd = largest.flatMap { largest in
      (0...largest / 1_024).reversed().lazy.map { 1_024 * ($0 + 1) - 1 }.first {
        $0 <= largest && domain.contains($0)
      }
    }
    let found = [largest, domain.largest(upTo: Self.limit, multipleOf: 512), odd]
    return Array(Set(found.compactMap(\.self))).sorted()
  }

  /// Precisions, each with every optimiser that may have the most of something.
  private var choices: [(Precision, TrainingConfiguration.Optimizer)] {
    let drawn = TrainingConfiguration.Optimizer.allCases.filter {
      list("optimizer").contains(.text($0.rawValue))
    }
    let mostState = drawn.max { $0.state.count < $1.state.count }
    let mostScratch = drawn.first { $0.rules.matrices.takesMatrices }
    let largest = mostScratch == mostState ? [mostState] : [mostState, mostScratch]
    return Precision.allCases.filter { list("precision").contains(.text($0.rawValue)) }
      .flatMap { precision in largest.compactMap(\.self).map { (precision, $0) } }
  }

  /// A range of real numbers comes without those that are not whole, perhaps empty.
  private func mayBePositive(_ name: String) -> Bool {
    guard case .values(let values) = domain(name), !values.isEmpty else { return true }
    return !values.allSatisfy { $0 == .real(0) || $0 == .integer(0) }
  }

  private func ends(_ name: String, upTo limit: Int) -> [Int] {
    let values = values(name, in: 1...limit)
    guard let first = values.first, let last = values.last else { return [] }
    return first == last ? [first] : [first, last]
  }

  private func values(_ name: String, in range: ClosedRange<Int>) -> [Int] {
    domain(name).integers(in: range)
  }

  private func list(_ name: String) -> [ConfigurationValue] {
    if case .values(let values) = domain(name) { return values }
    return []
  }

  private func domain(_ name: String) -> KeyDomain {
    if let domain = domains[name] { return domain }
    return .values(ConfigurationKey.named(name).map { [standard.value($0)] } ?? [])
  }
}

extension TrainingConfiguration.Objective {
  fileprivate mutating func leaveOutJEPA() { self = hasNCA ? .nca : .nextByte }
}

extension TrainingConfiguration {
  /// Lets windows grow from the shortest of some lengths that can.
  fileprivate mutating func growWindows(from starts: [Int]) {
    for start in starts {
      (contextWarmup, contextStart) = (0.5, start)
      if (try? validateWindows()) != nil { return }
    }
    contextWarmup = 0
  }

  /// Whether windows are long enough for the JEPA objective, where it is chosen.
  fileprivate var canHideSpans: Bool {
    chosenJEPA.map { (try? $0.validated(for: model)) != nil } ?? true
  }
}
