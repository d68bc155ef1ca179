internal import LanguageModel

/// One key of a configuration: its name, what it means, and how to read and write it.
public struct ConfigurationKey: Sendable {
  /// As in files; a flag writes `-` for `_`.
  public let name: String
  /// One line of help.
  public let help: String
  let get: @Sendable (TrainingConfiguration) -> ConfigurationValue
  let set: @Sendable (inout TrainingConfiguration, ConfigurationValue) -> Bool

  /// The flag's spelling, `--attn-layers`.
  public var flag: String { "--" + name.split(separator: "_").joined(separator: "-") }
  /// The environment's spelling, `TRIOS_ATTN_LAYERS`.
  public var environment: String {
    // The specification's one irregular name.
    name == "format" ? "TRIOS_FORMAT_TYPE" : "TRIOS_" + name.uppercased()
  }

  private typealias Path<Value> = WritableKeyPath<TrainingConfiguration, Value> & Sendable

  private static func integer(_ name: String, _ path: any Path<Int>, _ help: String) -> Self {
    Self(name: name, help: help) {
      .integer($0[keyPath: path])
    } set: {
      guard case .integer(let value) = $1 else { return false }
      $0[keyPath: path] = value
      return true
    }
  }

  private static func real(_ name: String, _ path: any Path<Double>, _ help: String) -> Self {
    Self(name: name, help: help) {
      .real($0[keyPath: path])
    } set: {
      switch $1 {
      case .real(let value): $0[keyPath: path] = value
      case .integer(let value): $0[keyPath: path] = Double(value)
      default: return false
      }
      return true
    }
  }

  private static func flag(_ name: String, _ path: any Path<Bool>, _ help: String) -> Self {
    Self(name: name, help: help) {
      .flag($0[keyPath: path])
    } set: {
      guard case .flag(let value) = $1 else { return false }
      $0[keyPath: path] = value
      return true
    }
  }

  private static func choice<Choice: RawRepresentable & CaseIterable & Sendable>(
    _ name: String, _ path: any Path<Choice>, _ help: String
  ) -> Self where Choice.RawValue == String {
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    return Self(name: name, help: help + " One of: \(names).") {
      .text($0[keyPath: path].rawValue)
    } set: {
      guard case .text(let text) = $1, let value = Choice(rawValue: text) else { return false }
      $0[keyPath: path] = value
      return true
    }
  }

