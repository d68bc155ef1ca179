import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

@Suite struct LargestConfigurationsTests {
  /// Domains of every key that memory depends on, each a range, a list or a single value by chance;
  /// and configurations drawn from them.
  private struct Search {
    var domains: [String: KeyDomain] = [:]
    private let random: CounterRandom
    private var drawn: UInt32 = 0

    init(seed: UInt64) {
      random = CounterRandom(seed: seed)
      range("hidden", 2, 700)
      range("attn_layers", 0, 4)
      range("contexts", 1, 8)
      list("attention", [.flag(true), .flag(false)])
      list("value_residual", [.flag(true), .flag(false)])
      list("model", Model.all.map { .text($0.name) })
      range("heads", 1, 6)
      range("context", 1, 300)
      range("mlp", 400, 1_100)
      range("ngram_width", 1, 40)
      range("batch", 6, 24)
      range("shards", 1, 6)
      list("ngram_rows", (6...15).map { .integer(1 << $0) })
      list("ngram_orders", [[], [2], [2, 3], [3, 5, 8], [2, 4, 6, 8]].map { .integers($0) })
      list("token_shift", [.flag(true), .flag(false)])
      list("optimizer", TrainingConfiguration.Optimizer.allCases.map { .text($0.rawValue) })
      list("average_power", [.real(0), .integer(0), .real(2)])
      list("ema_decay", [.real(0), .integer(0), .integer(0), .real(0.5)])
      list("format", NumberFormat.allCases.map { .text($0.rawValue) })
      list("format_master", [.flag(true), .flag(false)])
      domains["allow_gf16_below_256"] = .values([.flag(true)])
      list("precision", Precision.allCases.map { .text($0.rawValue) })
      list("objective", TrainingConfiguration.Objective.allCases.map { .text($0.rawValue) })
      range("jepa_spans", 1, 4)
      range("jepa_longest", 3, 9)
      range("extra_bytes", 0, 7)
      list("corruption", [.real(0), .real(0.2)])
      list("jepa_variance", [.real(0), .integer(0), .real(0.5)])
      list("jepa_ratio", [.real(0.3), .real(0.97)])
      domains["jepa_warmup"] = .values([.integer(0)])
      list("nca_rule", NCAConfiguration.Rule.allCases.map { .text($0.rawValue) })
      range("nca_steps", 1, 4)
      if index(below: 3) == 0 {
        list("context", [16, 24, 40, 48, 64, 96, 128, 200, 256].map { .integer($0) })
        list("context_warmup", [.real(0), .real(0.4), .real(0.4)])
        list("context_start", [1, 2, 3, 5, 6, 8, 12, 16, 24, 25, 32].map { .integer($0) })
        domains["jepa_warmup"] = .values([.integer(500)])
      }
      // Next to the sizes of which several windows go through together, and longer ones: there the
      // hidden positions decide, where spans are short.
      if index(below: 2) == 0 {
        list("context", [40, 41, 42, 43, 50, 60, 63, 64, 100, 130].map { .integer($0) })
        list("objective", [.text("jepa")])
        list("hidden", [.integer(240), .integer(480)])
        range("jepa_spans", 1, 2)
      }
    }

    private mutating func index(below count: Int) -> Int {
      drawn += 1
      return Int(random.bits(drawn)) % count
    }

    private mutating func range(_ name: String, _ low: Int, _ high: Int) {
      let min = low + index(below: high - low + 1)
      let max = min + index(below: high - min + 1)
      let step = 1 + index(below: 3) * index(below: 8)
      domains[name] =
        index(below: 2) == 0
        ? .integers(min: min, max: max, step: step)
        : .values(
          (0...index(below: 4)).map { _ in .integer(min + index(below: max - min + 1)) })
    }

    private mutating func list(_ name: String, _ values: [ConfigurationValue]) {
      let kept = values.filter { _ in index(below: 2) == 0 }
      domains[name] = .values(kept.isEmpty ? [values[index(below: values.count)]] : kept)
    }

    /// A configuration of the search; nil when what is drawn is none.
    mutating func draw() -> TrainingConfiguration? {
      var configuration = TrainingConfiguration()
      do {
        var drawn: [(name: String, value: ConfigurationValue)] = []
        for (name, domain) in domains.sorted(by: { $0.key < $1.key }) {
          switch domain {
          case .values(let values):
            drawn.append((name, values[index(below: values.count)]))
          case .integers(let min, let max, let step):
            drawn.append(
              (name, .integer(min + step * index(below: (max - min) / step + 1))))
          }
        }
        configuration = try TrainingConfiguration(values: drawn)
        try configuration.validate()
        return configuration
      } catch {
        return nil
      }
    }
  }

