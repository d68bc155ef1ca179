internal import Determinism
import Glibc

/// What the lessons of a race say of a configuration that is about to be proposed.
///
/// Confidence is the lower end of an interval, so that few trials say little, and it fades: with
/// every ``halfLife`` trials since the last that ended badly it counts half, so that a region that
/// was given up is tried again. One proposal in sixteen asks nobody.
struct Experience {
  /// Trials after which a lesson counts half.
  static let halfLife = 200.0
  /// Share of the proposals that no lesson touches.
  static let unheard = 1.0 / 16
  /// The rate of divergences, cuts and failures from which a value is not proposed.
  static let veto = 0.5

  private let settings: RaceSettings
  private let acceptance: [[String]: Double]

  init(_ lessons: [Lesson], _ settings: RaceSettings, trial: Int) {
    self.settings = settings
    acceptance = Dictionary(
      lessons.map { ([$0.parameter, $0.pattern], Self.acceptance($0, trial: trial)) },
      uniquingKeysWith: min)
  }

  /// The chance that a value with this lesson is proposed when it is drawn.
  ///
  /// 0 where the rate of grave ends is surely at least ``veto``; falling from 1 to 0 where that of
  /// bad ends is surely between ½, which chance gives, and 1.
  static func acceptance(_ lesson: Lesson, trial: Int) -> Double {
    guard let last = lesson.lastTrial else { return 1 }
    let fade = pow(2, -Double(max(0, trial - last)) / halfLife)
    if lesson.graveConfidence * fade >= veto { return 0 }
    return min(1, 2 * (1 - lesson.confidence * fade))
  }

  /// Whether a configuration is proposed; the value with the worst lesson decides.
  func accepts(_ configuration: Configuration, trial: Int, attempt: Int) -> Bool {
    let worst =
      settings.lessonPatterns(of: configuration)
      .compactMap { acceptance[[$0.parameter, $0.pattern]] }.min() ?? 1
    guard worst < 1 else { return true }
    func drawn(_ attempt: Int) -> Double {
      var generator = SplitMix64(
        race: settings.seed, purpose: .lessons, trial: trial, attempt: attempt)
      return generator.unit()
    }
    return drawn(0) < Self.unheard || drawn(attempt + 1) < worst
  }
}