  /// All keys, in the order of help and printouts.
  public static let all: [ConfigurationKey] = [
    Self(
      name: "model",
      help: "Model, which sets the other keys' defaults. One of: "
        + Model.all.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ") + "."
    ) {
      .text($0.modelName)
    } set: {
      guard case .text(let name) = $1, let model = Model.named(name) else { return false }
      $0.modelName = name
      $0.model.encoder = model.configuration.model.encoder
      return true
    },
    choice(
      "format", \.format.format, "Number format of the weights; gf16 from hidden 256 on (L-R9)."),
    choice("format_rounding", \.format.rounding, "How weights are rounded to the format."),
    flag(
      "format_master", \.format.keepsMaster,
      "Whether the optimiser works on float32 weights, of which the model gets rounded copies."),
    flag(
      "format_activations", \.format.roundsActivations,
      "Whether rows that training keeps are rounded too: residual stream, n-grams, queries, keys, "
        + "values, attention's and the perceptron's; norms and softmax are not."),
    flag("format_state", \.format.roundsState, "Whether the optimiser's moments are rounded too."),
    flag(
      "allow_gf16_below_256", \.format.allowsNarrowGF16,
      "Whether gf16 may be used below hidden 256; tri train then says what was measured."),
    choice("precision", \.precision, "Operands of the matrix products in training."),
    integer("seed", \.seed, "Seed of initial values, batches and masks."),
    integer("steps", \.steps, "Optimiser steps; the schedule's length."),
    integer("hidden", \.model.width, "Width of the residual stream (d_model)."),
    integer("attn_layers", \.model.layers, "Transformer blocks."),
    integer("heads", \.model.heads, "Attention heads; divides hidden."),
    flag("attention", \.model.attention, "Whether blocks have attention before the perceptron."),
    integer("context", \.model.context, "Bytes that a prediction may look back on, 1 to 1024."),
    integer("mlp", \.model.hidden, "Width of the perceptron."),
    choice("activation", \.model.activation, "What is inside the perceptron."),
    flag(
      "value_residual", \.model.valueResidual,
      "Whether later blocks mix in a learned share of the first one's values."),
    Self(name: "ngram_orders", help: "Lengths of hashed n-grams, 2 to 8, rising; [] for none.") {
      .integers($0.model.ngramOrders)
    } set: {
      guard case .integers(let values) = $1 else { return false }
      $0.model.ngramOrders = values
      return true
    },
    integer("ngram_rows", \.model.ngramRows, "Rows of each hash table, a power of two."),
    integer("ngram_width", \.model.ngramWidth, "Channels of a hash row; of ngram's embeddings."),
    integer("contexts", \.model.contexts, "Bytes before the last that ngram embeds, 1 to 8."),
    flag("token_shift", \.model.tokenShift, "Whether a row receives a multiple of the one before."),
    real("qk_gain", \.model.qkGain, "Factor of the attention logit; default φ²."),
    real("rotary_base", \.model.rotaryBase, "Base of the rotary wavelengths."),
    real("dropout", \.model.dropout, "Share of branch outputs dropped in training, [0, 1)."),
    real("ngram_dropout", \.model.ngramDropout, "Share of hash channels dropped, [0, 1)."),
    real(
      "corruption", \.corruption,
      "Share of input bytes replaced by bytes from elsewhere in the training text, [0, 1)."),
    integer("corruption_span", \.corruptionSpan, "Bytes of a replaced span, 1 to 64."),
    integer("extra_bytes", \.extraBytes, "Bytes beyond the next that are predicted too, 0 to 7."),
    real("extra_weight", \.extraWeight, "Factor of their mean loss beside next-byte's 1."),
    real(
      "context_warmup", \.contextWarmup,
      "Share of the run in which windows double from context_start to context; 0 for none."),
    integer("context_start", \.contextStart, "Bytes of the first windows, context halved."),
    choice(
      "objective", \.objective,
      "What training learns from beside the next byte: hidden spans, a cellular automaton's entropy; "
        + "the flag may be repeated."),
    Self(
      name: "curriculum",
      help:
        "Phases of the run, such as '500 nca=1, 20% next=0.5 jepa=1, rest next=1 rate=0.5': steps, "
        + "factors of the objectives' weights (0 if not named) and of the rates."
    ) {
      .text($0.curriculum.description)
    } set: {
      guard case .text(let text) = $1, let curriculum = Curriculum(text) else { return false }
      $0.curriculum = curriculum
      return true
    },
    real("jepa_weight", \.jepa.weight, "Factor of the JEPA objective beside next-byte's 1."),
    real(
      "jepa_ratio", \.jepa.ratio, "Largest share of a window that is hidden, above 0 and below 1."),
    integer("jepa_spans", \.jepa.spans, "Spans hidden in a window, at most."),
    integer("jepa_shortest", \.jepa.shortest, "Bytes of the shortest hidden span."),
    integer("jepa_longest", \.jepa.longest, "Bytes of the longest hidden span."),
    choice("jepa_loss", \.jepa.loss, "How predicted latents are compared with their targets."),
    real("jepa_variance", \.jepa.variance, "Factor of the term against collapse; 0 for none."),
    integer(
      "jepa_warmup", \.jepaWarmup, "First steps without hidden spans, where there is no curriculum."
    ),
    real("jepa_decay", \.jepaDecay, "Share of the target encoder kept by the first step, [0, 1]."),
    real("nca_weight", \.nca.weight, "Factor of the automaton's penalty beside next-byte's 1."),
    integer("nca_steps", \.nca.steps, "Steps of the automaton's roll-out, 1 to 64."),
    choice("nca_rule", \.nca.rule, "How a cell follows from its neighbourhood."),
    integer("nca_states", \.nca.states, "States of a cell; 9 by the law L-R11."),
    integer("nca_grid", \.nca.grid, "Cells of a row of the torus; 9 by the law L-R11."),
    real("nca_low", \.nca.low, "Least entropy of the cells' mean state without penalty, in bits."),
    real("nca_high", \.nca.high, "Greatest such entropy; at most log₂ 9."),
    integer("batch", \.batch, "Windows per step."),
    integer("shards", \.shards, "Parts of a batch, added in order; bounds useful threads."),
    choice(
      "optimizer", \.optimizer,
      "Optimiser; the muon ones and normuon take the blocks' matrices and leave the rest to AdamW."),
    real("lr", \.learningRate, "Peak rate of AdamW, or of sgd, lion or schedule-free."),
    real("muon_lr", \.muonRate, "Peak rate of Muon and its variants."),
    real("table_lr", \.tableRate, "Peak rate of the hash tables."),
    real(
      "beta1", \.beta1, "Share of the first moment that AdamW, lion, schedule-free keep, [0, 1)."),
    real("beta2", \.beta2, "Share of the second moment that they keep (lion: of its momentum)."),
    real("momentum", \.momentum, "Share of the momentum that sgd and Muon keep, [0, 1)."),
    integer(
      "mup_base", \.mupBase,
      "Width of which the rates are: lr of blocks and head scales with mup_base/hidden; 0 for off."),
    real("weight_decay", \.weightDecay, "Decoupled decay of the matrices that lr is the rate of."),
    real("muon_weight_decay", \.muonWeightDecay, "Decoupled decay of Muon's matrices."),
    real("embedding_decay", \.embeddingDecay, "Factor of weight_decay on embeddings, 0 to 100."),
    real(
      "table_decay", \.tableDecay,
      "Decoupled decay of a hash table's row at each step that reads it."),
    choice(
      "schedule", \.schedule,
      "Shape of the rate after warm-up (schedule-free: of the hash tables' alone); linear is constant, "
        + "then linear to zero (WSD)."),
    real("warmup", \.warmup, "Share of the run in which the rate rises."),
    real("decay", \.decay, "Share of the run in which linear or wsd-sqrt falls to zero."),
    real("phi_tau", \.phiTau, "Share of the run in which the phi schedule falls by the factor φ."),
    real("clip", \.clip, "Largest gradient norm; 0 for none."),
    real(
      "average_power", \.averagePower,
      "Exponent of the weights' average (schedule-free: of the hash tables' alone); 0 for none."),
    real(
      "ema_decay", \.emaDecay,
      "The same, exponential: share that the average keeps at a step, [0, 1); 0 for none."),
  ]

