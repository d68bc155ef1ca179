import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

@Suite struct MemoryPlanTests {
  static let configurations: [TrainingConfiguration] = {
    var all: [TrainingConfiguration] = []
    for optimizer in TrainingConfiguration.Optimizer.allCases {
      for orders in [[], [2, 3, 5]] {
        var configuration = Fixture.configuration(optimizer: optimizer)
        configuration.model.ngramOrders = orders
        // Larger than a huge page here, smaller there; shards that do not divide the batch.
        configuration.model.width = orders.isEmpty ? 192 : 16
        configuration.model.ngramRows = 1 << 15
        configuration.shards = 4
        configuration.averagePower = orders.isEmpty ? 0 : 16
        configuration.precision = orders.isEmpty ? .mixedBFloat16 : .float32
        all.append(configuration)
        if optimizer == .muon || optimizer == .scheduleFree {
          configuration.objective = .jepa
          configuration.jepaWarmup = 3
          configuration.jepa.spans = 64
          configuration.jepa.ratio = 0.9
          configuration.jepa.variance = orders.isEmpty ? 1 : 0
          all.append(configuration)
        }
      }
    }
    return all
  }()

  static func plan(
    _ configuration: TrainingConfiguration, threads: Int, scorer: Bool
  ) throws -> MemoryPlan {
    let kernels = try KernelSet.select(nil)
    var plan = MemoryPlan()
    try plan.addTrainer(
      configuration, textBytes: Fixture.text.count, kernels: kernels, threads: threads)
    if scorer { try plan.addScorer(configuration.model, kernels: kernels, threads: threads) }
    return plan
  }

