import Invariants
import LanguageModel
import Training

/// The band in which the law L-R11 keeps the entropy of a race's automata.
///
/// A single training may try another.
enum EntropyBand {
  static let low = ProvenConstants.entropyLow
  static let high = ProvenConstants.entropyHigh

  /// Whether a training keeps to the band; one without an automaton does.
  static func holds(_ training: TrainingConfiguration) -> Bool {
    !training.objective.hasNCA || training.nca.low == low && training.nca.high == high
  }

  /// Throws `configuration` for a trial that does not.
  static func check(_ training: TrainingConfiguration) throws {
    guard !holds(training) else { return }
    throw TrainingError(
      .configuration,
      "the band is nca_low \(training.nca.low) to nca_high \(training.nca.high), but the law L-R11 "
        + "fixes that of a race at \(low) to \(high) bits",
      hint: "leave nca_low and nca_high out of the race; tri train takes any band")
  }
}
