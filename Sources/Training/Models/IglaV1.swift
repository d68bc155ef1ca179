internal import LanguageModel

extension Model {
  /// The best configuration that the race has found, version 1: never changed again.
  ///
  /// - Source: trial 4 of the hunt of 2026-11-23, see `Records/2026-11-23-igla-v1`.
  static let iglaV1 = Model("igla-v1", "what the hunt of 2026-11-23 found", change: configureIglaV1)

  /// The newest version of ``iglaV1``'s line.
  static let igla = Model("igla", "the newest igla, now igla-v1", change: configureIglaV1)

  private static func configureIglaV1(_ configuration: inout TrainingConfiguration) {
    configuration.model.width = 192
    configuration.model.heads = 4
    configuration.model.hidden = 768
    configuration.model.layers = 4
    configuration.model.context = 128
    configuration.model.qkGain = 1
    configuration.model.ngramOrders = [2, 3, 4, 5, 6]
    configuration.model.ngramRows = 16_384
    configuration.model.ngramWidth = 32
    configuration.model.dropout = 0.2
    configuration.model.ngramDropout = 0.8
    configuration.batch = 8
    configuration.shards = 1
    configuration.steps = 9_000
    configuration.learningRate = 0.002
    configuration.muonRate = 0.01
    configuration.tableRate = 0.01
    configuration.embeddingDecay = 1
  }
}
