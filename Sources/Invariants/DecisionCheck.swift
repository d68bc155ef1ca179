/// Judges each decision of a race by the rules as the proofs state them, from the facts that the
/// decision itself rested on.
///
/// Written apart from the rules that decide: no function here calls one of those, so that a fault of
/// either is seen. Looks nothing up; O(1).
///
/// - Proof: Proofs/Igla/Scheduler.v, `allows` and `decide`, whose theorems are INV-2; Proofs/Igla/Lease.v,
///   `step`, `budget_kept` and `stale_refused`, INV-11; Proofs/Igla/Victory.v, `judge`, INV-7.
public enum DecisionCheck {
  /// A promotion, or a step up out of turn at the end of a budget.
  public struct Promotion: Hashable, Sendable {
    public var eta: Int
    /// Whether the rule waits for results of the next rung, and how many those are.
    public var isDelayed: Bool
    public var next: Int
    /// Place of the trial among the `reported` results of its rung, from 1.
    public var rank: Int
    public var reported: Int
    public var from: Int
    public var to: Int
    public var top: Int
    /// Whether the end of a budget moved the trial, which no rank permits or forbids.
    public var isDrained: Bool

    public init(
      eta: Int, isDelayed: Bool, next: Int, rank: Int, reported: Int, from: Int, to: Int,
      top: Int, isDrained: Bool
    ) {
      self.eta = eta
      self.isDelayed = isDelayed
      self.next = next
      self.rank = rank
      self.reported = reported
      self.from = from
      self.to = to
      self.top = top
      self.isDrained = isDrained
    }
  }

  /// What becomes of a trial that reports.
  public enum Fate: String, Sendable {
    case paused, completed, diverged, cut
  }

  /// A report and what was decided on it.
  public struct Report: Hashable, Sendable {
    /// Bits per byte; `nil` for a trial that diverged.
    public var score: Double?
    public var nextByteSteps: Int
    /// The safety cut; `nil` in a race with a plan, which has none.
    public var cut: Double?
    public var cutAfter: Int
    public var rung: Int
    public var top: Int
    public var rank: Int
    public var reported: Int
    public var fate: Fate

    public init(
      score: Double?, nextByteSteps: Int, cut: Double?, cutAfter: Int, rung: Int, top: Int,
      rank: Int, reported: Int, fate: Fate
    ) {
      self.score = score
      self.nextByteSteps = nextByteSteps
      self.cut = cut
      self.cutAfter = cutAfter
      self.rung = rung
      self.top = top
      self.rank = rank
      self.reported = reported
      self.fate = fate
    }
  }

  /// A lease that is about to be given.
  public struct Grant: Hashable, Sendable {
    public var token: Int
    /// The last token before it.
    public var lastToken: Int
    /// Whether another worker's lease on the trial was not ended before.
    public var isHeld: Bool
    /// Steps reserved for this lease, among those used and reserved by all.
    public var newSteps: Int
    public var allSteps: Int
    public var stepLimit: Int?
    /// Whether the trial is new, and how many began, itself included.
    public var isNew: Bool
    public var started: Int
    public var trialLimit: Int?

    public init(
      token: Int, lastToken: Int, isHeld: Bool, newSteps: Int, allSteps: Int, stepLimit: Int?,
      isNew: Bool, started: Int, trialLimit: Int?
    ) {
      self.token = token
      self.lastToken = lastToken
      self.isHeld = isHeld
      self.newSteps = newSteps
      self.allSteps = allSteps
      self.stepLimit = stepLimit
      self.isNew = isNew
      self.started = started
      self.trialLimit = trialLimit
    }
  }

  /// The verdict on a candidate.
  public struct Verdict: Hashable, Sendable {
    public var runs: [VictoryRule.Run]
    /// Steps that each run had to make.
    public var required: Int
    public var target: Double
    public var candidate: Int
    public var outcome: VictoryRule.Outcome

    public init(
      runs: [VictoryRule.Run], required: Int, target: Double, candidate: Int,
      outcome: VictoryRule.Outcome
    ) {
      self.runs = runs
      self.required = required
      self.target = target
      self.candidate = candidate
      self.outcome = outcome
    }
  }

  /// Whether a rank is promoted: rank · eta ≤ reported, and with the delay eta · (next + 1) ≤ reported.
  public static func allows(
    eta: Int, isDelayed: Bool, rank: Int, reported: Int, next: Int
  ) -> Bool {
    rank * eta <= reported && (!isDelayed || eta * (next + 1) <= reported)
  }

