import Foundation
import Testing

/// Simulated races on a small table of curves.
@Suite(.turns)
struct SimulateTests {
  /// Forty curves of nine epochs that fall to levels of their own.
  private static let curves: String = {
    let header = "config," + (1...9).map { "epoch_\($0)" }.joined(separator: ",")
    let lines = (0..<40).map { curve in
      "c\(curve),"
        + (1...9).map { epoch in
          curve == 7 && epoch > 3
            ? "nan" : "\(1 + Double(curve * 17 % 40) / 40 + Double(curve * 7 % 11) / Double(epoch))"
        }.joined(separator: ",")
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }()

  private static let simulate = [
    "race", "simulate", "--curves", "a.csv", "--workers", "1,6", "--budget", "5", "--orders", "4",
  ]

  @Test func everySchedulerIsJudgedOnTheSameOrders() async throws {
    let scratch = try Scratch()
    try scratch.write(Self.curves, to: "a.csv")
    let text = try await scratch.tri(Self.simulate)
    #expect(text.code == 0, "\(text.errors)")
    for name in ["igla", "promotion", "delayed", "optuna", "ray", "syne-tune", "random"] {
      let rows = text.lines.filter { $0.split(separator: " ").dropFirst().first == name[...] }
      #expect(rows.count == 2, "\(name)")
    }
    let run = try await scratch.tri(Self.simulate + ["--json"])
    let rows = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output)) as? [[String: Any]])
    #expect(rows.count == 14)
    for row in rows {
      let regret = try #require(row["regret"] as? Double)
      #expect((0...2).contains(regret))
      #expect((row["scheduler"] as? String == "igla") == (row["difference"] is NSNull))
    }
    #expect(try await scratch.tri(Self.simulate + ["--json"]).output == run.output, "it repeats")
    let other = try await scratch.tri(Self.simulate + ["--json", "--first-order", "50"])
    #expect(other.output != run.output)
  }

  @Test(arguments: [
    (["--curves", "a.csv", "--workers", "0"], Int32(64), "1 to 10000"),
    (["--curves", "a.csv", "--workers", "4,many"], 64, "'many'"),
    (["--curves", "a.csv", "--schedulers", "optima"], 64, "did you mean 'optuna'?"),
    (["--curves", "a.csv", "--budget", "0"], 64, "above 0"),
    (["--curves", "a.csv", "--orders", "0"], 64, "1 to 100000"),
    (["--curves", "a.csv", "--eta", "1"], 64, "2 to 100"),
    (["--workers", "1"], 64, "--curves FILE"),
    (["--curves", "none.csv"], 66, "cannot read none.csv"),
    (["--curves", "torn.csv"], 65, "line 3: 'lo' is no loss"),
  ])
  func aWrongQuestionIsRefused(flags: [String], code: Int32, text: String) async throws {
    let scratch = try Scratch()
    try scratch.write(Self.curves, to: "a.csv")
    try scratch.write("config,epoch_1\na,1\nb,lo\n", to: "torn.csv")
    expectFailure(try await scratch.tri(["race", "simulate"] + flags), code, text)
  }
}
