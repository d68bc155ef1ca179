internal import Invariants
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
    /// Gradient descent with heavy-ball momentum everywhere.
    case sgd
    /// Sign momentum everywhere.
    case lion
    /// Muon whose decay spares the weights that a step moves away from zero.
    case muonCautious = "muon-cautious"
    /// Muon with a second moment a neuron.
    case normuon
    /// Schedule-Free AdamW everywhere.
    case scheduleFree = "schedule-free"
  }

  /// The shapes of the learning rate after its warm-up.
  public enum Schedule: String, Sendable, CaseIterable {
    /// Constant, then straight down to zero over the last `decay` of the run: warm-up, stable, decay
    /// (WSD); with a `decay` of 1, linear to zero.
    case linear
    /// The same with a fall of `1 − √u` over the share `u` of the decay that has passed: steep first.
    ///
    /// - Source: Hägele et al. 2024, arXiv:2405.18392.
    case wsdSqrt = "wsd-sqrt"
    /// Half a cosine from the peak to zero.
    case cosine
    /// Constant to the end.
    case constant
    /// `φ^(−t/τ)` of the peak, `t` steps after the warm-up; `τ` is `phiTau` of the run.
    case phi
  }

  /// Name of the ``Model`` whose configuration this was at first.
  public internal(set) var modelName = "hybrid"
  /// Sizes and switches of the model; its cellular automaton is what ``objective`` and ``nca`` say.
  public var model: ModelConfiguration {
    get {
      var model = sizes
      model.nca = objective.hasNCA ? nca : nil
      return model
    }
    set {
      sizes = newValue
      sizes.nca = nil
    }
  }
  private var sizes = ModelConfiguration()
  /// The number format of the matrix products' operands in training.
  public var precision = Precision.float32
  /// The number format of the weights, and what else is rounded.
  public var format = FormatConfiguration()
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
  ///
  /// So for Lion and Schedule-Free AdamW; SGD takes it for every tensor.
  public var learningRate = 0.004
  /// Peak rate of Muon and its variants.
  public var muonRate = 0.02
  /// Peak rate of the hash tables' row-wise rule.
  public var tableRate = 0.02
  /// First and second moment's share that AdamW, Lion and Schedule-Free AdamW keep, in [0, 1).
  public var beta1 = 0.9, beta2 = 0.98
  /// Share of the momentum that SGD keeps, and Muon after its first 300 steps, in [0, 1).
  public var momentum = 0.95
  /// Width at which the rates were found, for μP; 0 takes them as they are at every width.
  ///
  /// See ``widthShare(_:)`` for what changes with the width.
  public var mupBase = 0
  /// Decoupled decay of AdamW's matrices.
  public var weightDecay = 0.01
  /// Decoupled decay of Muon's matrices.
  public var muonWeightDecay = 0.1
  /// Factor of ``weightDecay`` on embeddings.
  public var embeddingDecay = 1.0
  /// Decoupled decay of a hash table's row at each step that reads it.
  public var tableDecay = 0.0
  public var schedule = Schedule.linear
  /// Share of the run in which the rate rises from zero, in [0, 1).
  public var warmup = 0.02
  /// Share of the run in which a `linear` or `wsd-sqrt` schedule falls to zero, in [0, 1].
  public var decay = 0.5
  /// Share of the run in which a `phi` schedule falls by the factor φ.
  public var phiTau = 0.25
  /// Largest norm of the dense gradient, to which a longer one is shortened; 0 for none.
  public var clip = 1.0
  /// Exponent of the weights' running average; 0 scores the last weights themselves.
  ///
  /// Step `t` weighs its past by `(t/(t+1))^power`, so that about the last `1/power` of the steps
  /// count. Schedule-Free AdamW scores the dense weights by its own average; this and ``emaDecay``
  /// are then the hash tables' alone, as is ``schedule``.
  public var averagePower = 16.0
  /// Share that the weights' exponential running average keeps at a step, in [0, 1); 0 for none.
  public var emaDecay = 0.0

  /// Share of the input bytes that are replaced by bytes from elsewhere in the training text, in [0, 1).
  ///
  /// What is to be predicted stays.
  public var corruption = 0.0
  /// Bytes of a replaced span; 1 for single ones.
  public var corruptionSpan = 1
  /// Bytes beyond the next one that are predicted as well, 0…7.
  public var extraBytes = 0
  /// Factor of their mean loss beside the next byte's 1.
  public var extraWeight = 0.3
  /// Share of the run in which windows grow from ``contextStart`` to the model's context, in [0, 1]; 0 for
  /// windows of one length.
  public var contextWarmup = 0.0
  /// Bytes of the first windows: the model's context, halved once or more.
  public var contextStart = 16

  public var objective = Objective.nextByte
  /// The phases of a run that learns from different things one after the other.
  public var curriculum = Curriculum()
  /// The cellular automaton; part of ``model`` only where ``objective`` names it.
  public var nca = NCAConfiguration()
  /// The JEPA objective; counts only where ``objective`` names it.
  public var jepa = JEPAConfiguration()
  /// First steps of a run, without a curriculum, that learn without hidden spans.
  public var jepaWarmup = 1_500
  /// Share of the target encoder's weights that a step keeps: this at first, 1 at the last step, half
  /// a cosine between.
  public var jepaDecay = ProvenConstants.firstDecay

  public init() {}
}