  /// What the proven rule makes of a report.
  public static func fate(
    score: Double?, nextByteSteps: Int, cut: Double?, cutAfter: Int, rung: Int, top: Int
  ) -> Fate {
    guard let score else { return .diverged }
    if let cut, cut < score, cutAfter <= nextByteSteps { return .cut }
    return rung == top ? .completed : .paused
  }

  /// Throws when the promotion is not permitted.
  public static func check(_ p: Promotion) throws(InvariantViolation) {
    let place = "rank \(p.rank) of \(p.reported)"
    guard p.rank >= 1, p.rank <= p.reported, p.next >= 0 else {
      throw InvariantViolation("INV-2", "Scheduler.rank", "\(place) at rung \(p.from)")
    }
    guard p.from >= 0, p.from < p.to, p.to <= p.top, p.isDrained || p.to == p.from + 1 else {
      throw InvariantViolation(
        "INV-2", "Scheduler.step", "a promotion from rung \(p.from) to rung \(p.to) of \(p.top)")
    }
    if p.isDrained { return }
    guard
      allows(
        eta: p.eta, isDelayed: p.isDelayed, rank: p.rank, reported: p.reported, next: p.next)
    else {
      throw InvariantViolation(
        "INV-2", "Scheduler.allows", "the promotion of \(place) at rung \(p.from) with eta \(p.eta)"
      )
    }
  }

  /// Throws when something else had to be decided on the report.
  public static func check(_ r: Report) throws(InvariantViolation) {
    guard r.rank >= 1, r.rank <= r.reported, r.rung >= 0, r.rung <= r.top else {
      throw InvariantViolation(
        "INV-2", "Scheduler.rank",
        "rank \(r.rank) of \(r.reported) at rung \(r.rung) of \(r.top)")
    }
    let expected = fate(
      score: r.score, nextByteSteps: r.nextByteSteps, cut: r.cut, cutAfter: r.cutAfter,
      rung: r.rung, top: r.top)
    guard r.fate == expected else {
      throw InvariantViolation(
        "INV-2", "Scheduler.decide",
        "a report of \(r.score.map { "\($0)" } ?? "no score") at rung \(r.rung) after "
          + "\(r.nextByteSteps) steps, taken as \(r.fate.rawValue), not \(expected.rawValue),")
    }
  }

  /// Throws when the lease may not be given.
  public static func check(_ g: Grant) throws(InvariantViolation) {
    guard g.token > g.lastToken, !g.isHeld else {
      throw InvariantViolation(
        "INV-11", "Lease.holder_unique",
        "a lease with token \(g.token) after \(g.lastToken)\(g.isHeld ? " on a held trial" : "")")
    }
    if let limit = g.stepLimit, g.newSteps > 0, g.allSteps > limit {
      throw InvariantViolation(
        "INV-11", "Lease.budget_kept", "\(g.allSteps) steps used and reserved of \(limit)")
    }
    if let limit = g.trialLimit, g.isNew, g.started > limit {
      throw InvariantViolation(
        "INV-11", "Lease.budget_kept", "\(g.started) trials started of \(limit)")
    }
  }

  /// Throws when another worker holds the trial: its lease is to have run out.
  public static func check(expiry: Int64, now: Int64) throws(InvariantViolation) {
    guard expiry <= now else {
      throw InvariantViolation(
        "INV-11", "Lease.step", "a lease taken \(expiry - now) µs before it runs out")
    }
  }

  /// Throws when the runs do not bear the verdict out.
  ///
  /// Of more than three runs, which no theorem speaks of, only what every verdict needs is checked.
  public static func check(_ v: Verdict) throws(InvariantViolation) {
    let facts = "the verdict '\(v.outcome.rawValue)' on candidate \(v.candidate)"
    if v.runs.count <= ProvenConstants.victorySeeds {
      let proven = VictoryRule.judge(
        v.runs, required: v.required, target: v.target, candidate: v.candidate)
      if proven == v.outcome { return }
      throw InvariantViolation(
        "INV-7", "Victory.judge", "\(facts), which is \(proven?.rawValue ?? "none"),")
    }
    let isAdmissible =
      Set(v.runs.map(\.seed)).count == v.runs.count
      && v.runs.allSatisfy { $0.steps == v.required && ($0.score ?? 0) > 0 }
    let isBelow = v.runs.allSatisfy { ($0.score ?? .infinity) < v.target }
    guard isAdmissible, v.outcome == .failed || isBelow else {
      throw InvariantViolation("INV-7", "Victory.judge", facts)
    }
  }
}
