public import LanguageModel

/// Everything that fixes one training run's result, besides the seed's random bits themselves.
///
/// Threads and folders are not here: they do not change a bit of the result. Each property is also a
/// key of configuration files, flags and search spaces; ``ConfigurationKey`` lists them.
public struct TrainingConfiguration: Sendable, Hashable {
  /// The kinds of optimiser.
  public enum Optimizer: String, Sendable, CaseIterable {
    /// Orthogonalised momentum on the blocks' matrices, AdamW elsewhere.
    case muon
    /// AdamW everywhere.
    case adamw
  }

  /// The shapes of the learning rate after its warm-up.
  public enum Schedule: String, Sendable, CaseIterable {
    /// Constant, then straight down to zero over the last `decay` of the run.
    case linear
    /// Half a cosine from the peak to zero.
    case cosine
    /// Constant to the end.
    case constant
  }

  /// Sizes and switches of the model.
  public var model = ModelConfiguration()
  /// The number format of the matrix products' operands in training.
  public var precision = Precision.float32
  /// Seed of initial values, batches and masks.
  public var seed = 1_000
  /// Optimiser steps of the whole run; the schedule's length.
  public var steps = 1_000
  /// Windows per step, `B`.
  public var batch = 16
  /// Parts of a batch whose gradients are added in order, `1…batch`.
  public var shards = 4
  public var optimizer = Optimizer.muon
  /// Peak rate of AdamW on the head and the n-gram projection (and on the blocks' matrices when
  /// there is no Muon); embeddings take five times, norm gains and shifts two and a half times it.
  public var learningRate = 0.004
  /// Peak rate of Muon.
  public var muonRate = 0.02
  /// Peak rate of the hash tables' row-wise rule.
  public var tableRate = 0.02
  /// Decoupled decay of AdamW's matrices.
  public var weightDecay = 0.01
  /// Decoupled decay of Muon's matrices.
  public var muonWeightDecay = 0.1
  public var schedule = Schedule.linear
  /// Share of the run in which the rate rises from zero, in [0, 1).
  public var warmup = 0.02
  /// Share of the run in which a `linear` schedule falls to zero, in [0, 1].
  public var decay = 0.5
  /// Largest norm of the dense gradient, to which a longer one is shortened; 0 for none.
  public var clip = 1.0
  /// Exponent of the weights' running average; 0 scores the last weights themselves.
  ///
  /// Step `t` weighs its past by `(t/(t+1))^power`, so that about the last `1/power` of the steps
  /// count.
  public var averagePower = 16.0

  public init() {}
}
