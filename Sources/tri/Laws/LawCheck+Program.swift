import Foundation
import Invariants
import LanguageModel
import Race
import RacePostgreSQL
import Training

/// The laws about what the program does: L-R2, L-R6 to L-R11.
///
/// Each rule is asked, at its edge and beyond, as a run would ask it; then the store is searched for
/// records that a program with another rule could have left.
extension LawCheck {
  /// L-R2.
  func workerCount(_ finding: inout LawFinding) {
    let wrong = [0, 3, 4, 16, 17].filter { count in
      ((try? RaceStartCommand.workers(count)) != nil) != (4...16).contains(count)
    }
    finding.add(
      .program,
      breach: wrong.isEmpty
        ? nil : "tri race start judges \(wrong.map(String.init).joined(separator: ", ")) wrongly",
      holds: "tri race start takes 4 and 16 workers, and refuses 0, 3 and 17")
    do {
      let count = try RaceStartCommand.workers(nil)
      finding.add(.program, .holds, "without --workers it starts \(count) here")
    } catch {
      finding.add(.program, .breach, "\(error)")
    }
  }

  /// L-R6.
  func interruption(_ finding: inout LawFinding) throws {
    tie(
      "static func listen(", in: "Sources/tri/Support/Interruption.swift",
      test: "anInterruptedRaceSavesEveryTrialAndGoesOn",
      in: "Tests/TriTests/InterruptedRaceTests.swift", &finding)
    guard let records else { return }
    var released = 0
    var expired = 0
    var ordinal = 0
    while true {
      let page = try records.store.events(after: ordinal, limit: 1_000)
      guard let last = page.last else { break }
      released += page.count { $0.kind == .released }
      expired += page.count { $0.kind == .expired }
      ordinal = last.ordinal
    }
    // A worker that was killed outright cannot keep the law, so leases that ran out are no breach.
    finding.add(
      .store, .holds, "\(released) leases given back in order, \(expired) that ran out or were lost"
    )
  }

  /// L-R7.
  func statementTime(_ finding: inout LawFinding) throws {
    let limit = 30.0
    guard let server = records?.store as? PostgreSQLRaceStore else {
      let seconds = PostgreSQLRaceStore.statementSeconds
      finding.add(
        .program,
        breach: seconds <= limit ? nil : "statements may take \(seconds) s",
        holds: "statements get \(Int(seconds)) s at most; a server's own answer needs --store")
      return
    }
    let seconds = try server.statementLimit()
    finding.add(
      .store,
      breach: seconds > 0 && seconds <= limit
        ? nil : "the server grants \(seconds == 0 ? "any time" : "\(seconds) s")",
      holds: "the server says that it ends this program's statements after \(Int(seconds)) s")
  }

  /// L-R8.
  func scoreLine(_ finding: inout LawFinding) {
    let lines = [0, 0.000_04, 1.499_95, 8, 1e6].map { ScoreLine($0)?.text }
    let none = [Double.nan, .infinity, -1].compactMap(ScoreLine.init)
    let wrong = lines.filter { $0.map(ScoreLine.isScore) != true }.count + none.count
    finding.add(
      .program, breach: wrong == 0 ? nil : "\(wrong) of 8 numbers get a wrong line",
      holds: "5 scores get a line like \(lines[3] ?? "none"), 3 numbers that are no score get none")
  }

