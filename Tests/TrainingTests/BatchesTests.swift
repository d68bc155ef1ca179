import Foundation
import LanguageModel
import Testing
import Training

/// What is done to windows before they are read: spans replaced, and lengths that grow.
@Suite struct BatchesTests {
  static func configuration(
    _ change: (inout TrainingConfiguration) -> Void = { _ in }
  ) -> TrainingConfiguration {
    var configuration = Fixture.configuration()
    configuration.steps = 40
    change(&configuration)
    return configuration
  }

  static let text = (0..<4_000).map { UInt8(truncatingIfNeeded: $0 % 251) }

  @Test func nothingIsReplacedWithoutCorruption() {
    var batches = Batches(Self.configuration(), text: Self.text)
    for step in 0..<5 {
      batches.read(step)
      #expect(zip(batches.inputs, batches.targets).allSatisfy { ($0 + 1) % 251 == $1 % 251 })
    }
  }

  /// The share of replaced bytes, at each place of a window, and how long spans are.
  @Test(arguments: [(0.1, 1), (0.3, 4), (0.02, 20)])
  func theShareOfTheBytesIsReplaced(share: Double, span: Int) {
    let configuration = Self.configuration {
      ($0.corruption, $0.corruptionSpan) = (share, span)
      ($0.batch, $0.shards) = (50, 1)
    }
    var plain = configuration
    plain.corruption = 0
    var (batches, clean) = (
      Batches(configuration, text: Self.text), Batches(plain, text: Self.text)
    )
    var replaced = [Int](repeating: 0, count: 24)
    var (breaks, changes) = (0, 0)
    let steps = 200
    for step in 0..<steps {
      batches.read(step)
      clean.read(step)
      #expect(batches.targets == clean.targets)
      for (i, (byte, original)) in zip(batches.inputs, clean.inputs).enumerated() {
        if byte == original { continue }
        replaced[i % 24] += 1
        // A span's bytes follow each other in the text, too.
        guard i % 24 > 0, batches.inputs[i - 1] != clean.inputs[i - 1] else { continue }
        changes += 1
        if batches.inputs[i - 1] % 251 + 1 != byte { breaks += 1 }
      }
    }
    // One byte of 251 is replaced by itself; four standard deviations of spans that are all or nothing.
    let windows = Double(50 * steps)
    for (t, count) in replaced.enumerated() {
      let got = Double(count) / windows
      let deviation = (share * (1 - share) / windows).squareRoot()
      #expect(abs(got - share * 250 / 251) < 4.5 * deviation, "place \(t): \(got)")
    }
    if span == 1 {
      #expect(breaks > changes * 9 / 10)
    } else {
      #expect(changes > 0 && breaks < changes / 3)
    }
  }

  @Test func aStepsWindowsDependOnNothingElse() {
    let configuration = Self.configuration {
      ($0.corruption, $0.corruptionSpan) = (0.2, 3)
      ($0.contextWarmup, $0.contextStart) = (0.5, 6)
    }
    var forward = Batches(configuration, text: Self.text)
    let all = (0..<40).map { step in
      forward.read(step)
      return (forward.inputs, forward.targets, forward.length)
    }
    for step in [39, 0, 12, 11, 9, 10, 25, 4] {
      forward.read(step)
      var fresh = Batches(configuration, text: Self.text)
      fresh.read(step)
      for batches in [forward, fresh] {
        #expect(batches.inputs == all[step].0 && batches.targets == all[step].1)
        #expect(batches.length == all[step].2)
      }
    }
  }