  /// In a process of its own, where no other test makes arenas.
  @Test func plannedArenasAreThoseThatAreReserved() async {
    await #expect(processExitsWith: .success) {
      for configuration in Self.configurations {
        for threads in [1, 2, 5] {
          let plan = try Self.plan(configuration, threads: threads, scorer: true)
          guard FloatArena.reservedBytes == 0 else { exit(2) }
          let kernels = try KernelSet.select(nil)
          let trainer = try Trainer(
            configuration: configuration, text: Fixture.text, kernels: kernels, threads: threads)
          let scorer = try Transformer(
            configuration: configuration.model, kernels: kernels, threads: threads, batch: 0)
          let heap = plan.items.filter {
            ["batches", "batch_order", "training_text"].contains($0.name)
          }
          let reserved = FloatArena.reservedBytes
          guard reserved > 0, plan.total - heap.reduce(0, { $0 + $1.bytes }) == reserved else {
            exit(3)
          }
          withExtendedLifetime((trainer, scorer)) {}
        }
      }
      exit(0)
    }
  }

  /// The engine's arenas are those of the plan, and what is summed in doubles is in no arena.
  @Test func theMeanOfCheckpointsIsPlanned() async {
    await #expect(processExitsWith: .success) {
      for configuration in Self.configurations {
        let kernels = try KernelSet.select(nil)
        var plan = MemoryPlan()
        try plan.addMean(configuration, kernels: kernels)
        guard FloatArena.reservedBytes == 0 else { exit(2) }
        let engine = try Transformer(
          configuration: configuration.model, kernels: kernels, threads: 1, batch: 0)
        guard plan.items.first?.bytes == FloatArena.reservedBytes else { exit(3) }
        let sums = plan.items.first { $0.name == "sums" }?.bytes
        guard sums == 8 * (engine.layout.count + engine.layout.tableCount) else { exit(4) }
        let tables = configuration.model.ngramOrders.count
        let one = plan.items.first { $0.name == "table_average" }?.bytes ?? 0
        let all = 4 * (engine.layout.tableCount + tables * configuration.model.ngramRows)
        guard one * tables == all else { exit(5) }
        withExtendedLifetime(engine) {}
      }
      exit(0)
    }
  }

  @Test func partsThatComeOnceAThreadOrAShardSaySo() throws {
    let plan = try Self.plan(Fixture.configuration(), threads: 5, scorer: false)
    func copies(_ name: String) -> Int? { plan.items.first { $0.name == name }?.copies }
    #expect(copies("activations") == 5)
    #expect(copies("optimizer_scratch") == 5)
    #expect(copies("gradients") == 3)
    #expect(copies("parameters") == 1)
    for item in plan.items { #expect(item.bytes % item.copies == 0) }
  }

  /// `addLeast` promises less than the whole, of every part.
  @Test func theLeastIsLessThanThePlan() throws {
    for configuration in Self.configurations {
      var least = MemoryPlan()
      least.addLeast(configuration)
      let plan = try Self.plan(configuration, threads: 1, scorer: false)
      for item in least.items where item.name != "checkpoint_writer" {
        let planned = try #require(plan.items.first { $0.name == item.name })
        #expect(item.bytes <= planned.bytes && item.copies == planned.copies)
      }
    }
  }

  @Test func raisingTakesTheLargerOfEachPart() {
    var plan = MemoryPlan()
    plan.add("weights", bytes: 10)
    plan.add("gradients", bytes: 40, copies: 4)
    var other = MemoryPlan()
    other.add("gradients", bytes: 30, copies: 2)
    other.add("weights", bytes: 11)
    other.add("tables", bytes: 1)
    plan.raise(to: other)
    #expect(plan.items.map(\.name) == ["weights", "gradients", "tables"])
    #expect(plan.items.map(\.bytes) == [11, 40, 1])
    #expect(plan.items.map(\.copies) == [1, 4, 1])
  }

  @Test func aPlanBeyondTheLimitIsRefusedWithItsNumbers() throws {
    var plan = MemoryPlan()
    plan.add("small", bytes: 1 << 20)
    plan.add("large", bytes: 3 << 20)
    plan.add("nothing", bytes: 0)
    #expect(plan.items.map(\.name) == ["small", "large"])
    try plan.check(limit: 4 << 20, of: "the machine")
    let error = try #require(throws: TrainingError.self) {
      try plan.check(limit: 4 << 20 - 1, of: "the machine")
    }
    #expect(error.code == .unavailable)
    #expect(error.message.contains("4 MiB, most of it large, but the machine has 4 MiB"))
    let other = try #require(throws: TrainingError.self) {
      try plan.check(limit: 0, of: "the machine", for: "the mean", hint: "have more")
    }
    #expect(other.message.hasPrefix("the mean needs 4 MiB") && other.hint == "have more")
  }

  /// A perceptron of 2²⁸: Muon's scratch of one thread is 2⁵⁶ floats, that of 1,024 is no number.
  @Test func sizesBeyondTheLargestNumberAreRefused() throws {
    var configuration = Fixture.configuration()
    configuration.model.width = 2
    configuration.model.heads = 1
    configuration.model.layers = 1
    configuration.model.hidden = 1 << 28
    try configuration.validate()
    let plan = try Self.plan(configuration, threads: 1_024, scorer: true)
    #expect(plan.total == .max)
    let error = try #require(throws: TrainingError.self) {
      try plan.check(limit: .max - 1, of: "the machine")
    }
    #expect(error.message.contains("more than 8 EiB"))
  }

  @Test(arguments: [true, false], [[], [2, 4]])
  func tensorsAreCountedWithoutALayout(tokenShift: Bool, orders: [Int]) {
    var configuration = Fixture.configuration().model
    configuration.tokenShift = tokenShift
    configuration.ngramOrders = orders
    let count = configuration.tensorCount
    #expect(count == ParameterLayout(configuration).tensors.count)
    #expect(
      count + ParameterLayout.Predictor.tensorCount
        == ParameterLayout(configuration, jepa: JEPAConfiguration()).tensors.count)
  }

  /// About a kilobyte for every array that a run saves, and no more than twice as many.
  @Test(
    arguments: TrainingConfiguration.Objective.allCases.flatMap { objective in
      NumberFormat.allCases.filter { $0 != .gf16 }.map { (objective, $0) }
    }, TrainingConfiguration.Optimizer.allCases)
  func theWriterIsPlannedForEveryArray(
    run: (objective: TrainingConfiguration.Objective, format: NumberFormat),
    optimizer: TrainingConfiguration.Optimizer
  ) throws {
    var configuration = Fixture.configuration(optimizer: optimizer)
    (configuration.objective, configuration.jepaWarmup) = (run.objective, 0)
    (configuration.format.format, configuration.extraBytes) = (run.format, 3)
    let trainer = try Fixture.trainer(configuration)
    _ = trainer.takeStep()
    try CheckpointTests.withFile { path in
      try Checkpoint.save(trainer, origin: CheckpointTests.origin, to: path)
      let data = try Data(contentsOf: URL(fileURLWithPath: path))
      let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      let header = try #require(
        JSONSerialization.jsonObject(with: data[8..<(8 + length)]) as? [String: Any])
      let arrays = header.count - 1
      let planned = Checkpoint.writerBytes(configuration) / 1_024
      #expect(planned >= arrays && planned <= 2 * arrays, "\(planned) for \(arrays)")
    }
  }
}
