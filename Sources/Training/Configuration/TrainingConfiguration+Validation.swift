internal import LanguageModel

extension TrainingConfiguration {
  /// Checks every value and combination.
  ///
  /// - Throws: ``TrainingError`` of code `configuration`, naming key, value and remedy.
  public func validate() throws {
    do {
      try model.validated()
    } catch {
      throw TrainingError(
        .configuration, error.message, hint: Self.remedy(for: error.code))
    }
    try need(seed >= 0, "seed is \(seed)", "a seed is at least 0")
    try need(steps >= 1, "steps is \(steps)", "train for at least 1 step")
    try need(
      steps <= 100_000_000, "steps is \(steps)", "at most 100,000,000 steps are supported")
    try need(batch >= 1 && batch <= 65_536, "batch is \(batch)", "use 1 to 65,536 windows")
    try need(
      shards >= 1 && shards <= batch, "shards is \(shards) for a batch of \(batch)",
      "use between 1 and \(batch) shards")
    try need(
      format.format != .gf16 || format.allowsNarrowGF16
        || model.width >= FormatConfiguration.leastGF16Width,
      "format is gf16 at hidden \(model.width); law L-R9 allows it from "
        + "\(FormatConfiguration.leastGF16Width) on",
      "raise hidden, choose another format, or set --allow-gf16-below-256 to measure what it costs")
    try need(
      !format.isOn || precision == .float32,
      "format is \(format.format.rawValue) and precision is \(precision.rawValue): "
        + "what is rounded to one would be rounded again to the other",
      "set one of them to float32")
    try need(
      !format.isOn || optimizer != .scheduleFree || format.keepsMaster && !format.roundsState,
      "optimizer is schedule-free, whose float32 iterates and their average are the weights' masters",
      "leave format_master true and format_state false, or choose another optimizer")
    try need(
      nca.states == NCAConfiguration.lawfulStates && nca.grid == NCAConfiguration.lawfulGrid,
      "nca_states is \(nca.states) and nca_grid is \(nca.grid), but the law L-R11 fixes K = "
        + "\(NCAConfiguration.lawfulStates) and a torus of \(NCAConfiguration.lawfulGrid) × "
        + "\(NCAConfiguration.lawfulGrid) cells",
      "leave both away")
    try real("lr", learningRate, 0...10)
    try real("muon_lr", muonRate, 0...10)
    try real("table_lr", tableRate, 0...10)
    try real("weight_decay", weightDecay, 0...100)
    try real("muon_weight_decay", muonWeightDecay, 0...100)
    if objective.hasJEPA {
      do {
        try jepa.validated(for: model)
      } catch {
        throw TrainingError(
          .configuration, error.message, hint: "or leave the objective out: --objective next-byte")
      }
      try real("jepa_decay", jepaDecay, 0...1)
    }
    try real("embedding_decay", embeddingDecay, 0...100)
    try real("table_decay", tableDecay, 0...100)
    try validatePhases()
    try validateWindows()
    try real("warmup", warmup, 0...0.99)
    try real("decay", decay, 0...1)
    try real("phi_tau", phiTau, 1e-6...1e6)
    try real("clip", clip, 0...1e9)
    try real("average_power", averagePower, 0...10_000)
    for (name, share) in [
      ("beta1", beta1), ("beta2", beta2), ("momentum", momentum), ("ema_decay", emaDecay),
    ] {
      try need(
        share >= 0 && share < 1, "\(name) is \(share)", "it must be at least 0 and less than 1")
    }
    try need(
      averagePower == 0 || emaDecay == 0,
      "average_power is \(averagePower) and ema_decay is \(emaDecay): weights have one average",
      "set one of them to 0")
    try need(
      (0...ModelConfiguration.maximumElements).contains(mupBase), "mup_base is \(mupBase)",
      "name the width at which the rates were found, or 0 for none")
    try need(
      mupBase == 0 || optimizer != .sgd,
      "mup_base is \(mupBase), but sgd's rates do not scale with the width as it says",
      "set mup_base to 0, or choose another optimizer")
    try need(
      mupBase == 0 || model.encoder == .blocks,
      "mup_base is \(mupBase), but \(modelName)'s rates do not scale with the width",
      "set mup_base to 0, or choose another model")
  }

  func need(_ holds: Bool, _ message: String, _ hint: String) throws {
    if !holds { throw TrainingError(.configuration, message, hint: hint) }
  }

  func real(_ name: String, _ value: Double, _ range: ClosedRange<Double>) throws {
    try need(
      value.isFinite && range.contains(value), "\(name) is \(value)",
      "it must lie between \(range.lowerBound) and \(range.upperBound)")
  }

  /// Names the key behind a property of the model.
  private static func remedy(for code: ConfigurationError.Code) -> String {
    let keys: [ConfigurationError.Code: String] = [
      .width: "hidden", .layers: "attn_layers", .heads: "heads", .context: "context",
      .hidden: "mlp", .ngramOrders: "ngram_orders", .ngramRows: "ngram_rows",
      .ngramWidth: "ngram_width", .contexts: "contexts", .qkGain: "qk_gain",
      .rotaryBase: "rotary_base",
      .dropout: "dropout", .ngramDropout: "ngram_dropout",
    ]
    if code == .nca { return "or leave it out: --objective next-byte, or jepa alone" }
    guard let name = keys[code], let key = ConfigurationKey.named(name) else {
      return "use fewer layers, channels or n-gram rows"
    }
    return "change \(name): \(key.flag), \(key.environment) or the file"
  }

  /// Checks that windows of this configuration fit into texts of these lengths.
  ///
  /// - Throws: ``TrainingError`` of code `configuration`.
  public func validate(trainBytes: Int, heldOutBytes: Int) throws {
    let needed = max(2 * (model.context + 1), corruption > 0 ? corruptionSpan : 0)
    guard trainBytes >= needed, heldOutBytes > model.context else {
      throw TrainingError(
        .configuration,
        "context is \(model.context), but the training text has \(trainBytes) bytes and the held-out text \(heldOutBytes)",
        hint: "choose a context shorter than the split, or a longer corpus")
    }
  }
}
