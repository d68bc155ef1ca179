import ArgumentParser
import Foundation
import Race

/// The best trial as JSON.
struct BestReport: Encodable {
  let trial: Int
  let seed: Int
  let steps: Int
  let rung: Int?
  let status: String
  let configuration: JSONValue
  let validation_bpb: Double?
  let test_bpb: Double?
  let test_bpb_by_seed: [String: Double]?
  let checkpoint: String?
  let test_checkpoints: [String: String]?

  enum CodingKeys: String, CodingKey {
    case trial, seed, steps, rung, status, configuration, validation_bpb, test_bpb
    case test_bpb_by_seed, checkpoint, test_checkpoints
  }

  init(_ entry: LeaderboardEntry, _ verification: Verification?) {
    let trial = entry.trial
    self.trial = trial.id
    seed = trial.seed
    steps = entry.steps
    rung = trial.rung
    status = trial.status.rawValue
    configuration = trial.configuration.json
    validation_bpb = trial.bitsPerByte
    checkpoint = trial.checkpoint?.path
    test_bpb = verification?.meanBitsPerByte
    let scores = verification?.scores ?? [:]
    func bySeed<Value>(_ value: (Verification.Score) -> Value) -> [String: Value]? {
      scores.isEmpty
        ? nil
        : Dictionary(uniqueKeysWithValues: scores.map { (String($0.key), value($0.value)) })
    }
    test_bpb_by_seed = bySeed(\.bitsPerByte)
    test_checkpoints = bySeed(\.checkpoint)
  }

  /// Writes null for what is not known, rather than leaving the member away.
  func encode(to encoder: any Encoder) throws {
    var box = encoder.container(keyedBy: CodingKeys.self)
    try box.encode(trial, forKey: .trial)
    try box.encode(seed, forKey: .seed)
    try box.encode(steps, forKey: .steps)
    try box.encode(rung, forKey: .rung)
    try box.encode(status, forKey: .status)
    try box.encode(configuration, forKey: .configuration)
    try box.encode(validation_bpb, forKey: .validation_bpb)
    try box.encode(test_bpb, forKey: .test_bpb)
    try box.encode(test_bpb_by_seed, forKey: .test_bpb_by_seed)
    try box.encode(checkpoint, forKey: .checkpoint)
    try box.encode(test_checkpoints, forKey: .test_checkpoints)
  }
}

/// `tri race best`.
struct RaceBestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "best", abstract: "Show the best configuration so far.",
    discussion: """
      The best is the lowest validation BPB at the highest rung that any trial has reached. test \
      is empty until tri race verify has opened it.
      """)

  @OptionGroup var place: StoreArguments

  func run() throws {
    let store = try StoreOption.open(place.store)
    guard let race = try store.activeRace() else { throw RaceError.noRace }
    guard let entry = try store.best() else {
      throw RaceVerifyCommand.nothingChosen(race, hint: "wait, and see 'tri race status'")
    }
    let verification = try store.verifications().last {
      $0.configuration.fingerprint == entry.trial.fingerprint && $0.steps == entry.steps
    }
    let report = BestReport(entry, verification)
    if place.json {
      try Console.json(report)
      return
    }
    try Console.result(
      "trial \(report.trial), seed \(report.seed), \(report.steps) steps: "
        + (report.validation_bpb.map { decimal($0, 4) } ?? "diverged") + " BPB on validation")
    for name in entry.trial.configuration.names {
      try Console.result("  \(name) = \(entry.trial.configuration[name]?.json.canonical ?? "")")
    }
    if let checkpoint = report.checkpoint { try Console.result("checkpoint: \(checkpoint)") }
    if let mean = report.test_bpb, let seeds = report.test_bpb_by_seed {
      try Console.result(
        "test: \(decimal(mean, 4)) BPB, mean of seeds "
          + seeds.sorted { $0.key < $1.key }.map { "\($0.key): \(decimal($0.value, 4))" }
          .joined(separator: ", "))
    } else {
      try Console.result("test: not opened; 'tri race verify' does it")
    }
  }
}

/// `tri race show`.
struct RaceShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one trial: configuration, results, decisions, events.")

  @Argument(help: "Number of the trial.")
  var trial: Int

  @OptionGroup var place: StoreArguments

  struct Report: Encodable {
    struct Row: Encodable {
      let rung: Int
      let step: Int
      let validation_bpb: Double?
      let decision: String
      let rank: Int
      let reported: Int
      let worker: String
      let time: String
    }
    struct Event: Encodable {
      let sequence: Int
      let kind: String
      let time: String
      let detail: JSONValue
    }
    let trial: Int
    let status: String
    let origin: String
    let seed: Int
    let configuration: JSONValue
    let results: [Row]
    let events: [Event]
    let checkpoint: String?
    let reason: String?
  }

  func run() throws {
    let store = try StoreOption.open(place.store)
    let found = try store.trial(trial)
    let report = Report(
      trial: found.id, status: found.status.rawValue, origin: found.origin.rawValue,
      seed: found.seed, configuration: found.configuration.json,
      results: try store.results(trial: trial).map {
        Report.Row(
          rung: $0.rung, step: $0.step, validation_bpb: $0.bitsPerByte,
          decision: $0.decision.rawValue, rank: $0.rank, reported: $0.reported,
          worker: $0.worker, time: $0.time.iso8601)
      },
      events: try store.events(trial: trial).map {
        Report.Event(
          sequence: $0.sequence, kind: $0.kind.rawValue, time: $0.time.iso8601, detail: $0.detail)
      }, checkpoint: found.checkpoint?.path, reason: found.reason)
    if place.json {
      try Console.json(report)
      return
    }
    try Console.result(
      "trial \(found.id): \(report.status), \(report.origin.replacing("_", with: " ")), seed \(found.seed)"
        + (found.reason.map { " (\($0))" } ?? ""))
    for name in found.configuration.names {
      try Console.result("  \(name) = \(found.configuration[name]?.json.canonical ?? "")")
    }
    for row in report.results {
      try Console.result(
        "rung \(row.rung), step \(row.step): "
          + (row.validation_bpb.map { decimal($0, 4) + " BPB" } ?? "diverged")
          + ", rank \(row.rank) of \(row.reported): \(row.decision.replacing("_", with: " "))"
          + " (\(row.worker))")
    }
    for event in report.events {
      try Console.result("\(event.time) \(event.kind) \(event.detail.canonical)")
    }
    if let checkpoint = report.checkpoint { try Console.result("checkpoint: \(checkpoint)") }
  }
}

/// `tri race lessons`.
struct RaceLessonsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lessons", abstract: "Show what trials that ended badly had in common.",
    discussion: "Lessons are recorded and shown; they do not change what is proposed yet.")

  @OptionGroup var place: StoreArguments

  struct Row: Encodable {
    let kind: String
    let parameter: String
    let pattern: String
    let seen: Int
    let bad: [String: Int]
    let confidence: Double
  }

  func run() throws {
    let lessons = try StoreOption.open(place.store).lessons()
    if place.json {
      try Console.json(
        lessons.map { lesson in
          Row(
            kind: lesson.kind.rawValue, parameter: lesson.parameter, pattern: lesson.pattern,
            seen: lesson.seen,
            bad: Dictionary(uniqueKeysWithValues: lesson.bad.map { ($0.key.rawValue, $0.value) }),
            confidence: lesson.confidence)
        })
      return
    }
    if lessons.isEmpty { try Console.result("no trial has ended badly yet") }
    for lesson in lessons {
      try Console.result(
        "\(lesson.kind.rawValue) (confidence \(decimal(lesson.confidence, 2))): \(lesson.sentence)")
    }
  }
}
