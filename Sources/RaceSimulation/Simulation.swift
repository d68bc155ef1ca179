internal import Determinism
public import Race

/// A race on recorded curves, in virtual time.
///
/// An epoch takes one unit of time on every worker. The budget counts epochs over all workers: a piece of
/// work, up to the next rung, begins if it fits into what is left. Configurations come in a random order
/// without replacement, the same for every scheduler.
public struct Simulation: Sendable {
  public var curves: LearningCurves
  public var ladder: RungLadder
  public var workers: Int
  /// Epochs over all workers.
  public var budget: Int
  /// Number of the random order.
  public var order: Int

  public init(
    curves: LearningCurves, ladder: RungLadder, workers: Int, budget: Int, order: Int
  ) {
    self.curves = curves
    self.ladder = ladder
    self.workers = workers
    self.budget = budget
    self.order = order
  }

  /// What a simulated race came to.
  public struct Outcome: Hashable, Sendable {
    /// Lowest loss of a configuration that was trained to the end; `nil` for none.
    public var best: Double?
    /// Configurations trained to the end.
    public var finished = 0
    /// Configurations begun.
    public var started = 0
    /// Epochs trained.
    public var epochs = 0
    /// Epochs of virtual time from the first beginning to the last end.
    public var time = 0

    /// Counts a configuration that reached the last epoch.
    mutating func finish(_ loss: Double) {
      finished += 1
      if loss.isFinite { best = min(best ?? loss, loss) }
    }
  }

  /// Runs the race.
  ///
  /// - Throws: `RaceError` for settings that no race can have.
  public func run(_ scheduler: Scheduler) throws -> Outcome {
    switch scheduler {
    case .igla, .delayed: try runMachine(delayed: scheduler == .delayed)
    case .promotion: runPromotion()
    case .optuna, .ray, .syneTune, .random:
      runStopping(StoppingRule(scheduler, eta: ladder.eta, rungs: ladder.count))
    }
  }

  /// The configurations in their order.
  package var configurations: [Int] {
    var generator = SplitMix64(seed: UInt64(bitPattern: Int64(order)) &+ 0x1614A)
    var indices = Array(curves.losses.indices)
    for last in stride(from: indices.count - 1, to: 0, by: -1) {
      indices.swapAt(last, generator.index(below: last + 1))
    }
    return indices
  }

  /// Stops or goes on at each rung, on the same worker.
  private func runStopping(_ rule: StoppingRule) -> Outcome {
    var rule = rule
    var outcome = Outcome()
    var fresh = configurations[...]
    var workers = VirtualWorkers<(configuration: Int, rung: Int)>()
    func work(_ worker: Int, _ configuration: Int, from step: Int, to rung: Int) -> Bool {
      let cost = ladder.steps(rung) - step
      guard outcome.epochs + cost <= budget else { return false }
      outcome.epochs += cost
      workers.begin((configuration, rung), worker: worker, epochs: cost)
      return true
    }
    func begin(_ worker: Int) {
      guard let configuration = fresh.first, work(worker, configuration, from: 0, to: 0) else {
        return
      }
      fresh.removeFirst()
      outcome.started += 1
    }
    for worker in 0..<self.workers { begin(worker) }
    while let (worker, job) = workers.next() {
      let loss = curves.losses[job.configuration][ladder.steps(job.rung) - 1]
      if job.rung == ladder.top {
        outcome.finish(loss)
      } else if rule.goesOn(loss, rung: job.rung),
        work(worker, job.configuration, from: ladder.steps(job.rung), to: job.rung + 1)
      {
        continue
      }
      begin(worker)
    }
    outcome.time = workers.now
    return outcome
  }

