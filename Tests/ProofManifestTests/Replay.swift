import ProofManifest
import Race
import RaceStoreConformance

/// Requests to the oracle that follow a race event by event, and what each answer has to be.
struct Replay {
  typealias Expectation = @Sendable (_ answer: [Substring], _ last: [Substring]) -> Bool

  private(set) var requests: [String] = []
  private var expectations: [(what: String, holds: Expectation)] = []

  var count: Int { requests.count }

  /// Adds a request; `last` in its expectation is the answer to the event before it.
  mutating func ask(_ request: String, _ what: String, _ holds: @escaping Expectation) {
    requests.append(request)
    expectations.append((what, holds))
  }

  /// Returns a line for each answer that is not as expected.
  func disagreements() throws -> [String] {
    let answers = try Repository.oracle().answers(to: requests)
    var found: [String] = []
    var last: [Substring] = []
    for (index, answer) in answers.enumerated() {
      let words = answer.split(separator: " ")
      if !expectations[index].holds(words, last) {
        found.append(
          "\(requests[index]): \(answer), after \(last.joined(separator: " ")); "
            + expectations[index].what)
      }
      if words.first == "ok" || words.first == "refused" { last = words }
    }
    return found
  }
}

extension RaceEvent {
  func int(_ key: String) -> Int? {
    if case .int(let value)? = detail[key] { value } else { nil }
  }

  func text(_ key: String) -> String? {
    if case .string(let value)? = detail[key] { value } else { nil }
  }

  func number(_ key: String) -> Double? {
    switch detail[key] {
    case .double(let value)?: value
    case .int(let value)?: Double(value)
    default: nil
    }
  }
}

extension RaceSettings {
  /// The settings with another η, and with trials that begin above the lowest rung (L-R10), by a number.
  func varied(by seed: Int) throws -> RaceSettings {
    var settings = self
    settings.ladder = try RungLadder(
      unit: ladder.steps(0), eta: 2 + seed % 3, count: ladder.count)
    if seed % 5 < 2 {
      settings.firstRungs = [
        FirstRungRule(parameter: "optimizer", value: .string("muon"), rung: 1 + seed % 2)
      ]
    }
    return settings
  }
}
