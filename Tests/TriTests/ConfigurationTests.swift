import Foundation
import Testing

@Suite(.turns)
struct ConfigurationTests {
  /// The rows of `--print-config`: value and source by key.
  private func table(_ run: Outcome) throws -> [String: [String]] {
    try Dictionary(
      uniqueKeysWithValues: run.lines.map { line in
        let match = try #require(line.wholeMatch(of: /(\w+) += (.*?) +# (.*)/), "\(line)")
        return (String(match.1), [String(match.2), String(match.3)])
      })
  }

  @Test func aFlagBeatsTheEnvironmentBeatsTheFileBeatsTheDefault() async throws {
    let scratch = try Scratch()
    try scratch.write("hidden = 32\nsteps = 7\nlr = 0.002\nngram_orders = [2, 4]\n", to: "c.toml")
    let run = try await scratch.tri(
      "train", "--config", "c.toml", "--hidden", "64", "--print-config",
      environment: ["TRIOS_HIDDEN": "48", "TRIOS_STEPS": "9"])
    #expect(run.code == 0)
    let table = try table(run)
    #expect(table["hidden"] == ["64", "--hidden"])
    #expect(table["steps"] == ["9", "TRIOS_STEPS"])
    #expect(table["lr"] == ["0.002", "c.toml"])
    #expect(table["ngram_orders"] == ["[2, 4]", "c.toml"])
    #expect(table["heads"]?[1] == "default")
    #expect(table.count == 72)
    #expect(!scratch.exists("corpora"), "--print-config fetches nothing")
    #expect(!scratch.exists(".trinity"))
  }

  @Test(arguments: [
    ("SEED", "seed", "1234"), ("STEPS", "steps", "12"), ("HIDDEN", "hidden", "64"),
    ("LR", "lr", "0.003"), ("ATTN_LAYERS", "attn_layers", "2"), ("OPTIMIZER", "optimizer", "adamw"),
    ("FORMAT_TYPE", "format", "float32"), ("PRECISION", "precision", "mixed-bf16"),
  ])
  func aFlagHasItsTwinInTheEnvironment(twin: String, key: String, value: String) async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri(
      "train", "--print-config", environment: ["TRIOS_" + twin: value])
    #expect(try table(run)[key] == [value, "TRIOS_" + twin])
  }

  /// A model sets the defaults, from whatever source it is named, and says so.
  @Test func aModelSetsTheOthersDefaults() async throws {
    let scratch = try Scratch()
    try scratch.write("model = \"ngram\"\nlr = 0.002\n", to: "c.toml")
    let named = try await scratch.tri("train", "--config", "c.toml", "--print-config")
    var table = try table(named)
    #expect(table["model"] == ["ngram", "c.toml"])
    #expect(table["lr"] == ["0.002", "c.toml"])
    #expect(table["steps"] == ["27000", "model ngram"])
    #expect(table["qk_gain"]?[1] == "default")
    #expect(
      !named.errors.contains("without effect"), "a model's own values were not set by anybody")
    let flag = try await scratch.tri(
      "train", "--config", "c.toml", "--model", "trinity3k", "--heads", "3", "--print-config")
    table = try self.table(flag)
    #expect(table["model"] == ["trinity3k", "--model"])
    #expect(table["hidden"] == ["243", "model trinity3k"])
    #expect(table["heads"] == ["3", "--heads"])
    #expect(table["steps"]?[1] == "default")
    let unknown = try await scratch.tri("train", "--model", "trinity", "--print-config")
    #expect(unknown.code == 78)
    #expect(unknown.errors.contains("'trinity' is not a value for 'model' (from --model)"))
  }

  @Test func theFileMayBeNamedByTheEnvironment() async throws {
    let scratch = try Scratch()
    try scratch.write("steps = 7\n", to: "c.toml")
    let run = try await scratch.tri(
      "train", "--print-config", environment: ["TRIOS_CONFIG": "c.toml"])
    #expect(try table(run)["steps"] == ["7", "c.toml"])
  }

  @Test(arguments: [
    ("TRIOS_HIDEN", "3", "TRIOS_HIDEN is unknown", "did you mean TRIOS_HIDDEN?"),
    ("TRIOS_LR", "fast", "'fast' is not a value for 'lr' (from TRIOS_LR)", "Peak rate"),
    ("TRIOS_STEPS", "-1", "steps is -1", "at least 1"),
    ("TRIOS_FORMAT_TYPE", "fp8", "'fp8' is not a value for 'format'", "float32"),
    ("TRIOS_PRECISION", "bf16", "'bf16' is not a value for 'precision'", "mixed-bf16"),
    ("TRIOS_CONFIG", "absent.toml", "cannot read absent.toml", "exists"),
  ])
  func aWrongVariableIsRefused(
    name: String, value: String, text: String, remedy: String
  ) async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri("train", "--print-config", environment: [name: value])
    expectFailure(run, name == "TRIOS_CONFIG" ? 66 : 78, text, remedy)
    #expect(run.output.isEmpty)
  }

  @Test(arguments: [
    ("hiden = 32", "unknown configuration key 'hiden'", "did you mean 'hidden'?"),
    ("hidden = \"wide\"", "'wide' is not a value for 'hidden'", "Width"),
    ("hidden = 16.5", "'16.5' is not a value for 'hidden'", "Width"),
    ("hidden = [", "line 1", "correct the line"),
    ("steps = 1\nsteps = 2", "line 2", "correct the line"),
    ("[model]\nhidden = 32", "'model' in c.toml", "one 'key = value' a line"),
    ("lr = 1979-05-27", "'lr' in c.toml", "one 'key = value' a line"),
    ("ngram_orders = [2, \"x\"]", "'ngram_orders' in c.toml", "one 'key = value' a line"),
    ("ngram_orders = [4, 2]", "ngram", ""),
  ])
  func aWrongFileIsRefused(content: String, text: String, remedy: String) async throws {
    let scratch = try Scratch()
    try scratch.write(content + "\n", to: "c.toml")
    let run = try await scratch.tri("train", "--config", "c.toml", "--print-config")
    expectFailure(run, 78, text, remedy.isEmpty ? text : remedy)
  }

  /// One line, of what was set by flag, variable or file; not of defaults.
  @Test func keysWithoutEffectAreNamedInAWarning() async throws {
    let scratch = try Scratch()
    try scratch.write("jepa_loss = \"cosine\"\nlr = 0.001\n", to: "c.toml")
    let arguments = ["train", "--config", "c.toml", "--jepa-spans", "3", "--print-config"]
    let run = try await scratch.tri(arguments, environment: ["TRIOS_PHI_TAU": "2"])
    #expect(run.code == 0)
    #expect(
      run.errors
        == "warning: set, but without effect: jepa_spans, jepa_loss (only where objective is jepa); "
        + "phi_tau (only where schedule is phi)\n")
    let other = try await scratch.tri(
      arguments + ["--objective", "jepa", "--steps", "2000", "--schedule", "phi"],
      environment: ["TRIOS_PHI_TAU": "2"])
    #expect(other.code == 0 && other.errors.isEmpty)
  }

  // Every known split is longer than the longest context: that a context must fit into its split
  // is tested beside the configuration.
  @Test func theLongestContextIsAllowed() async throws {
    let scratch = try Scratch()
    let run = try await scratch.tri("train", "--context", "1024", "--print-config")
    #expect(run.code == 0)
  }
}