  /// Half of 40 steps in windows of 6 and 12 bytes, evenly, and then of 24.
  @Test func windowsGrow() {
    let configuration = Self.configuration { ($0.contextWarmup, $0.contextStart) = (0.5, 6) }
    var batches = Batches(configuration, text: Self.text)
    var seen: [Int: Set<Int>] = [:]
    for step in 0..<40 {
      batches.read(step)
      #expect(batches.length == (step < 10 ? 6 : step < 20 ? 12 : 24))
      #expect(batches.inputs.count == 6 * 24)
      for window in 0..<(144 / batches.length) {
        let first = window * batches.length
        for t in 1..<batches.length {
          #expect(batches.inputs[first + t] == batches.targets[first + t - 1])
        }
        seen[batches.length, default: []].insert(Int(batches.inputs[first]))
      }
    }
    // Each stage reads all over the text.
    for (length, starts) in seen { #expect(starts.count > 30, "\(length)") }
  }

  @Test func growingWindowsTrainAndResume() throws {
    let configuration = Self.configuration {
      ($0.contextWarmup, $0.contextStart, $0.corruption) = (0.5, 6, 0.1)
      $0.steps = 12
    }
    let whole = try Fixture.trainer(configuration)
    for _ in 0..<12 { #expect(whole.takeStep().loss.value.isFinite) }
    for stop in [2, 3, 4, 6, 8] {
      let first = try Fixture.trainer(configuration, threads: 2)
      for _ in 0..<stop { _ = first.takeStep() }
      try CheckpointTests.withFile { path in
        try Checkpoint.save(first, origin: CheckpointTests.origin, to: path)
        let second = try Fixture.trainer(configuration)
        try Checkpoint(path: path).restore(into: second)
        for _ in stop..<12 { _ = second.takeStep() }
        #expect(second.engine.parameters.elementsEqual(whole.engine.parameters))
        #expect(second.engine.tables.elementsEqual(whole.engine.tables))
      }
    }
  }

  private typealias Refusal = JEPATrainingTests.Refusal

  @Test(arguments: [
    Refusal("corruption is 1") { $0.corruption = 1 },
    Refusal("corruption is -0.1") { $0.corruption = -0.1 },
    Refusal("corruption is nan") { $0.corruption = .nan },
    Refusal("corruption_span is 0") { $0.corruptionSpan = 0 },
    Refusal("corruption_span is 65") { $0.corruptionSpan = 65 },
    Refusal("context_warmup is 1.5") { $0.contextWarmup = 1.5 },
    Refusal("context_start is 5") { ($0.contextWarmup, $0.contextStart) = (0.5, 5) },
    Refusal("context_start is 24") { ($0.contextWarmup, $0.contextStart) = (0.5, 24) },
    Refusal("context_start is 0") { ($0.contextWarmup, $0.contextStart) = (0.5, 0) },
    Refusal("windows grow until step 20, but spans are hidden from step 19") {
      ($0.contextWarmup, $0.contextStart) = (0.5, 6)
      ($0.objective, $0.jepaWarmup) = (.jepa, 19)
    },
    Refusal("extra_bytes is 8") { $0.extraBytes = 8 },
    Refusal("extra_bytes is -1") { $0.extraBytes = -1 },
    Refusal("extra_bytes is 3 in windows of 3 bytes") {
      ($0.model.context, $0.extraBytes) = (3, 3)
    },
    Refusal("extra_weight is 0") { ($0.extraBytes, $0.extraWeight) = (1, 0) },
    Refusal("extra_weight is nan") { ($0.extraBytes, $0.extraWeight) = (1, .nan) },
    Refusal("schedule-free, whose float32 iterates") {
      ($0.optimizer, $0.format.format, $0.format.keepsMaster) = (.scheduleFree, .bf16, false)
    },
    Refusal("schedule-free, whose float32 iterates") {
      ($0.optimizer, $0.format.format, $0.format.roundsState) = (.scheduleFree, .bf16, true)
    },
    Refusal("nca_states is 8") { $0.nca.states = 8 },
    Refusal("nca_grid is 10") { $0.nca.grid = 10 },
    Refusal("embedding_decay is -1") { $0.embeddingDecay = -1 },
    Refusal("table_decay is inf") { $0.tableDecay = .infinity },
  ])
  func whatCannotBeIsRefused(refusal: JEPATrainingTests.Refusal) throws {
    let configuration = Self.configuration(refusal.change)
    let error = #expect(throws: TrainingError.self) { try configuration.validate() }
    #expect(error?.message.contains(refusal.testDescription) == true, "\(error?.message ?? "")")
  }

  @Test func aTextShorterThanASpanIsRefused() throws {
    let configuration = Self.configuration { ($0.corruption, $0.corruptionSpan) = (0.5, 60) }
    try configuration.validate(trainBytes: 60, heldOutBytes: 100)
    #expect(throws: TrainingError.self) {
      try configuration.validate(trainBytes: 59, heldOutBytes: 100)
    }
  }

  /// Spans may be hidden from the first step on with whole windows.
  @Test func spansAreHiddenOnceWindowsHaveGrown() throws {
    try Self.configuration {
      ($0.contextWarmup, $0.contextStart) = (0.5, 6)
      ($0.objective, $0.jepaWarmup) = (.jepa, 20)
    }.validate()
  }
}
