internal import LanguageModel

extension TrainingConfiguration {
  /// Checks the curriculum, and when spans are hidden.
  func validatePhases() throws {
    guard !curriculum.phases.isEmpty else {
      if objective.hasJEPA {
        try need(
          jepaWarmup >= 0 && jepaWarmup < steps,
          "jepa_warmup is \(jepaWarmup) in a run of \(steps) steps, so that no step would hide a span",
          "lower jepa_warmup, raise steps, or leave the objective out: --objective next-byte")
      }
      return
    }
    for (index, phase) in curriculum.phases.enumerated() {
      try validate(phase, index: index)
    }
    let before = Curriculum(curriculum.phases.dropLast()).end(of: steps)
    let end = curriculum.end(of: steps)
    try need(
      before < steps && end == steps,
      "the curriculum's phases have \(curriculum.phases.last?.length == .rest ? before : end) steps, "
        + "the run has \(steps)",
      "write rest for the last phase's steps, or change steps")
    for (name, has, used) in [
      ("jepa", objective.hasJEPA, curriculum.phases.contains { $0.factors.jepa > 0 }),
      ("nca", objective.hasNCA, curriculum.phases.contains { $0.factors.nca > 0 }),
    ] {
      try need(
        has || !used,
        "a phase of the curriculum has \(name), but objective is \(objective.rawValue)",
        "name it: --objective \(name)")
      try need(
        used || !has,
        "objective is \(objective.rawValue), but no phase of the curriculum has \(name)",
        "give a phase \(name)=1, or leave the objective out")
    }
  }

  private func validate(_ phase: Curriculum.Phase, index: Int) throws {
    let name = "phase \(index + 1) of the curriculum"
    let isLast = index == curriculum.phases.count - 1
    switch phase.length {
    case .steps(let count):
      try need(count >= 1, "\(name) has \(count) steps", "give it at least 1")
    case .percent(let percent):
      try need(
        percent > 0 && percent <= 100, "\(name) has \(percent) % of the steps",
        "give it a share above 0 and at most 100 %")
    case .rest:
      try need(
        isLast, "\(name) has the rest of the steps, but is not the last",
        "give it a number of steps")
    }
    let factors = [phase.factors.nextByte, phase.factors.jepa, phase.factors.nca]
    for value in factors + [phase.rate] {
      try need(
        value.isFinite && (0...1_000).contains(value), "\(name) has a factor of \(value)",
        "factors lie between 0 and 1000")
    }
    try need(
      factors.contains { $0 > 0 }, "\(name) learns from nothing",
      "give it next=1, jepa=1 or nca=1")
  }

  /// What doubles to a length, longest first.
  static func halves(of length: Int) -> [Int] {
    Array(sequence(first: length) { $0.isMultiple(of: 2) ? $0 / 2 : nil }.dropFirst())
  }

  /// Checks what is done to the windows before they are read.
  func validateWindows() throws {
    try need(
      corruption >= 0 && corruption < 1, "corruption is \(corruption)",
      "it must be at least 0 and less than 1")
    try need(
      (1...Corruption.longestSpan).contains(corruptionSpan), "corruption_span is \(corruptionSpan)",
      "use 1 to \(Corruption.longestSpan) bytes")
    let most = min(7, model.context - 1)
    try need(
      (0...most).contains(extraBytes),
      "extra_bytes is \(extraBytes) in windows of \(model.context) bytes", "use 0 to \(most)")
    try need(
      extraBytes == 0 || extraWeight > 0 && extraWeight <= 100, "extra_weight is \(extraWeight)",
      "it must be above 0 and at most 100; for none set extra_bytes to 0")
    try real("context_warmup", contextWarmup, 0...1)
    guard contextWarmup > 0 else { return }
    let halves = Self.halves(of: model.context)
    try need(
      halves.contains(contextStart),
      "context_start is \(contextStart), but windows of \(model.context) bytes are reached by doubling",
      halves.isEmpty
        ? "choose an even context, or set context_warmup to 0"
        : "use one of \(halves.map(String.init).joined(separator: ", "))")
    let whole = contextStages.last?.start ?? 0
    try need(
      hidingSteps.map { whole <= $0.lowerBound } ?? true,
      "windows grow until step \(whole), but spans are hidden from step \(hidingSteps?.lowerBound ?? 0) on",
      "lower context_warmup, or hide spans later (jepa_warmup or the curriculum)")
  }
}
