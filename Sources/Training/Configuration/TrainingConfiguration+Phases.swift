internal import Glibc
internal import LanguageModel

/// What depends on how far a run has come; all of it follows from the number of the step alone.
extension TrainingConfiguration {
  /// The JEPA objective of a run that has it.
  var chosenJEPA: JEPAConfiguration? { objective.hasJEPA ? jepa : nil }

  /// The bytes beyond the next one of a run that predicts some.
  var extra: ExtraBytesConfiguration? {
    extraBytes > 0 ? ExtraBytesConfiguration(count: extraBytes, weight: extraWeight) : nil
  }

  /// What a step, from 0, learns from and how fast.
  func phase(of step: Int) -> Curriculum.Phase {
    if curriculum.phases.isEmpty {
      let factors = ObjectiveFactors(jepa: step >= jepaWarmup ? 1 : 0)
      return Curriculum.Phase(.rest, factors: factors)
    }
    return curriculum.phase(of: step, of: steps)
  }

  /// Whether a step, from 0, learns from hidden spans as well.
  func hidesSpans(step: Int) -> Bool { objective.hasJEPA && phase(of: step).factors.jepa > 0 }

  /// From the first step that hides spans to behind the last one; nil where none does.
  ///
  /// Like all here, does not allocate: it is asked at every step.
  var hidingSteps: Range<Int>? {
    if !objective.hasJEPA { return nil }
    if curriculum.phases.isEmpty { return jepaWarmup < steps ? jepaWarmup..<steps : nil }
    return curriculum.hidingSteps(of: steps)
  }

  /// Steps with hidden spans among the first `step` ones.
  func hidingSteps(before step: Int) -> Int {
    if !objective.hasJEPA { return 0 }
    if curriculum.phases.isEmpty { return max(0, step - jepaWarmup) }
    var (start, count) = (0, 0)
    for phase in curriculum.phases where start < step {
      let end = min(step, phase.end(from: start, of: steps))
      if phase.factors.jepa > 0 { count += end - start }
      start = end
    }
    return count
  }

  /// Share of the target encoder's weights that is kept after a step, from 0.
  ///
  /// - Precondition: `step` is among ``hidingSteps``.
  func targetKeep(step: Int) -> Double {
    guard let hiding = hidingSteps else { return 1 }
    let last = hiding.count - 1
    let progress = last > 0 ? Double(step - hiding.lowerBound) / Double(last) : 1
    return 1 - (1 - jepaDecay) * (1 + cos(Double.pi * progress)) / 2
  }

  /// Part of a run with windows of one length.
  struct ContextStage: Hashable {
    /// Its first step, from 0.
    let start: Int
    /// Bytes of a window.
    let length: Int
  }

  /// How long the windows of a run are: one stage unless they grow.
  ///
  /// Each length is twice the one before, and those below `context` share the warm-up evenly. A step's
  /// bytes stay the same: of shorter windows there are more.
  var contextStages: [ContextStage] {
    let whole = ContextStage(start: 0, length: model.context)
    guard contextWarmup > 0, contextStart >= 1, contextStart < model.context else { return [whole] }
    let lengths = sequence(first: contextStart) { $0 < model.context / 2 + 1 ? 2 * $0 : nil }
      .filter { $0 < model.context }
    let steps = contextWarmup * Double(self.steps)
    let starts = (0...lengths.count).map {
      Int((steps * Double($0) / Double(lengths.count)).rounded())
    }
    // Of several that begin together only the last has steps.
    let stages = zip(starts, lengths + [model.context]).map(ContextStage.init)
    return stages.indices.filter {
      $0 == stages.count - 1 || stages[$0 + 1].start > stages[$0].start
    }
    .map { stages[$0] }
  }
}
