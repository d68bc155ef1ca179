package import LanguageModel

extension ParameterLayout.Role {
  /// Factor of the peak rate of AdamW and its like on tensors of this role.
  var rateShare: Double {
    switch self {
    case .embedding, .cellSeed: 5
    case .gain, .shift, .valueShare: 2.5
    case .block, .blockOutput, .head, .ngramProjection, .contextual, .bias: 1
    case .cellDrive, .cellRule, .cellReadout: 1
    }
  }

  /// Whether weight decay applies.
  var decays: Bool {
    switch self {
    case .block, .blockOutput, .head, .ngramProjection, .contextual, .embedding: true
    case .cellDrive, .cellReadout: true
    case .gain, .shift, .valueShare, .bias, .cellSeed, .cellRule: false
    }
  }

  /// Whether it is a matrix inside the model, that Muon takes.
  var isBlockMatrix: Bool {
    switch self {
    case .block, .blockOutput, .cellDrive: true
    case .embedding, .ngramProjection, .contextual, .head, .bias, .gain, .shift, .valueShare: false
    case .cellSeed, .cellRule, .cellReadout: false
    }
  }

  /// Matrices side by side in its columns.
  var fused: Int {
    if case .block(let fused) = self { return fused }
    return 1
  }
}

extension TrainingConfiguration {
  /// Factor of the decoupled decay on tensors of a role.
  func decayShare(_ role: ParameterLayout.Role) -> Double {
    role == .embedding ? embeddingDecay : role.decays ? 1 : 0
  }

  /// Factor by which the model's width changes the rate of AdamW and its like, 1 without ``mupBase``.
  ///
  /// Such a rule moves every element by about its rate, and the outputs of a tensor by the sum over
  /// its inputs: the rate of those whose inputs are the width's channels (the blocks' matrices, the
  /// head) falls as `mup_base / width`, and no other. The head starts at zero, so that a smaller rate
  /// does for it what a factor of the logits would. The perceptron's width and the number of heads are
  /// to grow with the model's: where heads grow instead, the attention logit does, and `qk_gain` is to
  /// fall as the root of the head's size.
  ///
  /// - Source: Yang et al. 2022, "Tensor Programs V", arXiv:2203.03466, table 3.
  package func widthShare(_ role: ParameterLayout.Role) -> Double {
    if mupBase == 0 { return 1 }
    switch role {
    case .block, .blockOutput, .head, .cellDrive: return Double(mupBase) / Double(model.width)
    case .embedding, .ngramProjection, .contextual, .bias, .gain, .shift, .valueShare: return 1
    case .cellSeed, .cellRule, .cellReadout: return 1
    }
  }
}