  /// Promotes the best of each rung while they fit, from the highest rung down, else begins a fresh one.
  private func runPromotion() -> Outcome {
    let rule = PromotionRule(eta: ladder.eta)
    var outcome = Outcome()
    let order = configurations
    var reported = [[RankKey]](repeating: [], count: ladder.count)
    var paused = reported
    var workers = VirtualWorkers<(trial: Int, rung: Int)>()
    func begin(_ worker: Int) {
      for rung in stride(from: ladder.top - 1, through: 0, by: -1) {
        let cost = ladder.steps(rung + 1) - ladder.steps(rung)
        guard let best = paused[rung].first, outcome.epochs + cost <= budget else { continue }
        let rank = (reported[rung].firstIndex(of: best) ?? 0) + 1
        guard rule.allows(rank: rank, reported: reported[rung].count, next: 0) else { continue }
        paused[rung].removeFirst()
        outcome.epochs += cost
        workers.begin((best.trial, rung + 1), worker: worker, epochs: cost)
        return
      }
      let cost = ladder.steps(0)
      guard outcome.started < order.count, outcome.epochs + cost <= budget else { return }
      outcome.started += 1
      outcome.epochs += cost
      workers.begin((outcome.started, 0), worker: worker, epochs: cost)
    }
    for worker in 0..<self.workers { begin(worker) }
    while let (worker, job) = workers.next() {
      let loss = curves.losses[order[job.trial - 1]][ladder.steps(job.rung) - 1]
      let key = RankKey(bitsPerByte: loss.isFinite ? loss : nil, trial: job.trial)
      reported[job.rung].append(key)
      reported[job.rung].sort()
      if job.rung == ladder.top {
        outcome.finish(loss)
      } else if loss.isFinite {
        paused[job.rung].append(key)
        paused[job.rung].sort()
      }
      begin(worker)
    }
    outcome.time = workers.now
    return outcome
  }

  /// Drives the race's own state machine.
  private func runMachine(delayed: Bool) throws -> Outcome {
    let store = InMemoryRaceStore()
    var settings = RaceSettings(
      name: curves.name, seed: order, corpus: curves.name, corpusSHA256: "", ladder: ladder,
      targetBPB: 1,
      space: try SearchSpace([
        "curve": .integer(min: 0, max: curves.losses.count - 1, log: false, step: 1)
      ]))
    settings.delayedPromotion = delayed
    settings.leaseSeconds = 999_999
    settings.lessons = false
    settings.cut = SafetyCut(bitsPerByte: .greatestFiniteMagnitude, afterSteps: .max)
    settings.budget = Budget(steps: budget)
    func time(_ epochs: Int) -> Instant { Instant(microseconds: Int64(epochs)) }
    _ = try store.createRace(settings, at: time(0))
    let names = (0..<self.workers).map { "w\($0)" }
    for name in names {
      try store.register(
        WorkerRecord(
          id: name, machine: "virtual", process: 0, binaryHash: "", kernelVariant: "portable",
          started: time(0), agentID: "simulation", branch: "main"))
    }
    // One more than can begin, so that the race always has a fresh configuration to weigh.
    for curve in configurations.prefix(budget / ladder.steps(0) + 1) {
      _ = try store.enqueue(
        Configuration(["curve": .int(curve)]), seed: nil, allowDuplicate: false, at: time(0))
    }
    var outcome = Outcome()
    var workers = VirtualWorkers<Claim>()
    func cost(_ claim: Claim) -> Int { claim.targetStep - (claim.checkpoint?.step ?? 0) }
    var waiting: [Int] = []
    func ask(_ worker: Int) throws {
      switch try store.claim(worker: names[worker], at: time(workers.now)) {
      case .work(let claim):
        outcome.epochs += cost(claim)
        if claim.checkpoint == nil { outcome.started += 1 }
        workers.begin(claim, worker: worker, epochs: cost(claim))
      case .wait: waiting.append(worker)
      case .finished: break
      }
    }
    for worker in names.indices { try ask(worker) }
    while let (worker, claim) = workers.next() {
      guard case .int(let curve)? = claim.configuration["curve"] else {
        preconditionFailure("[Simulation] a configuration without its curve")
      }
      let step = claim.targetStep
      let loss = curves.losses[curve][step - 1]
      if claim.rung == ladder.top { outcome.finish(loss) }
      _ = try store.report(
        Report(
          trial: claim.trial, token: claim.lease.token, rung: claim.rung, step: step,
          bitsPerByte: loss, nextByteSteps: 0,
          checkpoint: Checkpoint(step: step, path: "\(claim.trial)"),
          work: Work(steps: cost(claim))), samples: [],
        at: time(workers.now))
      let asking = [worker] + waiting
      waiting = []
      for worker in asking { try ask(worker) }
    }
    outcome.time = workers.now
    return outcome
  }
}