  private static func plan(
    _ configuration: TrainingConfiguration, _ kernels: KernelSet
  ) throws -> MemoryPlan {
    var plan = MemoryPlan()
    try plan.addTrainer(configuration, textBytes: 20_000, kernels: kernels, threads: 3)
    try plan.addScorer(configuration.model, kernels: kernels, threads: 3)
    plan.add("checkpoint_writer", bytes: Checkpoint.writerBytes(configuration))
    return plan
  }

  private static func bound(
    _ domains: [String: KeyDomain], _ kernels: KernelSet
  ) throws -> MemoryPlan {
    var bound = MemoryPlan()
    for candidate in try LargestConfigurations(domains, standard: TrainingConfiguration())
      .candidates
    {
      bound.raise(to: try plan(candidate, kernels))
    }
    return bound
  }

  /// Six hundred searches, of which most can draw something, in every kernel variant.
  @Test(arguments: KernelSet.available.map(\.name))
  func noDrawTakesMoreInAnyPart(variant: String) throws {
    let kernels = try KernelSet.select(variant)
    var compared = 0
    for seed in 0..<600 {
      var search = Search(seed: UInt64(seed))
      let bound = try Self.bound(search.domains, kernels)
      for _ in 0..<40 {
        guard let drawn = search.draw() else { continue }
        compared += 1
        for item in try Self.plan(drawn, kernels).items {
          let most = bound.items.first { $0.name == item.name }?.bytes ?? 0
          #expect(item.bytes <= most, "seed \(seed), \(item.name): \(drawn)")
        }
      }
    }
    #expect(compared > 1_000)
  }

  /// The largest context has the most positions, but hides fewer of them at a time than one of which
  /// two windows go through together.
  @Test func shortContextsThatHideMoreAreCandidates() throws {
    let kernels = try KernelSet.select(nil)
    var standard = TrainingConfiguration()
    (standard.objective, standard.jepaWarmup, standard.jepa.ratio) = (.jepa, 0, 0.97)
    let contexts: [ConfigurationValue] = [.integer(60), .integer(43), .integer(128)]
    let candidates = try LargestConfigurations(["context": .values(contexts)], standard: standard)
      .candidates
    var bound = MemoryPlan()
    for candidate in candidates { bound.raise(to: try Self.plan(candidate, kernels)) }
    for context in [43, 60, 128] {
      var drawn = standard
      drawn.model.context = context
      for item in try Self.plan(drawn, kernels).items {
        let most = bound.items.first { $0.name == item.name }?.bytes ?? 0
        #expect(item.bytes <= most, "\(item.name) at context \(context)")
      }
    }
    #expect(Set(candidates.map(\.model.context)) == [43, 60, 128])
  }

  @Test func theBoundOfOneConfigurationIsItsPlan() throws {
    let kernels = try KernelSet.select(nil)
    var configuration = TrainingConfiguration()
    configuration.model.width = 96
    configuration.model.hidden = 512
    configuration.batch = 12
    let domains = Dictionary(
      uniqueKeysWithValues: configuration.entries.map { ($0.name, KeyDomain.values([$0.value])) })
    #expect(try Self.bound(domains, kernels) == Self.plan(configuration, kernels))
  }

  @Test func widthsThatHeadsDoNotDivideAreNoCandidates() throws {
    let candidates = try LargestConfigurations(
      ["hidden": .integers(min: 60, max: 131), "heads": .values([.integer(5), .integer(8)])],
      standard: TrainingConfiguration()
    ).candidates
    #expect(Set(candidates.map(\.model.heads)) == [5, 8])
    for candidate in candidates {
      #expect(candidate.model.width == (candidate.model.heads == 5 ? 130 : 128))
    }
    let none = try LargestConfigurations(
      ["hidden": .values([.integer(30)]), "heads": .integers(min: 4, max: 4)],
      standard: TrainingConfiguration()
    ).candidates
    #expect(none.isEmpty)
  }

  /// Ranges without end are looked at where sizes can be, and no further.
  @Test func immenseRangesAreRefusedAtOnce() throws {
    for name in ["hidden", "mlp", "attn_layers", "ngram_width"] {
      let error = try #require(throws: TrainingError.self) {
        try LargestConfigurations(
          [name: .integers(min: 2, max: .max, step: 2)], standard: TrainingConfiguration()
        ).candidates
      }
      #expect(error.code == .configuration)
    }
    for name in ["heads", "context", "batch", "shards"] {
      let candidates = try LargestConfigurations(
        [name: .integers(min: -(1 << 60), max: 1 << 60, step: 3)],
        standard: TrainingConfiguration()
      ).candidates
      #expect(!candidates.isEmpty)
    }
  }
}
