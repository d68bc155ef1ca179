import ArgumentParser
import Corpora
import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Race
import Scoring
import Training

/// `tri race verify`.
struct RaceVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Score a configuration on the sealed test range with fresh seeds.",
    discussion: """
      Trains the frozen configuration anew for each reserved seed, on train and validation, for \
      the same number of steps, then scores every byte of test. Each opening of test is written \
      to the ledger before the score is known. The gate: every score under the target, and a \
      one-sided t-test over the seeds at 1/(100·k(k+1)) for the k-th candidate.

      Exit code 0: the gate passed. 1: measured, not passed. Interrupted, the same command goes \
      on where it stopped.

      EXAMPLES:
        tri race verify
        tri race verify --trial 17 --json
      """)

  @OptionGroup var place: StoreArguments

  @Option(
    parsing: .unconditional, help: "Trial whose configuration is verified. Default: the best.")
  var trial: Int?

  @Option(parsing: .unconditional, help: "Reserved seeds, three or more, joined by commas.")
  var seeds = "43,44,45"

  @Option(parsing: .unconditional, help: "Threads. Default: all cores.")
  var threads: Int?

  @Flag(help: "Use no network.")
  var offline = false

  struct Output: Encodable {
    let trial: Int
    let candidate: Int
    let status: String
    let configuration: JSONValue
    let steps: Int
    let trained_on: String
    let corpus: String
    let track: String
    let board: String
    let target_bpb: Double
    let validation_bpb: Double?
    let test_bpb: Double
    let test_bpb_by_seed: [String: Double]
    let checkpoints: [String: String]
    let verdict: VictoryVerdict
    let commit_text: String?
    let ledger_entries: Int
    let ledger_hash: String
  }

  func run() throws {
    let seeds = try parsedSeeds()
    let threads = try TrainCommand.threads(threads)
    let path = try StoreOption.resolve(place.store).path
    let store = try StoreOption.open(place.store)
    guard let race = try store.activeRace() else { throw RaceError.noRace }
    let kernels = try KernelSet.select(race.settings.kernelVariant)
    guard let entry = try chosen(store) else {
      throw Self.nothingChosen(race, hint: "see 'tri race status'")
    }
    let plan = try plan(entry, race: race, kernels: kernels, threads: threads)
    let corpus = try CorpusLoading.load(for: race, offline: offline)
    Interruption.listen()
    PrecisionRule.note(PrecisionRule.precision(of: entry.configuration), kernels: kernels)
    let verification = try store.nominate(
      trial: entry.id, steps: entry.steps(at: entry.rung ?? 0, in: race.settings.ladder),
      seeds: seeds, at: .now)
    Console.note(
      "candidate \(verification.candidate): trial \(entry.id), \(verification.steps) steps on "
        + "train and validation, seeds \(seeds.map(String.init).joined(separator: ", "))")
    for seed in seeds where verification.scores[seed] == nil {
      try verify(
        verification, plan.with(seed: seed), race: race, store: store, path: path, corpus: corpus)
    }
    let verdict = try store.conclude(candidate: verification.candidate, at: .now)
    try show(store, race, entry, verification.candidate, verdict)
    if !verdict.passed { throw ExitCode(1) }
  }

  private func parsedSeeds() throws -> [Int] {
    let parts = seeds.split(separator: ",").map { Int($0.trimmingCharacters(in: .whitespaces)) }
    let numbers = parts.compactMap(\.self)
    guard numbers.count == parts.count, numbers.count >= 3, Set(numbers).count == numbers.count
    else {
      throw Failure.usage("--seeds is '\(seeds)'", hint: "write three or more different numbers")
    }
    guard numbers.allSatisfy({ (0..<SelectionSeeds.first).contains($0) }) else {
      throw Failure.usage(
        "--seeds is '\(seeds)'",
        hint: "seeds of a verification lie between 0 and \(SelectionSeeds.first - 1); "
          + "those from \(SelectionSeeds.first) on choose configurations")
    }
    guard Set(numbers).isSuperset(of: SelectionSeeds.verification) else {
      throw Failure.usage(
        "--seeds is '\(seeds)'",
        hint: "43, 44 and 45 are always among the seeds; name more if you like")
    }
    return numbers
  }

  /// The failure where there is no best trial: none has reported, or none is chosen at all.
  static func nothingChosen(_ race: RaceRecord, hint: String) -> Failure {
    guard race.settings.experiment?.kind == .rows else {
      return Failure(66, "no trial has reported yet", hint: hint)
    }
    return Failure(
      66, "this race repeats published runs, and chooses nothing among them",
      hint: "see 'tri race table'")
  }

  private func chosen(_ store: any RaceStore) throws -> Trial? {
    if let trial { return try store.trial(trial) }
    return try store.best()?.trial
  }

  /// Plans the runs, which differ in their seeds alone.
  ///
  /// - Throws: `TrainingError` when the machine has too little memory; the plan is then on stderr.
  private func plan(
    _ trial: Trial, race: RaceRecord, kernels: KernelSet, threads: Int
  ) throws -> TrialPlan {
    let configuration = try TrialConfiguration.training(
      trial.configuration, seed: 0, topSteps: trial.scheduleSteps(in: race.settings.ladder))
    let plan = try TrialPlan(
      configuration,
      TrialSetting(
        try CorpusCatalog.manifest(named: race.settings.corpus), split: .trainAndValidation,
        scored: .test, kernels: kernels, threads: threads))
    try plan.checkOrShow()
    return plan
  }

  private func verify(
    _ verification: Verification, _ plan: TrialPlan, race: RaceRecord, store: any RaceStore,
    path: String, corpus: Corpus
  ) throws {
    let seed = plan.configuration.seed
    let run = try TrialRun(plan, corpus: corpus)
    let file = RaceFiles.verification(
      store: path, race: race, candidate: verification.candidate, seed: seed)
    // A score speaks for the program that made it: what another one began is not taken over.
    if try run.isSaved(at: file, byThisProgram: true) { try run.resume(from: file) }
    var meter = ProgressMeter(start: .now, firstStep: run.trainer.step)
    let outcome = try run.advance(to: verification.steps, savingTo: { _ in file }, every: 30) {
      report in
      meter.show(report, of: verification.steps, bytesPerStep: run.trainer.bytesPerStep)
      return Interruption.received == nil
    }
    Console.endProgress()
    switch outcome {
    case .stopped:
      Console.note("seed \(seed) saved at step \(run.trainer.step); the same command goes on")
      throw ExitCode(Interruption.exitCode)
    case .diverged:
      throw Failure(
        65, "seed \(seed) diverged at step \(run.trainer.step): the configuration is not stable",
        hint: "verify another trial with --trial")
    case .reached:
      break
    }
    try run.save(to: file)
    let test = try corpus.openTest(
      TestPermit(purpose: "race verify candidate \(verification.candidate) seed \(seed)") { _ in
        try store.openTest(candidate: verification.candidate, seed: seed, at: .now)
      })
    let bpb = run.testScore(test).bitsPerByte.value
    guard bpb.isFinite else {
      throw Failure(
        65, "seed \(seed) has no finite score: the configuration is not stable",
        hint: "verify another trial with --trial")
    }
    try store.score(
      candidate: verification.candidate, seed: seed,
      Verification.Score(bitsPerByte: bpb, checkpoint: file), at: .now)
    Console.note("seed \(seed): \(decimal(bpb, 4)) BPB on test")
  }

  private func show(
    _ store: any RaceStore, _ race: RaceRecord, _ trial: Trial, _ candidate: Int,
    _ verdict: VictoryVerdict
  ) throws {
    guard let done = try store.verifications().first(where: { $0.candidate == candidate }),
      let mean = done.meanBitsPerByte
    else { throw Failure(70, "the verification was not recorded") }
    let settings = race.settings
    let seedList = done.seeds.map(String.init).joined(separator: ",")
    let commit =
      verdict.passed
      ? "IGLA FOUND: BPB=\(decimal(mean, 4)) seed=\(seedList) board=\(settings.track.rawValue)/\(settings.board.rawValue)"
      : nil
    let ledger = try store.activeRace()?.ledger
    if place.json {
      try Console.json(
        Output(
          trial: trial.id, candidate: candidate,
          status: verdict.passed ? "winner" : try store.trial(trial.id).status.rawValue,
          configuration: done.configuration.json, steps: done.steps,
          trained_on: "train+validation", corpus: settings.corpus,
          track: settings.track.rawValue, board: settings.board.rawValue,
          target_bpb: settings.targetBPB, validation_bpb: trial.bitsPerByte, test_bpb: mean,
          test_bpb_by_seed: Dictionary(
            uniqueKeysWithValues: done.scores.map { (String($0.key), $0.value.bitsPerByte) }),
          checkpoints: Dictionary(
            uniqueKeysWithValues: done.scores.map { (String($0.key), $0.value.checkpoint) }),
          verdict: verdict, commit_text: commit, ledger_entries: ledger?.count ?? 0,
          ledger_hash: ledger?.hash ?? ""))
      return
    }
    try Console.result(
      "test of \(settings.corpus) (\(settings.track.rawValue), \(settings.board.rawValue)): "
        + "\(decimal(mean, 4)) BPB, mean of "
        + done.seeds.map { "seed \($0): \(decimal(done.scores[$0]?.bitsPerByte ?? .nan, 4))" }
        .joined(separator: ", "))
    try Console.result(
      "  spread (sample standard deviation): \(decimal(verdict.variance.squareRoot(), 4))")
    try Console.result(
      "  gate: target \(settings.targetBPB), "
        + (verdict.pValue.map { "uncorrected p = \(String(format: "%.3g", $0)), " } ?? "")
        + "level \(String(format: "%.3g", verdict.alpha)) for candidate \(candidate): "
        + (verdict.passed
          ? "PASSED" : verdict.outcome == .noSeedVariation ? "no seed variation" : "not passed"))
    if let commit { try Console.result(commit) }
    try Console.result(
      "  ledger: \(ledger?.count ?? 0) entries, head \(ledger?.hash.prefix(16) ?? "")")
  }
}