  /// The key of that name.
  public static func named(_ name: String) -> ConfigurationKey? { all.first { $0.name == name } }
}

extension TrainingConfiguration {
  /// Sets a key.
  ///
  /// - Throws: ``TrainingError`` of code `configuration` for an unknown key (with the nearest known
  ///   one) or a value of the wrong kind.
  public mutating func set(_ name: String, to value: ConfigurationValue) throws {
    guard let key = ConfigurationKey.named(name) else {
      let near = nearest(to: name, among: ConfigurationKey.all.map(\.name))
      throw TrainingError(
        .configuration, "unknown configuration key '\(name)'",
        hint: near.map { "did you mean '\($0)'?" } ?? "see 'tri train --help' for all keys")
    }
    guard key.set(&self, value) else {
      throw TrainingError(
        .configuration, "'\(value.description)' is not a value for '\(name)'", hint: key.help)
    }
  }

  /// The value of a known key.
  public func value(_ key: ConfigurationKey) -> ConfigurationValue { key.get(self) }

  /// All keys and values, in the keys' order.
  public var entries: [(name: String, value: ConfigurationValue)] {
    ConfigurationKey.all.map { ($0.name, $0.get(self)) }
  }

  /// The first key whose value differs from that of `other`; nil for equal configurations.
  public func difference(
    from other: TrainingConfiguration
  ) -> (name: String, own: ConfigurationValue, other: ConfigurationValue)? {
    for key in ConfigurationKey.all where key.get(self) != key.get(other) {
      return (key.name, key.get(self), key.get(other))
    }
    return nil
  }
}

/// The candidate with the fewest single-letter edits from `name`, if they are few.
public func nearest(to name: String, among candidates: [String]) -> String? {
  func distance(_ a: [Character], _ b: [Character]) -> Int {
    var row = Array(0...b.count)
    for i in a.indices {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let changed = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(changed, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
  let ranked = candidates.map { (distance(Array(name), Array($0)), $0) }.min { $0.0 < $1.0 }
  guard let ranked, ranked.0 <= max(2, name.count / 3) else { return nil }
  return ranked.1
}
