import FoundationEssentials
import Race

/// What a store remembers between operations; all of it may be out of date or gone.
struct Memory {
  /// The settings of the race last entered, with their place and version.
  var settings: RaceSettings?
  private(set) var race = 0
  private(set) var version = 0
  private var configurations: [Int: Configuration] = [:]

  /// Reads the settings of a race, or takes those that are known.
  mutating func settings(of race: Int, _ row: Row) throws -> RaceSettings {
    let version = try row.int("version")
    if race == self.race, version == self.version, let settings { return settings }
    let text = try row.string("settings")
    do {
      let read = try JSONDecoder().decode(RaceSettings.self, from: Data(text.utf8))
      if race != self.race { configurations = [:] }
      (settings, self.race, self.version) = (read, race, version)
      return read
    } catch {
      throw RaceError(
        .corrupt, "the settings of the race cannot be read: \(text.prefix(60))",
        hint: "use the program that wrote them", cause: error)
    }
  }

  /// Takes note of trials that the next operations may name.
  mutating func remember(_ trials: [Trial]) {
    // A worker has one trial or a few; whoever has more looks the lessons up.
    if configurations.count + trials.count > 64 { configurations = [:] }
    for trial in trials { configurations[trial.id] = trial.configuration }
  }

  /// The patterns under which a trial counts, if it is known.
  func patterns(_ trial: Int) -> [(parameter: String, pattern: String)]? {
    guard let settings, settings.lessons, let configuration = configurations[trial] else {
      return nil
    }
    return settings.lessonPatterns(of: configuration)
  }
}
