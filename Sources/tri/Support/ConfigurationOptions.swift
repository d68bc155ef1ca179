import ArgumentParser
import Foundation
import TOMLKit
import Training

/// The flags of a training configuration.
///
/// All are text here, so that flags, environment and files are read and refused by the same code;
/// a negative number is a value, not the next flag.
struct ConfigurationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("TOML file of keys as below, with _ for -. (TRIOS_CONFIG)"))
  var config: String?

  @Option(parsing: .unconditional, help: help("model")) var model: String?
  @Option(parsing: .unconditional, help: help("format")) var format: String?
  @Option(parsing: .unconditional, help: help("format_rounding")) var formatRounding: String?
  @Option(parsing: .unconditional, help: help("format_master")) var formatMaster: String?
  @Option(parsing: .unconditional, help: help("format_activations")) var formatActivations: String?
  @Option(parsing: .unconditional, help: help("format_state")) var formatState: String?
  @Flag(name: .customLong("allow-gf16-below-256"), help: help("allow_gf16_below_256"))
  var allowNarrowGF16 = false
  @Option(parsing: .unconditional, help: help("precision")) var precision: String?
  @Option(parsing: .unconditional, help: help("seed")) var seed: String?
  @Option(parsing: .unconditional, help: help("steps")) var steps: String?
  @Option(parsing: .unconditional, help: help("hidden")) var hidden: String?
  @Option(parsing: .unconditional, help: help("attn_layers")) var attnLayers: String?
  @Option(parsing: .unconditional, help: help("heads")) var heads: String?
  @Option(parsing: .unconditional, help: help("attention")) var attention: String?
  @Option(parsing: .unconditional, help: help("context")) var context: String?
  @Option(parsing: .unconditional, help: help("mlp")) var mlp: String?
  @Option(parsing: .unconditional, help: help("activation")) var activation: String?
  @Option(parsing: .unconditional, help: help("value_residual")) var valueResidual: String?
  @Option(parsing: .unconditional, help: help("ngram_orders")) var ngramOrders: String?
  @Option(parsing: .unconditional, help: help("ngram_rows")) var ngramRows: String?
  @Option(parsing: .unconditional, help: help("ngram_width")) var ngramWidth: String?
  @Option(parsing: .unconditional, help: help("contexts")) var contexts: String?
  @Option(parsing: .unconditional, help: help("token_shift")) var tokenShift: String?
  @Option(parsing: .unconditional, help: help("qk_gain")) var qkGain: String?
  @Option(parsing: .unconditional, help: help("rotary_base")) var rotaryBase: String?
  @Option(parsing: .unconditional, help: help("dropout")) var dropout: String?
  @Option(parsing: .unconditional, help: help("ngram_dropout")) var ngramDropout: String?
  @Option(parsing: .unconditional, help: help("corruption")) var corruption: String?
  @Option(parsing: .unconditional, help: help("corruption_span")) var corruptionSpan: String?
  @Option(parsing: .unconditional, help: help("extra_bytes")) var extraBytes: String?
  @Option(parsing: .unconditional, help: help("extra_weight")) var extraWeight: String?
  @Option(parsing: .unconditional, help: help("context_warmup")) var contextWarmup: String?
  @Option(parsing: .unconditional, help: help("context_start")) var contextStart: String?
  @Option(parsing: .unconditionalSingleValue, help: help("objective")) var objective: [String] = []
  @Option(parsing: .unconditional, help: help("curriculum")) var curriculum: String?
  @Option(parsing: .unconditional, help: help("jepa_weight")) var jepaWeight: String?
  @Option(parsing: .unconditional, help: help("jepa_ratio")) var jepaRatio: String?
  @Option(parsing: .unconditional, help: help("jepa_spans")) var jepaSpans: String?
  @Option(parsing: .unconditional, help: help("jepa_shortest")) var jepaShortest: String?
  @Option(parsing: .unconditional, help: help("jepa_longest")) var jepaLongest: String?
  @Option(parsing: .unconditional, help: help("jepa_loss")) var jepaLoss: String?
  @Option(parsing: .unconditional, help: help("jepa_variance")) var jepaVariance: String?
  @Option(parsing: .unconditional, help: help("jepa_warmup")) var jepaWarmup: String?
  @Option(parsing: .unconditional, help: help("jepa_decay")) var jepaDecay: String?
  @Option(parsing: .unconditional, help: help("nca_weight")) var ncaWeight: String?
  @Option(parsing: .unconditional, help: help("nca_steps")) var ncaSteps: String?
  @Option(parsing: .unconditional, help: help("nca_rule")) var ncaRule: String?
  @Option(parsing: .unconditional, help: help("nca_states")) var ncaStates: String?
  @Option(parsing: .unconditional, help: help("nca_grid")) var ncaGrid: String?
  @Option(parsing: .unconditional, help: help("nca_low")) var ncaLow: String?
  @Option(parsing: .unconditional, help: help("nca_high")) var ncaHigh: String?
  @Option(parsing: .unconditional, help: help("batch")) var batch: String?
  @Option(parsing: .unconditional, help: help("shards")) var shards: String?
  @Option(parsing: .unconditional, help: help("optimizer")) var optimizer: String?
  @Option(parsing: .unconditional, help: help("lr")) var lr: String?
  @Option(parsing: .unconditional, help: help("muon_lr")) var muonLr: String?
  @Option(parsing: .unconditional, help: help("table_lr")) var tableLr: String?
  @Option(parsing: .unconditional, help: help("beta1")) var beta1: String?
  @Option(parsing: .unconditional, help: help("beta2")) var beta2: String?
  @Option(parsing: .unconditional, help: help("momentum")) var momentum: String?
  @Option(parsing: .unconditional, help: help("mup_base")) var mupBase: String?
  @Option(parsing: .unconditional, help: help("weight_decay")) var weightDecay: String?
  @Option(parsing: .unconditional, help: help("muon_weight_decay")) var muonWeightDecay: String?
  @Option(parsing: .unconditional, help: help("embedding_decay")) var embeddingDecay: String?
  @Option(parsing: .unconditional, help: help("table_decay")) var tableDecay: String?
  @Option(parsing: .unconditional, help: help("schedule")) var schedule: String?
  @Option(parsing: .unconditional, help: help("warmup")) var warmup: String?
  @Option(parsing: .unconditional, help: help("decay")) var decay: String?
  @Option(parsing: .unconditional, help: help("phi_tau")) var phiTau: String?
  @Option(parsing: .unconditional, help: help("clip")) var clip: String?
  @Option(parsing: .unconditional, help: help("average_power")) var averagePower: String?
  @Option(parsing: .unconditional, help: help("ema_decay")) var emaDecay: String?

  /// The flags that were given, by key.
  private var flags: [(name: String, text: String?)] {
    [
      ("model", model), ("format", format), ("format_rounding", formatRounding),
      ("format_master", formatMaster), ("format_activations", formatActivations),
      ("format_state", formatState),
      ("allow_gf16_below_256", allowNarrowGF16 ? "true" : nil), ("precision", precision),
      ("seed", seed),
      ("steps", steps), ("hidden", hidden),
      ("attn_layers", attnLayers), ("heads", heads), ("attention", attention),
      ("contexts", contexts), ("context", context), ("mlp", mlp),
      ("activation", activation), ("value_residual", valueResidual),
      ("ngram_orders", ngramOrders), ("ngram_rows", ngramRows), ("ngram_width", ngramWidth),
      ("token_shift", tokenShift), ("qk_gain", qkGain), ("rotary_base", rotaryBase),
      ("dropout", dropout), ("ngram_dropout", ngramDropout),
      ("corruption", corruption), ("corruption_span", corruptionSpan),
      ("extra_bytes", extraBytes), ("extra_weight", extraWeight),
      ("context_warmup", contextWarmup), ("context_start", contextStart),
      ("objective", objectives), ("curriculum", curriculum),
      ("jepa_weight", jepaWeight), ("jepa_ratio", jepaRatio), ("jepa_spans", jepaSpans),
      ("jepa_shortest", jepaShortest), ("jepa_longest", jepaLongest), ("jepa_loss", jepaLoss),
      ("jepa_variance", jepaVariance), ("jepa_warmup", jepaWarmup), ("jepa_decay", jepaDecay),
      ("nca_weight", ncaWeight), ("nca_steps", ncaSteps), ("nca_rule", ncaRule),
      ("nca_states", ncaStates), ("nca_grid", ncaGrid), ("nca_low", ncaLow), ("nca_high", ncaHigh),
      ("batch", batch),
      ("shards", shards), ("optimizer", optimizer), ("lr", lr), ("muon_lr", muonLr),
      ("table_lr", tableLr), ("beta1", beta1), ("beta2", beta2), ("momentum", momentum),
      ("mup_base", mupBase), ("weight_decay", weightDecay),
      ("muon_weight_decay", muonWeightDecay), ("embedding_decay", embeddingDecay),
      ("table_decay", tableDecay), ("schedule", schedule), ("warmup", warmup),
      ("decay", decay), ("phi_tau", phiTau), ("clip", clip), ("average_power", averagePower),
      ("ema_decay", emaDecay),
    ]
  }

  /// All that `--objective` named, once each and in the order of the key's values; nil for none.
  private var objectives: String? {
    objective.isEmpty ? nil : Set(objective).sorted().joined(separator: "+")
  }

  private static func help(_ name: String) -> ArgumentHelp {
    guard let key = ConfigurationKey.named(name) else { return "" }
    let standard = TrainingConfiguration().value(key).description
    return ArgumentHelp("\(key.help) (\(key.environment); default \(standard))")
  }

  /// What was set, the stronger source later: file, environment, flags.
  private func settings(_ environment: [String: String]) throws -> [Setting] {
    var settings: [Setting] = []
    if let path = config ?? environment["TRIOS_CONFIG"] {
      for (name, value) in try ConfigurationFile.read(path) {
        settings.append(Setting(name, value: value, source: path))
      }
    }
    let variables = Dictionary(
      uniqueKeysWithValues: ConfigurationKey.all.map { ($0.environment, $0) })
    let others = ["TRIOS_CONFIG", "TRIOS_NEON_DSN", "TRIOS_DATABASE_URL"]
    for (variable, text) in environment.sorted(by: { $0.key < $1.key })
    where variable.hasPrefix("TRIOS_") && !others.contains(variable) {
      guard let key = variables[variable] else {
        let near = nearest(to: variable, among: Array(variables.keys) + others)
        throw Failure(
          78, "the environment variable \(variable) is unknown",
          hint: near.map { "did you mean \($0)? Otherwise unset it" } ?? "unset it")
      }
      settings.append(try Setting(key, text: text, source: variable))
    }
    for case (let name, let text?) in flags {
      guard let key = ConfigurationKey.named(name) else { continue }
      settings.append(try Setting(key, text: text, source: key.flag))
    }
    return settings
  }

  /// Resolves flag over environment over file over default.
  ///
  /// - Parameters:
  ///   - environment: Of the process. An unknown `TRIOS_` variable is an error, not a shrug.
  ///   - standard: The values where nothing else is said.
  /// - Throws: ``Failure`` or `TrainingError` that names the key, its source and the remedy.
  /// - Returns: The configuration and the source of each value.
  func resolve(
    environment: [String: String] = ProcessInfo.processInfo.environment,
    standard: TrainingConfiguration = TrainingConfiguration()
  ) throws -> ResolvedConfiguration {
    let settings = try settings(environment)
    var resolved = ResolvedConfiguration(standard)
    // A model's name sets the others' defaults, so it comes first: the last one given.
    if let model = settings.last(where: { $0.name == "model" }) { try resolved.choose(model) }
    for setting in settings { try resolved.set(setting) }
    try resolved.configuration.validate()
    return resolved
  }
}

