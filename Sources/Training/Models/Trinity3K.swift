internal import LanguageModel

extension Model {
  /// The specification's `trinity3k`: 27 heads of 9 channels, width 243, ReLU², normed queries and
  /// keys, no n-grams and no token shift.
  ///
  /// Its vocabulary of 729 had no use for bytes and is 256 here. Layers, perceptron and window are not
  /// specified: powers of three of about the size that its name gives it.
  static let trinity3k = Model("trinity3k", "27 heads of 9 channels, width 243, no n-grams") {
    $0.model.width = 243
    $0.model.heads = 27
    $0.model.hidden = 729
    $0.model.layers = 3
    $0.model.context = 81
    $0.model.ngramOrders = []
    $0.model.tokenShift = false
  }
}
