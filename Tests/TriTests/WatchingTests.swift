import Foundation
import Testing

/// How a race is watched: status, metrics and logs.
@Suite(.turns)
struct WatchingTests {
  /// The samples of a text of Prometheus' format by name and labels; each is described before.
  private static func samples(_ text: String) -> [String: Double] {
    var described: Set<Substring> = []
    var samples: [String: Double] = [:]
    for line in text.split(separator: "\n") {
      if let head = line.wholeMatch(of: /# (HELP|TYPE) ([a-z_]+) .+/) {
        described.insert(head.output.2)
        continue
      }
      let parts = line.wholeMatch(of: /([a-z_]+)(\{([a-z_]+="[^"]*",?)*\})? (\S+)/)
      guard let parts, let value = Double(parts.output.4) else {
        Issue.record("no sample: \(line)")
        continue
      }
      #expect(described.contains(parts.output.1), "\(line) is not described")
      samples[String(line.prefix(upTo: parts.output.4.startIndex)).trimmingSuffix()] = value
    }
    return samples
  }

  @Test func metricsSayWhatStatusSays() async throws {
    let scratch = try await Scratch.finishedRace()
    let run = try await scratch.tri("race", "metrics")
    #expect(run.code == 0, "\(run.errors)")
    let samples = Self.samples(run.text)
    let status = try await scratch.status()
    let name = try status("name", as: String.self)
    func sample(_ metric: String, _ more: String = "") -> Double? {
      samples["igla_race_\(metric){race=\"\(name)\"\(more)}"]
    }
    #expect(sample("trials_started_total") == 12)
    #expect(sample("steps_total") == Double(try status("steps_used", as: Int.self)))
    #expect(
      sample("results_total", ",rung=\"0\",steps=\"20\"")
        == Double(try status("reported", as: [Int].self)[0]))
    #expect(sample("chain_broken") == 0 && sample("leases") == 0)
    #expect(sample("remaining_trials") == 0)
    let best = try status.object("best")
    #expect(sample("best_bpb") == (try best("validation_bpb", as: Double.self)))
    expectFailure(try await scratch.tri("race", "metrics", "--store", "sqlite:none.db"), 66, "none")
  }

  /// Every line on stderr is an object that names the race, and the trial and worker where there are any.
  @Test func logsAreJSONLinesAndMetricsAreFiles() async throws {
    let scratch = try Scratch()
    try scratch.write(Scratch.space(unit: 20, rungs: 2), to: "space.toml")
    let run = try await scratch.tri(
      Scratch.race(budget: "4trials", "--log-json", "--metrics-file", "race.prom"))
    #expect(run.code == 0)
    var kinds: Set<String> = []
    var trials: Set<Int> = []
    for line in run.errors.split(separator: "\n") {
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      let fields = try #require(object, "\(line)")
      #expect(fields["time"] is String && fields["level"] is String && fields["message"] is String)
      if let kind = fields["event"] as? String { kinds.insert(kind) }
      if let trial = fields["trial"] as? Int {
        trials.insert(trial)
        #expect(fields["race"] is String, "\(line)")
      }
    }
    #expect(trials.isSuperset(of: 1...4), "\(run.errors)")
    #expect(kinds.isSuperset(of: ["claimed", "reported"]), "\(kinds)")
    // The race's figures stay; those of a worker go with it.
    let samples = Self.samples(try scratch.text("race.prom"))
    #expect(
      samples.contains { $0.key.hasPrefix("igla_race_trials_started_total") && $0.value == 4 })
    #expect(scratch.names(in: ".").filter { $0.hasSuffix(".prom") } == ["race.prom"])
    expectFailure(
      try await scratch.tri(Scratch.race(budget: "5trials", "--metrics-file", "none/race.prom")),
      73,
      "none/race.prom")
  }

  /// Where output is no terminal, it is printed once, without a control character.
  @Test func statusIsPlainInAPipe() async throws {
    let scratch = try await Scratch.finishedRace()
    let run = try await scratch.tri("race", "status", "--check")
    #expect(run.code == 0 && !run.text.contains("\u{1B}"), "\(run.errors)")
    #expect(run.lines.contains { $0.hasPrefix("rung 0, 20 steps: 12 trials") }, "\(run.text)")
  }
}

extension String {
  fileprivate func trimmingSuffix() -> String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
