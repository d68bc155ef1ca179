internal import LanguageModel

/// A model of the zoo: a name, and the configuration that the name stands for.
///
/// To add one, describe it in a file of its own beside this one and list it in ``all``. A model that
/// needs another encoder than there are also needs its `EncoderKind`.
public struct Model: Sendable, Hashable {
  /// As the key `model` has it.
  public let name: String
  /// One line of help.
  public let summary: String
  /// What every other key is unless it is set.
  public let configuration: TrainingConfiguration

  /// - Parameters:
  ///   - name: Letters, digits and `-`.
  ///   - summary: One line, without a full stop.
  ///   - change: Changes the defaults of ``hybrid``.
  init(_ name: String, _ summary: String, change: (inout TrainingConfiguration) -> Void) {
    self.name = name
    self.summary = summary
    var configuration = TrainingConfiguration()
    configuration.modelName = name
    change(&configuration)
    self.configuration = configuration
  }

  /// Every model, in the order of help; the first is the default.
  public static let all: [Model] = [hybrid, ngram, trinity3k, igla, iglaV1]

  /// The model of that name.
  public static func named(_ name: String) -> Model? { all.first { $0.name == name } }
}

extension TrainingConfiguration {
  /// The configuration that a model's name stands for.
  ///
  /// - Throws: ``TrainingError`` of code `configuration` for a name that no model has.
  public init(model value: ConfigurationValue) throws {
    self.init()
    try set("model", to: value)
    if let model = Model.named(modelName) { self = model.configuration }
  }

  /// The configuration of these keys: where they name a model, all others start as it has them.
  ///
  /// - Throws: ``TrainingError`` of code `configuration` for an unknown key or a wrong value.
  public init(values: some Sequence<(name: String, value: ConfigurationValue)>) throws {
    let sorted = values.sorted { $0.name < $1.name }
    if let model = sorted.last(where: { $0.name == "model" }) {
      try self.init(model: model.value)
    } else {
      self.init()
    }
    for (name, value) in sorted { try set(name, to: value) }
  }
}