  /// L-R9.
  func narrowGF16(_ finding: inout LawFinding) throws {
    var narrow = TrainingConfiguration()
    narrow.format.format = .gf16
    narrow.model.width = 252
    narrow.model.heads = 4
    var wide = narrow
    wide.model.width = 256
    let refuses = (try? narrow.validate()) == nil
    let takes = (try? wide.validate()) != nil
    finding.add(
      .program,
      breach: refuses && takes ? nil : "hidden 252 is \(refuses ? "refused" : "taken"), 256 is not",
      holds: "gf16 is refused at hidden 252 and taken at 256; --allow-gf16-below-256 overrides "
        + "it")
    var breaches: [String] = []
    var allowed = 0
    var wideTrials = 0
    try forEachTraining { trial, training in
      guard training.format.format == .gf16 else { return }
      if training.model.width >= FormatConfiguration.leastGF16Width {
        wideTrials += 1
      } else if training.format.allowsNarrowGF16 {
        allowed += 1
      } else {
        breaches.append("trial \(trial.id) at hidden \(training.model.width)")
      }
    }
    guard records != nil else { return }
    finding.add(
      .store, breach: breaches.isEmpty ? nil : LawCheck.list(breaches),
      holds: "\(wideTrials) trials in gf16 from 256 on; \(allowed) below, each allowed by its "
        + "configuration")
  }

  /// L-R10.
  func hiddenSpanRung(_ finding: inout LawFinding) throws {
    let space = try SearchSpace(["objective": .fixed(.string("jepa"))])
    let ladder = try RungLadder()
    let rung = try HiddenSpanRung.rules(space, ladder).first?.rung
    let steps = rung.map(ladder.steps)
    finding.add(
      .program,
      breach: steps == 3_000 ? nil : "a race begins such trials at \(steps ?? 0) steps",
      holds: "on the default ladder such trials begin at 3000 steps")
    guard let records else { return }
    let race = records.race.settings.ladder
    var begun = 0
    var breaches: [String] = []
    try forEachTraining { trial, training in
      guard training.objective.hasJEPA, trial.assignment == nil,
        let first = try records.store.results(trial: trial.id).first
      else { return }
      begun += 1
      // A ladder that ends earlier has no such rung; there the warm-up alone counts.
      if race.topSteps >= 3_000 && first.step < 3_000 {
        breaches.append("trial \(trial.id) was judged at step \(first.step)")
      }
    }
    finding.add(
      .store, breach: breaches.isEmpty ? nil : LawCheck.list(breaches),
      holds: "\(begun) drawn trials with hidden spans were judged, none too early"
        + (race.topSteps < 3_000 ? " (this ladder ends at \(race.topSteps) steps)" : ""))
  }

  /// L-R11.
  func entropyBand(_ finding: inout LawFinding) throws {
    let law = NCAConfiguration()
    var alien = law
    alien.states = 8
    var wide = TrainingConfiguration()
    (wide.objective, wide.nca.low) = (.nca, 0)
    let holds =
      law.weight == 0.25 && law.states == 9 && law.grid == 9 && law.low == 1.5 && law.high == 2.8
      && law.penalty(1.49).value > 0 && law.penalty(2.81).value > 0
      && law.penalty(1.5).value == 0 && law.penalty(2.8).value == 0
      && (try? alien.validated()) == nil && !EntropyBand.holds(wide)
    finding.add(
      .program, breach: holds ? nil : "the automaton's defaults or its penalty are others",
      holds: "9 × 9 cells of 9 states, weight 0.25; the penalty is 0 at 1.5 and 2.8 bits, above 0 "
        + "at 1.49 and 2.81; 8 states are refused, and in a race another band")
    guard records != nil else { return }
    var trained = 0
    var breaches: [String] = []
    try forEachTraining { trial, training in
      guard training.objective.hasNCA else { return }
      trained += 1
      if !EntropyBand.holds(training) {
        breaches.append("trial \(trial.id) on \(training.nca.low) to \(training.nca.high) bits")
      }
    }
    finding.add(
      .store, breach: breaches.isEmpty ? nil : LawCheck.list(breaches),
      holds: "\(trained) trials with the automaton, all on that band")
  }

  /// Each trial of the store with what it trains; what this version cannot read is left out.
  private func forEachTraining(
    _ body: (Trial, TrainingConfiguration) throws -> Void
  ) throws {
    try forEachTrial { trial in
      guard let training = try? TrialConfiguration.unchecked(trial.configuration) else { return }
      try body(trial, training)
    }
  }
}
