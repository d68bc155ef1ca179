import FoundationEssentials
import Race
import Synchronization

/// The settings read last and their text: a race's settings hardly ever change, and every
/// operation needs them.
enum SettingsCache {
  private static let last = Mutex<(text: String, settings: RaceSettings)?>(nil)

  /// Returns the settings that the text describes.
  static func settings(of text: String) throws -> RaceSettings {
    if let known = last.withLock({ $0 }), known.text == text { return known.settings }
    do {
      let settings = try JSONDecoder().decode(RaceSettings.self, from: Data(text.utf8))
      last.withLock { $0 = (text, settings) }
      return settings
    } catch {
      throw RaceError(
        .corrupt, "the settings of the race cannot be read: \(text.prefix(60))",
        hint: "use the program that wrote them", cause: error)
    }
  }

  /// Returns the text of the settings.
  static func text(of settings: RaceSettings) throws -> String {
    if let known = last.withLock({ $0 }), known.settings == settings { return known.text }
    let text = try JSONValue(encoding: settings).canonical
    last.withLock { $0 = (text, settings) }
    return text
  }
}
