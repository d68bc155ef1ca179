import LanguageModel
import Race
import Training

/// Where trials with hidden spans begin (L-R10).
///
/// The objective begins after its warm-up, so a rung within that says nothing of it: such trials begin
/// at the first rung beyond the longest warm-up that the space can draw, and, in a ladder that goes so
/// far, at one of 3,000 steps or more.
enum HiddenSpanRung {
  /// L-R10's own figure, for the default ladder and warm-up.
  private static let leastSteps = 3_000

  /// The rules of a race: one for each value of the objective with hidden spans that the space can draw.
  ///
  /// - Throws: ``Failure`` of exit code 78 where no rung is beyond the warm-up.
  static func rules(_ space: SearchSpace, _ ladder: RungLadder) throws -> [FirstRungRule] {
    let drawable = values(of: "objective", in: space)
    let jepa = TrainingConfiguration.Objective.allCases.filter(\.hasJEPA)
      .map { ParameterValue.string($0.rawValue) }.filter(drawable.contains)
    if jepa.isEmpty { return [] }
    let drawn = values(of: "jepa_warmup", in: space).compactMap(steps).max()
    let standard = drawn ?? TrainingConfiguration().jepaWarmup
    let curricula = values(of: "curriculum", in: space)
    let warmup =
      curricula.map { firstHiding(curriculum($0), standard: standard, ladder) }.max()
      ?? standard
    let rungs = (0..<ladder.count).map { ladder.steps($0) }
    guard let rung = rungs.firstIndex(where: { isLate($0, after: warmup, ladder) }) else {
      throw Failure(
        78,
        "trials with objective = jepa begin beyond the first step that hides spans, here up to \(warmup) "
          + "(jepa_warmup or curriculum), but "
          + "the rungs are of " + rungs.map(String.init).joined(separator: ", ") + " steps",
        hint: "lower it in the space, or raise --rung-unit or its number of rungs")
    }
    return jepa.map { FirstRungRule(parameter: "objective", value: $0, rung: rung) }
  }

  /// Checks a trial that was put into a race by hand: the race's rules came from its space alone.
  ///
  /// - Throws: ``Failure`` of exit code 78 where the trial's first rung would be within its warm-up, or
  ///   below L-R10's figure.
  static func check(
    _ training: TrainingConfiguration, _ configuration: Race.Configuration,
    _ settings: RaceSettings
  ) throws {
    guard training.objective.hasJEPA else { return }
    let first = settings.ladder.steps(settings.firstRung(of: configuration))
    let warmup = firstHiding(
      training.curriculum, standard: training.jepaWarmup, settings.ladder)
    guard isLate(first, after: warmup, settings.ladder) else {
      throw Failure(
        78,
        "a trial with hidden spans would first be judged at step \(first) in this race, and its warm-up "
          + "has \(warmup) (L-R10)",
        hint: "lower its warm-up, or start a race whose space has its objective: that race knows a "
          + "first rung for it")
    }
  }

  /// Whether a first rung of so many steps is beyond the warm-up, and obeys L-R10's figure where the
  /// ladder goes so far.
  private static func isLate(_ steps: Int, after warmup: Int, _ ladder: RungLadder) -> Bool {
    steps > warmup && (steps >= leastSteps || ladder.topSteps < leastSteps)
  }

  /// Steps before a curriculum hides spans; of one without phases the warm-up.
  private static func firstHiding(
    _ curriculum: Curriculum, standard: Int, _ ladder: RungLadder
  ) -> Int {
    if curriculum.phases.isEmpty { return standard }
    return curriculum.hidingSteps(of: ladder.topSteps)?.lowerBound ?? 0
  }

  /// The curriculum that a value describes; one without phases for what describes none.
  private static func curriculum(_ value: ParameterValue) -> Curriculum {
    guard case .string(let text) = value, let curriculum = Curriculum(text) else {
      return Curriculum()
    }
    return curriculum
  }

  /// What a parameter may be, of a range the largest; nothing for one that the space does not have.
  private static func values(of name: String, in space: SearchSpace) -> [ParameterValue] {
    let starts = space.startingPoints.compactMap { $0[name] }
    switch space.domains[name] {
    case nil: return starts
    case .fixed(let value): return starts + [value]
    case .choice(let values): return starts + values
    case .integer(let min, let max, _, let step):
      return starts + [.int(min + (max - min) / step * step)]
    case .real(_, let max, _): return starts + [.double(max)]
    }
  }

  /// The whole number of steps of a value, if it is one.
  private static func steps(_ value: ParameterValue) -> Int? {
    switch value {
    case .int(let value): value
    case .double(let value): Int(exactly: value.rounded(.up))
    case .string, .bool, .ints: nil
    }
  }
}
