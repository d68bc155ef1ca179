internal import Invariants
public import KernelInterface

/// Sizes and switches of one causal byte-level model.
///
/// The capitals of the shape legend are the properties' meanings: `C` ``width``, `L` ``layers``,
/// `H` ``heads``, `D = C / H` ``headSize``, `T` ``context``, `F` ``hidden``, `V` ``vocabulary``,
/// `O` the number of ``ngramOrders``, `W` ``ngramWidth``.
public struct ModelConfiguration: Sendable, Hashable {
  /// Number of byte values; a constant of the format, not a choice.
  public static let vocabulary = 256

  /// Added to mean squares before the square root, in the unit of the square.
  public static let normEpsilon = 1e-5

  /// φ² = φ + 1 = (3 + √5)/2, the default of ``qkGain``.
  public static let phiSquared = ProvenConstants.phiSquared

  /// What turns bytes into latents.
  public var encoder = EncoderKind.blocks
  /// Channels of the residual stream and of the latents that the head reads, `C`.
  public var width = 128
  /// Transformer blocks, `L`; 0 for an encoder of contexts, which has none.
  public var layers = 4
  /// Whether a block has attention before its perceptron.
  public var attention = true
  /// Attention heads, `H`; must divide ``width`` into heads of two channels or more.
  public var heads = 2
  /// Bytes that one window holds, `T`; no prediction looks further back.
  public var context = 128
  /// Channels inside the perceptron, `F`.
  public var hidden = 512
  /// Lengths of the hashed n-grams, current byte included; strictly increasing, each ≥ 2.
  public var ngramOrders = [2, 3, 4]
  /// Rows of each hash table; a power of two.
  public var ngramRows = 1 << 16
  /// Channels of each hash row, `W`; of the embeddings in an encoder of contexts.
  public var ngramWidth = 32
  /// Bytes before the last one that an encoder of contexts embeds, each with a table of its own.
  public var contexts = 4
  /// Whether each normed row also receives a learned multiple of the row before it.
  public var tokenShift = true
  /// What is inside the blocks' perceptrons.
  public var activation = Activation.squaredReLU
  /// Whether later blocks mix a learned share of the first block's values into their own.
  public var valueResidual = false
  /// Factor of the attention logit, applied once: `gain · q̂·k̂ / √D`.
  public var qkGain = ModelConfiguration.phiSquared
  /// Base of the rotary wavelengths.
  public var rotaryBase = 10_000.0
  /// Share of attention and perceptron outputs zeroed in training, in [0, 1).
  public var dropout = 0.0
  /// Share of hash-table channels zeroed in training, in [0, 1).
  public var ngramDropout = 0.1
  /// The cellular automaton beside the head; nil for none.
  public var nca: NCAConfiguration?

  public init() {}

  /// Channels of one head, `D`.
  public var headSize: Int { width / heads }
  /// Weight of the embedding of the byte `index + 1` before the last, in an encoder of contexts.
  ///
  /// Those of the earlier project's programs, of four contexts and of six.
  package func contextWeight(_ index: Int) -> Double {
    (contexts <= 4 ? Self.fewContextWeights : Self.manyContextWeights)[index]
  }

  private static let fewContextWeights = [0.7, 0.3, 0.2, 0.15]
  private static let manyContextWeights = [0.7, 0.45, 0.3, 0.2, 0.13, 0.08, 0.05, 0.03]

  /// Channels of the embeddings of an encoder of contexts, `W`; 0 for another one, whatever
  /// ``ngramWidth`` says.
  package var contextWidth: Int { encoder == .contexts ? ngramWidth : 0 }

  /// Channels of the concatenated hash rows, `O·W`.
  public var ngramChannels: Int { ngramOrders.count * ngramWidth }
}
