import PostgreSQLClient
import Race

/// One transaction on a race: what was fetched at its beginning, what the machine changed since, and
/// the way to what is missing.
///
/// All that an operation is expected to look up comes with the race's lock, in one round trip; what it
/// changes goes back with the commit, in another. In between the machine reads here: lookups through
/// an index were made without the trials that the operation names (``named``), which are put back as
/// they are now. What was not expected is asked for, after the changes so far were sent: correct, and
/// counted as a detour.
final class Workspace {
  let link: Link
  let isWriting: Bool
  /// Takes for granted that a proposed configuration is new, and has the commit check it.
  let isBold: Bool
  /// Holds the lock of the trial that it names, and not that of the race.
  let isOfOneTrial: Bool
  let now: Instant
  private(set) var detours = 0

  var race: RaceRecord
  private let original: RaceRecord
  var trials: [Int: Trial?] = [:]
  /// Trials that ``lookups`` leaves out.
  var named: Set<Int>
  var lookups: Lookups?
  var planned: [Int]?
  var reported: [Int: Int]?
  var ranks: [Place: Int] = [:]
  var results: [Place: RungResult?] = [:]
  var workers: [String: WorkerRecord?] = [:]
  var lessons: [LessonKey: Lesson?] = [:]
  var knowsAllLessons = false
  var fingerprints: Set<String> = []
  var changes = Changes()

  /// A key in a rung.
  struct Place: Hashable {
    var rung: Int
    var key: RankKey
  }

  struct LessonKey: Hashable {
    var parameter: String
    var pattern: String
  }

  /// What a claim may ask for, all but the trials that the operation names.
  struct Lookups {
    var paused: [Int: Trial] = [:]
    var resumable: [Trial] = []
    var pending: Trial?
    var leader: Trial?
    var running = RunningSummary(targets: [:])
  }

  fileprivate init(
    _ link: Link, race: RaceRecord, now: Instant, named: Set<Int>, isWriting: Bool, isBold: Bool,
    isOfOneTrial: Bool = false
  ) {
    self.link = link
    self.race = race
    original = race
    self.now = now
    self.named = named
    self.isWriting = isWriting
    self.isBold = isBold
    self.isOfOneTrial = isOfOneTrial
  }

  // MARK: Beginning

  /// Begins a transaction and fetches what is expected; `nil`, with the transaction over, where there
  /// is no race.
  ///
  /// A writing one takes the race's lock, or that of the one trial which it is about; another is a
  /// consistent view, and read only.
  static func begin(
    _ link: Link, _ expected: ExpectedLookups, isWriting: Bool, isBold: Bool
  ) throws -> Workspace? {
    let named = expected.trial.map { [$0] } ?? []
    let locksTrial = isWriting && expected.isOfOneTrial
    var batch = link.opening(isWriting: isWriting, locks: !locksTrial, now: expected.now)
    if locksTrial { batch.append(Statements.make("lock_trial", ["trial": expected.trial])) }
    let first = batch.count
    batch.append(
      look(expected.result, named: named, claims: expected.claims && isWriting))
    if expected.worker != nil || expected.trial != nil {
      batch.append(
        Statements.make("find_workers", ["worker": expected.worker, "trial": expected.trial]))
    }
    // Whoever proposes hears all lessons; a report alone needs those of its trial.
    let wantsLessons =
      expected.claims && isWriting && link.memory.settings?.lessons == true
      && link.memory.settings?.experiment == nil
    let patterns = wantsLessons ? [] : expected.trial.flatMap(link.memory.patterns) ?? []
    if wantsLessons {
      batch.append(Statements.make("lessons"))
    } else if !patterns.isEmpty {
      batch.append(
        Statements.make(
          "find_lessons",
          [
            "parameters": Statement.array(patterns.map(\.parameter)),
            "patterns": Statement.array(patterns.map(\.pattern)),
          ]))
    }
    if let result = expected.result {
      batch.append(Statements.make("result", ["trial": result.key.trial, "rung": result.rung]))
    }
    let wantsPlan = expected.claims && link.memory.settings?.experiment != nil
    if wantsPlan { batch.append(Statements.make("trials", ["limit": Int.max, "offset": 0])) }

    let tables = try link.run(batch).map(\.byColumn)
    guard let entered = try link.entered(tables) else {
      try link.rollback()
      return nil
    }
    let workspace = Workspace(
      link, race: entered.race, now: entered.now, named: Set(named), isWriting: isWriting,
      isBold: isBold, isOfOneTrial: locksTrial)
    workspace.trials = Dictionary(uniqueKeysWithValues: named.map { ($0, Trial?.none) })
    var next = first
    func take() -> [Row] {
      defer { next += 1 }
      return tables[next]
    }
    try workspace.keep(
      found: take(), scored: expected.result, claims: expected.claims && isWriting)
    if expected.worker != nil || expected.trial != nil {
      if let worker = expected.worker { workspace.workers[worker] = .some(nil) }
      for row in take() {
        let worker = try WorkerRecord(row: row)
        workspace.workers[worker.id] = worker
      }
    }
    if wantsLessons {
      try workspace.keep(lessons: take())
      workspace.knowsAllLessons = true
    } else if !patterns.isEmpty {
      for (parameter, pattern) in patterns {
        workspace.lessons[LessonKey(parameter: parameter, pattern: pattern)] = .some(nil)
      }
      try workspace.keep(lessons: take())
    }
    if let result = expected.result {
      let place = Place(rung: result.rung, key: RankKey(bitsPerByte: nil, trial: result.key.trial))
      let found: RungResult? = try take().first.map(RungResult.init(row:))
      workspace.results[place] = .some(found)
    }
    if wantsPlan { workspace.planned = try workspace.keep(take().map(Trial.init(row:))) }
    return workspace
  }

