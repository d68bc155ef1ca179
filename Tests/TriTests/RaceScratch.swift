import Foundation
import Testing

/// Races of tiny models on the generated corpus, in the default store of a scratch folder.
extension Scratch {
  /// Parameters of a model that trains in no time.
  static let tinyParameters = """
    hidden = 16
    heads = 2
    attn_layers = 1
    mlp = 32
    context = 16
    batch = 4
    shards = 2
    ngram_rows = 64
    ngram_width = 4
    """

  /// A search space of tiny models; `more` is further lines of its parameters, or sections.
  static func space(unit: Int, rungs: Int, _ more: String = "") -> String {
    """
    [race]
    rung_unit = \(unit)
    rungs = \(rungs)
    [parameters]
    \(tinyParameters)
    lr = { min = 0.001, max = 0.01, log = true }
    dropout = { min = 0.0, max = 0.2 }
    \(more)

    """
  }

  /// The arguments that start the race of `space.toml`.
  static func race(budget: String, _ more: String...) -> [String] {
    ["race", "start", "--space", "space.toml", "--corpus", "markov", "--budget", budget] + more
  }

  /// Runs a race of twelve short trials to its end.
  static func finishedRace(_ more: String...) async throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(space(unit: 20, rungs: 3), to: "space.toml")
    let run = try await scratch.tri(race(budget: "12trials") + more)
    try #require(run.code == 0, "\(run.errors)")
    return scratch
  }

  func status() async throws -> JSONObject {
    let run = try await tri("race", "status", "--json")
    #expect(run.code == 0, "\(run.errors)")
    return try run.json()
  }

  func show(_ trial: Int) async throws -> JSONObject {
    try await tri("race", "show", "\(trial)", "--json").json()
  }

  /// Lines of the experience log, of all days.
  var experience: [String] {
    names(in: ".trinity/experience").flatMap {
      ((try? text(".trinity/experience/\($0)")) ?? "").split(separator: "\n").map(String.init)
    }
  }

  /// The bytes of each checkpoint, by trial and step.
  func checkpoints() throws -> [String: Data] {
    let races = names(in: ".trinity/race-files")
    guard races.count == 1 else { return [:] }
    let folder = ".trinity/race-files/\(races[0])"
    return try Dictionary(
      uniqueKeysWithValues: files(below: folder).filter { $0.hasSuffix(".safetensors") }
        .map { ($0, try read("\(folder)/\($0)")) })
  }
}