/// One key that somebody set.
struct Setting {
  let name: String
  let value: ConfigurationValue
  let source: String

  init(_ name: String, value: ConfigurationValue, source: String) {
    (self.name, self.value, self.source) = (name, value, source)
  }

  /// Reads a text as the kind of value that the key has.
  init(_ key: ConfigurationKey, text: String, source: String) throws {
    guard let value = ConfigurationValue(text, like: TrainingConfiguration().value(key)) else {
      throw Failure(
        78, "'\(text)' is not a value for '\(key.name)' (from \(source))", hint: key.help)
    }
    self.init(key.name, value: value, source: source)
  }
}

/// A configuration and, for each key, where its value came from.
struct ResolvedConfiguration {
  private(set) var configuration: TrainingConfiguration
  /// Of the keys that somebody set.
  private(set) var sources: [String: String] = [:]
  private let standard: TrainingConfiguration

  init(_ standard: TrainingConfiguration) {
    (self.standard, configuration) = (standard, standard)
  }

  /// Starts again from the configuration of a model.
  mutating func choose(_ model: Setting) throws {
    configuration = try sourced(model) { try TrainingConfiguration(model: model.value) }
    sources = [:]
  }

  mutating func set(_ setting: Setting) throws {
    try sourced(setting) { try configuration.set(setting.name, to: setting.value) }
    sources[setting.name] = setting.source
  }

