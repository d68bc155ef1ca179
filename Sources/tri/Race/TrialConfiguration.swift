import Foundation
import Race
import Training

/// Translates between the race's configurations, which mean nothing to it, and training runs.
enum TrialConfiguration {
  /// The training run of a trial; its schedule is as long as the highest rung, `topSteps`.
  ///
  /// - Throws: `TrainingError` for keys or values that no run can have.
  /// - Returns: The validated configuration.
  static func training(
    _ configuration: Race.Configuration, seed: Int, topSteps: Int
  ) throws -> TrainingConfiguration {
    var training = try unchecked(configuration)
    training.seed = seed
    training.steps = topSteps
    try training.validate()
    try EntropyBand.check(training)
    return training
  }

  /// The training run of these keys, seed and steps left at their defaults, not validated.
  ///
  /// - Throws: `TrainingError` for keys or values that no run can have.
  static func unchecked(_ configuration: Race.Configuration) throws -> TrainingConfiguration {
    try TrainingConfiguration(
      values: configuration.values.map { (name: $0.key, value: value($0.value)) })
  }

  /// The value as a training run knows it.
  static func value(_ value: ParameterValue) -> ConfigurationValue {
    switch value {
    case .int(let value): .integer(value)
    case .double(let value): .real(value)
    case .string(let value): .text(value)
    case .bool(let value): .flag(value)
    case .ints(let values): .integers(values)
    }
  }
}