  /// The statement that looks up what an operation may ask for.
  private static func look(
    _ result: (rung: Int, key: RankKey)?, named: some Sequence<Int>, claims: Bool
  ) -> Statement {
    Statements.make(
      "look",
      [
        "rung": result?.rung, "score": result?.key.score, "trial": result?.key.trial,
        "named": Statement.array(named.map { String($0) }), "claims": claims,
      ])
  }

  /// Takes note of what ``look(_:named:claims:)`` gave.
  private func keep(
    found rows: [Row], scored result: (rung: Int, key: RankKey)?, claims: Bool
  ) throws {
    var lookups = Lookups()
    var reported: [Int: Int] = [:]
    for row in rows {
      switch try row.string("tag") {
      case "reported": reported[try row.int("level")] = try row.int("number")
      case "running": lookups.running.targets[try row.int("level")] = try row.int("number")
      case "rank":
        if let result { ranks[Place(rung: result.rung, key: result.key)] = try row.int("number") }
      case "paused":
        let trial = try keepFirst(row)
        lookups.paused[try row.int("level")] = trial
        ranks[Place(rung: try row.int("level"), key: trial.key)] = try row.int("number")
      case "resumable": lookups.resumable.append(try keepFirst(row))
      case "pending": lookups.pending = try keepFirst(row)
      case "leader": lookups.leader = try keepFirst(row)
      default: _ = try keepFirst(row)
      }
    }
    self.reported = reported
    if claims { self.lookups = lookups }
  }

  /// Takes note of a trial, unless it is known better.
  private func keepFirst(_ row: Row) throws -> Trial {
    let trial = try Trial(row: row)
    if trials[trial.id] == nil || trials[trial.id] == .some(nil) { trials[trial.id] = trial }
    return trial
  }

  private func keep(_ list: [Trial]) -> [Int] {
    for trial in list where trials[trial.id] == nil { trials[trial.id] = trial }
    return list.map(\.id)
  }

  func keep(lessons rows: [Row]) throws {
    for lesson in try rows.flatMap(Lesson.all) {
      lessons[LessonKey(parameter: lesson.parameter, pattern: lesson.pattern)] = lesson
    }
  }

  // MARK: Detours and the end

  /// Sends the changes so far and a question, and returns the answer.
  func ask(_ name: String, _ values: Values = [:]) throws -> [Row] {
    detours += 1
    let batch = try pending() + [Statements.make(name, values)]
    return try link.run(batch).last?.byColumn ?? []
  }

  /// Fetches what a claim may ask for once more, after changes that the first answers do not know of.
  func lookUpAgain() throws -> Lookups {
    detours += 1
    let tables = try link.run(
      try pending() + [Workspace.look(nil, named: named, claims: true)])
    try keep(found: tables[tables.count - 1].byColumn, scored: nil, claims: true)
    return lookups ?? Lookups()
  }

  /// The statements of all changes that were not sent yet.
  private func pending() throws -> [Statement] {
    defer { changes = Changes() }
    return try changes.statements(of: self)
  }

  /// Whether anything was changed, sent or not.
  var hasChanges: Bool { !changes.isEmpty || race != original || detours > 0 }

  /// The last links that this transaction wrote, by which it is known again.
  var marks: Marks {
    Marks(
      race: race.id, event: race.events == original.events ? nil : race.events,
      entry: race.ledger == original.ledger ? nil : race.ledger)
  }

  /// Sends what is left to be written, and commits.
  func commit() throws {
    precondition(
      !isOfOneTrial || race == original && changes.trials.isSubset(of: named),
      "[Workspace.commit] the race was changed without its lock")
    // A lease that a crash of the server shortens is given on earlier, and its token refuses the rest.
    let mustLast = !isOfOneTrial || !changes.samples.isEmpty
    var batch = try pending()
    if race != original { batch += try raceStatements() }
    batch.append(Statement("COMMIT"))
    // The commit lets go of the race's lock before it is on the disk, so that others need not wait for
    // that. This empty record is a transaction of its own, which waits until the log is on the disk up
    // to here, for many workers at once: only then is the operation's answer given.
    if mustLast { batch.append(Statements.make("keep")) }
    try link.commit(batch)
    link.memory.settings = race.settings == original.settings ? link.memory.settings : nil
    link.memory.remember(named.compactMap { trials[$0] ?? nil })
  }

  private func raceStatements() throws -> [Statement] {
    var statements: [Statement] = []
    if race.counters.mapValues({ $0?.columnText })
      != original.counters.mapValues({ $0?.columnText })
    {
      statements.append(Statements.make("update_race", race.counters))
    }
    if race.settings != original.settings || race.decisions != original.decisions {
      statements.append(
        Statements.make(
          "update_settings",
          [
            "race_id": race.id, "settings": try JSONValue(encoding: race.settings).canonical,
            "decisions": try JSONValue(encoding: race.decisions).canonical,
          ]))
    }
    return statements
  }
}

/// By what a commit whose answer was lost is known again: the links of the hash chains that it wrote,
/// of which no other transaction can have written the same.
struct Marks {
  var race: Int
  var event: ChainHead?
  var entry: ChainHead?
}

extension Workspace {
  /// A transaction on a race that was just made, in which nothing is looked up.
  convenience init(_ link: Link, _ race: RaceRecord, now: Instant) {
    self.init(link, race: race, now: now, named: [], isWriting: true, isBold: false)
  }
}