  /// Names the setting's source in what `body` throws.
  private func sourced<Result>(_ setting: Setting, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as TrainingError {
      throw TrainingError(error.code, "\(error.message) (from \(setting.source))", hint: error.hint)
    }
  }

  /// Warns, in one line, of keys that were set and have no effect.
  func warnOfIneffectiveKeys() {
    guard let keys = configuration.ineffective(among: Set(sources.keys)) else { return }
    Console.warn("set, but without effect: \(keys)")
  }

  /// One line a key: name, value, source.
  var table: String {
    let rows = zip(configuration.entries, standard.entries).map { own, other in
      // What nobody set is the model's, where that differs.
      let unset = own.value == other.value ? "default" : "model \(configuration.modelName)"
      return (own.name, own.value.description, sources[own.name] ?? unset)
    }
    let widths = (rows.map(\.0.count).max() ?? 0, rows.map(\.1.count).max() ?? 0)
    return rows.map { name, value, source in
      name.padding(toLength: widths.0, withPad: " ", startingAt: 0) + " = "
        + value.padding(toLength: widths.1, withPad: " ", startingAt: 0) + "  # " + source
    }.joined(separator: "\n")
  }
}

/// Reads flat TOML files of configuration keys.
enum ConfigurationFile {
  static func read(_ path: String) throws -> [(String, ConfigurationValue)] {
    let table = try TOMLFile.read(path)
    var values: [(String, ConfigurationValue)] = []
    for key in table.keys.sorted() {
      guard let value = table[key].flatMap({ TOMLFile.value($0) }) else {
        throw Failure(
          78, "'\(key)' in \(path) is neither a number, a text, true, false nor a list of integers",
          hint: "write one 'key = value' a line; see 'tri train --print-config'")
      }
      values.append((key, value))
    }
    return values
  }
}

/// What all readers of TOML share.
enum TOMLFile {
  /// Parses a file.
  ///
  /// - Throws: ``Failure`` with the line of a mistake.
  static func read(_ path: String) throws -> TOMLTable {
    guard let data = FileManager.default.contents(atPath: path),
      let text = String(data: data, encoding: .utf8)
    else {
      throw Failure(66, "cannot read \(path)", hint: "name a TOML file that exists")
    }
    do {
      return try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      throw Failure(
        78, "\(path), line \(error.source.begin.line): \(error.description)",
        hint: "correct the line")
    }
  }

  /// The value as a configuration knows it; nil for dates, tables, mixed lists, ∞ and NaN.
  static func value(_ value: any TOMLValueConvertible) -> ConfigurationValue? {
    if let flag = value.bool { return .flag(flag) }
    if let integer = value.int { return .integer(integer) }
    if let real = value.double { return real.isFinite ? .real(real) : nil }
    if let text = value.string { return .text(text) }
    guard let list = value.array else { return nil }
    var integers: [Int] = []
    for element in list {
      guard let integer = element.int else { return nil }
      integers.append(integer)
    }
    return .integers(integers)
  }
}
