import Scoring
import LanguageModel
import Corpora
import Foundation
import KernelInterface
import Kernels
import Race
import Training

/// One worker of a race: claims work, trains it to its rung, reports, and asks again.
///
/// It prints warnings and errors only: what happens is in the store, and the supervisor shows it.
struct Worker {
  let storePath: String
  let store: any RaceStore
  let id: String
  let race: RaceRecord
  let setting: TrialSetting
  let corpus: Corpus
  /// Seconds between checkpoints inside a rung.
  let saveEvery: Double
  /// Seconds between heartbeats, after which at most it hears that it is to stop.
  let beatEvery: Double
  let metrics: WorkerMetrics?
  let departure: Departure

  /// Seconds before a worker that was told to wait asks again, the first time.
  private static let shortestPause = 0.125

  /// Works until the race has nothing more to do or a signal arrives.
  ///
  /// - Throws: Failures that another worker on this machine would meet as well.
  func run() throws {
    do {
      try workOn()
    } catch let error as RaceError
      where Interruption.received != nil && [.unavailable, .busy].contains(error.code)
    {
      Console.warn(
        "\(id): the store does not answer while this worker ends; a lease that it holds runs out in "
          + "\(spoken(seconds: race.settings.leaseSeconds)) at most, and its trial goes on from its "
          + "last checkpoint")
    }
  }

  private func workOn() throws {
    var pause = Self.shortestPause
    /// What the last report was answered with, and when it was asked.
    var given: Given?
    while true {
      if Interruption.received != nil { return try giveBack(given) }
      let next = try given ?? ask()
      given = nil
      switch next.answer {
      case .work(let claim):
        given = try work(on: claim, asked: next.asked)
        pause = Self.shortestPause
      case .wait:
        // Asking is a synced write: a worker that waits long asks about once a second.
        Interruption.sleep(seconds: pause)
        pause = min(1, 2 * pause)
      case .finished:
        return
      }
    }
  }

  /// An answer to a claim, and the time before it was asked for.
  private struct Given {
    var answer: ClaimAnswer
    var asked: ContinuousClock.Instant
  }

  private func ask() throws -> Given {
    let asked = ContinuousClock.now
    return Given(answer: try store.claim(worker: id, at: .now), asked: asked)
  }

  /// Gives work back that nothing was done on yet.
  private func giveBack(_ given: Given?) throws {
    guard case .work(let claim) = given?.answer else { return }
    do {
      try store.release(
        trial: claim.trial, token: claim.lease.token, checkpoint: claim.checkpoint, work: Work(),
        at: .now)
    } catch let error as RaceError where error.code == .leaseLost {
      // Another worker has it already.
    }
  }

  /// Works on a claim; the report brings the next answer, if there was one.
  private func work(on claim: Claim, asked: ContinuousClock.Instant) throws -> Given? {
    let heart = Heart(
      store: store, claim: claim, asked: asked, leaseSeconds: race.settings.leaseSeconds,
      every: beatEvery)
    Console.logTrial(claim.trial)
    metrics?.note { ($0.trial, $0.step) = (claim.trial, claim.checkpoint?.step ?? 0) }
    defer {
      heart.rest()
      Console.logTrial(nil)
      metrics?.note { $0.trial = nil }
    }
    do {
      return try train(claim, heart)
    } catch let error as RaceError where error.code == .leaseLost {
      // The race knows: it gave the trial on. The result is dropped.
      metrics?.note { $0.lostLeases += 1 }
    } catch let error as TrainingError {
      metrics?.note { $0.failures += 1 }
      // A full disk or an impossible configuration is the trial's failure, recorded with its reason.
      do {
        try store.fail(
          trial: claim.trial, token: claim.lease.token, error: error.message, at: .now)
      } catch let lost as RaceError where lost.code == .leaseLost {
        // Another worker has the trial already; its failure is not this one's to record.
      }
      if error.code == .cannotWrite { throw error }
    }
    return nil
  }

