import Foundation
import Race
import Synchronization

/// What the user sees besides results: all of it on stderr.
enum Console {
  /// Whether stderr is a terminal, where lines may be overwritten.
  static let isTerminal = isatty(STDERR_FILENO) == 1
  private static let colours =
    isTerminal && ProcessInfo.processInfo.environment["NO_COLOR"] == nil

  /// Prints a line; `fields` go into a log of JSON lines besides.
  static func note(_ text: String, _ fields: [String: JSONValue] = [:]) {
    if logged(text, "info", fields) { return }
    write(clearLine + text + "\n")
  }

  /// Prints a warning.
  static func warn(_ text: String, _ fields: [String: JSONValue] = [:]) {
    if logged(text, "warning", fields) { return }
    write(clearLine + paint("warning: ", "33") + text + "\n")
  }

  /// Prints an error and its remedy.
  static func error(_ text: String, hint: String?) {
    if logged(text, "error", ["hint": .text(hint)]) { return }
    write(clearLine + paint("error: ", "31") + text + "\n" + (hint.map { " hint: \($0)\n" } ?? ""))
  }

  /// Overwrites the current line on a terminal; prints nothing elsewhere.
  static func progress(_ text: String) {
    if isTerminal, !isLog { write(clearLine + text) }
  }

  /// Ends an overwritten line.
  static func endProgress() {
    if !isLog { write(clearLine) }
  }

  /// What each line of a log of JSON lines says besides; `nil` where lines are for people.
  private static let context = Mutex<[String: JSONValue]?>(nil)

  static var isLog: Bool { context.withLock { $0 != nil } }

  /// From here on each line on stderr is a JSON object with `time`, `level` and `message`, and `race`,
  /// `worker` and `trial` where they are known.
  static func logJSON(race: String? = nil, worker: String? = nil) {
    context.withLock {
      $0 = ["race": .text(race), "worker": .text(worker)].filter { $0.value != .null }
    }
  }

  /// The trial that the next lines of a log are about.
  static func logTrial(_ trial: Int?) {
    context.withLock { $0?["trial"] = trial.map { .int($0) } }
  }

  /// Writes a line of a log; returns `false` where lines are for people.
  private static func logged(
    _ text: String, _ level: String, _ fields: [String: JSONValue]
  ) -> Bool {
    guard var line = context.withLock({ $0 }) else { return false }
    line.merge(fields) { $1 }
    line["time"] = .string(
      Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    line["level"] = .string(level)
    line["message"] = .string(text)
    write(JSONValue.object(line).canonical + "\n")
    return true
  }

  private static let clearLine = isTerminal ? "\r\u{1B}[2K" : ""

  private static func paint(_ text: String, _ colour: String) -> String {
    colours ? "\u{1B}[\(colour)m\(text)\u{1B}[0m" : text
  }

  private static func write(_ text: String) {
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
  }

  /// Prints a result on stdout and makes it visible at once, also through a pipe.
  static func result(_ text: String) throws { try raw(Data((text + "\n").utf8)) }

  /// Writes bytes to stdout.
  static func raw(_ data: Data) throws {
    do {
      try FileHandle.standardOutput.write(contentsOf: data)
    } catch {
      throw Failure(73, "cannot write to stdout", hint: "check the pipe or the disk behind it")
    }
  }

  /// Prints a value as indented JSON with sorted snake_case members.
  static func json(_ value: some Encodable) throws { try result(try DataJSON.text(value)) }
}

extension Duration {
  /// Whole and fractional seconds.
  var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}

/// As a person says a length of time: `43 s`, `7 min 20 s`, `2 h 5 min`.
func spoken(seconds: Double) -> String {
  let whole = Int(seconds.rounded())
  if whole < 60 { return "\(whole) s" }
  if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
  return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
}

/// A number with a fixed count of decimals, never in exponent form.
func decimal(_ value: Double, _ places: Int) -> String {
  String(format: "%.\(places)f", value)
}
