internal import LanguageModel

extension Model {
  /// The earlier project's n-gram baseline at its own setting: five bytes of context, one window of 64
  /// bytes a step, AdamW with β₁ = 1/φ, cosine after a tenth of warm-up.
  ///
  /// It has the last byte's embedding and those of the four bytes before it, each from a table of its
  /// own and weighted, a norm without parameters, one ReLU² layer and the head. Its figure, 2.5179 BPB
  /// on the last tenth, was the best of many evaluations of one seed.
  static let ngram = Model("ngram", "the earlier baseline: weighted embeddings of 5 bytes, ReLU²") {
    $0.model.encoder = .contexts
    $0.model.layers = 0
    $0.model.ngramOrders = []
    $0.model.ngramWidth = 64
    $0.model.contexts = 4
    $0.model.width = 384
    $0.model.hidden = 384
    $0.model.context = 64
    $0.steps = 27_000
    $0.batch = 1
    $0.shards = 1
    $0.optimizer = .adamw
    $0.learningRate = 0.004
    $0.beta1 = 0.618
    $0.beta2 = 0.999
    $0.weightDecay = 0.01
    $0.schedule = .cosine
    $0.warmup = 0.1
    $0.clip = 0
    $0.averagePower = 0
  }
}