  private func train(_ claim: Claim, _ heart: Heart) throws -> Given? {
    let clock = ContinuousClock()
    let start = clock.now
    var workStart = clock.now
    let files = TrialFiles(store: storePath, race: race, trial: claim.trial)
    let run = try open(claim, files)
    var workStep = run.trainer.step
    var processorStart = run.trainingProcessorSeconds
    func work() -> Work {
      let done = Work(
        steps: run.trainer.step - workStep,
        microseconds: Int64((clock.now - workStart).seconds * 1e6),
        processorMicroseconds: Int64((run.trainingProcessorSeconds - processorStart) * 1e6))
      (workStart, workStep) = (clock.now, run.trainer.step)
      processorStart = run.trainingProcessorSeconds
      return done
    }
    func saved() -> Race.Checkpoint {
      Race.Checkpoint(step: run.trainer.step, path: files.path(step: run.trainer.step))
    }
    let outcome = try run.advance(
      to: claim.targetStep, savingTo: files.path, every: saveEvery
    ) { _ in
      metrics?.note {
        $0.steps += 1
        $0.step = run.trainer.step
      }
      if heart.wish == .lost {
        throw RaceError(.leaseLost, "trial \(claim.trial) was given to another worker")
      }
      return heart.wish != .stop && Interruption.received == nil
    } onSave: {
      try store.checkpointed(
        trial: claim.trial, token: claim.lease.token, checkpoint: saved(), work: work(),
        samples: [], at: .now)
      files.keepLatest(2, upTo: run.trainer.step)
    }
    if outcome == .stopped {
      try store.release(
        trial: claim.trial, token: claim.lease.token, checkpoint: saved(), work: work(), at: .now)
      return nil
    }
    let diverged = outcome == .diverged
    // Saved first: an evaluation takes seconds, in which the process may be killed.
    if !diverged { try run.save(to: saved().path) }
    var done = work()
    let score =
      diverged
      ? Double.nan
      : departure.during(
        Departure.Held(
          trial: claim.trial, token: claim.lease.token, checkpoint: saved(), work: done)
      ) { run.validationScore().bitsPerByte.value }
    if !diverged {
      done.evaluations = 1
      done.evaluationMicroseconds = Int64((clock.now - workStart).seconds * 1e6)
    }
    let report = Report(
      trial: claim.trial, token: claim.lease.token, rung: claim.rung, step: run.trainer.step,
      bitsPerByte: score, nextByteSteps: run.trainer.step, checkpoint: diverged ? nil : saved(),
      work: done)
    let samples = [Sample(step: run.trainer.step, bitsPerByte: score)]
    let asked = ContinuousClock.now
    let (result, next) = try self.report(report, samples)
    metrics?.note {
      $0.rungs += 1
      $0.diverged += diverged ? 1 : 0
      $0.evaluations += done.evaluations
      $0.evaluationSeconds += Double(done.evaluationMicroseconds) / 1e6
    }
    files.keepLatest(2, upTo: run.trainer.step)
    try ExperienceLog(store: storePath).append(
      trial: claim.trial, rung: claim.rung, worker: id, seed: claim.seed,
      steps: run.trainer.step, before: claim.bitsPerByte, after: score.isFinite ? score : nil,
      seconds: (clock.now - start).seconds, decision: result.decision.rawValue, at: .now)
    return next.map { Given(answer: $0, asked: asked) }
  }

  /// Reports, and asks for more in the same transaction unless this worker is to end.
  private func report(
    _ report: Report, _ samples: [Sample]
  ) throws -> (RungResult, ClaimAnswer?) {
    guard Interruption.received == nil else {
      return (try store.report(report, samples: samples, at: .now), nil)
    }
    let both = try store.reportAndClaim(report, samples: samples, worker: id, at: .now)
    return (both.result, both.next)
  }

  /// The run of a claim, at its newest intact checkpoint.
  private func open(_ claim: Claim, _ files: TrialFiles) throws -> TrialRun {
    let configuration = try TrialConfiguration.training(
      claim.configuration, seed: claim.seed, topSteps: claim.scheduleSteps)
    let plan = try TrialPlan(configuration, setting)
    do {
      try plan.check()
    } catch let error as TrainingError where claim.checkpoint != nil {
      // It fitted when it was trained: the race was started otherwise since, which is not its fault.
      try store.release(
        trial: claim.trial, token: claim.lease.token, checkpoint: claim.checkpoint,
        work: Work(steps: 0, microseconds: 0), at: .now)
      throw Failure(
        69, "trial \(claim.trial), trained before, does not fit any more: \(error.message)",
        hint: "start the race with fewer --workers or --threads")
    }
    let run = try TrialRun(plan, corpus: corpus)
    guard let newest = claim.checkpoint else { return run }
    for step in files.steps where step <= newest.step {
      do {
        try run.resume(from: files.path(step: step))
        if step < newest.step {
          Console.warn("\(id): trial \(claim.trial) goes on from its older step \(step)")
        }
        return run
      } catch let error as TrainingError where error.code == .corruptCheckpoint {
        Console.warn("\(id): \(error.message)")
      }
    }
    Console.warn("\(id): trial \(claim.trial) has no intact checkpoint and starts anew")
    return run
  }
}
