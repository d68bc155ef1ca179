public import Kernels

/// Names the random masks of one training sequence.
///
/// The masks are a pure function of the key, so the backward pass draws them again instead of
/// keeping them, and no thread's order matters.
public struct DropoutKey: Sendable, Hashable {
  /// Seed of the run.
  public var seed: UInt64
  /// Optimiser step, from 0.
  public var step: UInt64
  /// Index of the sequence within the step's batch, from 0.
  public var sequence: UInt64

  public init(seed: UInt64, step: UInt64, sequence: UInt64) {
    self.seed = seed
    self.step = step
    self.sequence = sequence
  }

  /// The random bits of one place in the model, with the element's index as their counter.
  ///
  /// - Parameter site: 0 for the hash rows, `1 + 2l` for the attention output and `2 + 2l` for the
  ///   perceptron output of block `l` (from 0).
  /// - Returns: The same bits whenever key and site are the same.
  public func random(site: Int) -> CounterRandom {
    CounterRandom(seed: seed, step, sequence, UInt64(site))
  }
}
