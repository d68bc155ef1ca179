package import KernelInterface
package import Kernels

/// A perceptron with one hidden layer, on the engine's kernels and one thread.
///
///     h = max(x·W₁ + b₁, 0),  logits = h·W₂ + b₂,  loss = mean(−ln softmax(logits)[label])
///
/// Inputs `x` are the pixels over 255. Where there is a rounding, the passes read rounded parameters
/// and, if it says so, rounded inputs, hidden layer and logits; every sum is `Float`. The backward
/// pass takes rounding for the identity, and the optimiser changes unrounded parameters.
///
/// Everything is allocated with it. Results depend on its arguments alone, not on earlier ones.
///
/// - Source: straight-through gradients: Bengio, Léonard & Courville 2013, arXiv:1308.3432.
package final class ImageClassifier: @unchecked Sendable {
  /// Sizes of the layers.
  package struct Shape: Sendable, Hashable {
    package let inputs: Int, hidden: Int, classes: Int

    package init(inputs: Int, hidden: Int, classes: Int) {
      (self.inputs, self.hidden, self.classes) = (inputs, hidden, classes)
    }
  }

  /// Weights `(inputs, hidden)` and `(hidden, classes)`, and biases; also their gradients.
  package struct Parameters {
    package let hiddenWeights: UnsafeMutablePointer<Float>
    package let hiddenBias: UnsafeMutablePointer<Float>
    package let outputWeights: UnsafeMutablePointer<Float>
    package let outputBias: UnsafeMutablePointer<Float>
    /// All of them as one array, zeros between.
    let base: UnsafeMutablePointer<Float>, count: Int

    /// Elements that the parameters take.
    static func count(_ shape: Shape) -> Int { plan(shape).count }

    private static func plan(_ shape: Shape) -> (offsets: [Int], count: Int) {
      var plan = ArenaPlan()
      let offsets = [
        plan.place(shape.inputs * shape.hidden), plan.place(shape.hidden),
        plan.place(shape.hidden * shape.classes), plan.place(shape.classes),
      ]
      return (offsets, plan.count)
    }

    init(_ shape: Shape, at base: UnsafeMutablePointer<Float>) {
      let (offsets, count) = Self.plan(shape)
      (self.base, self.count) = (base, count)
      hiddenWeights = base + offsets[0]
      hiddenBias = base + offsets[1]
      outputWeights = base + offsets[2]
      outputBias = base + offsets[3]
    }
  }

  let shape: Shape
  /// Rows that a pass takes at most.
  let batch: Int
  let kernels: KernelSet
  /// What the optimiser changes, and the loss's gradient there.
  package let parameters: Parameters, gradient: Parameters
  /// What the passes read: a copy of the parameters, rounded or not.
  let weights: Parameters
  let moments: (first: Parameters, second: Parameters)
  /// What stands for each value of a pixel.
  let pixelValues: UnsafeMutablePointer<Float>
  let inputs: UnsafeMutablePointer<Float>, hidden: UnsafeMutablePointer<Float>
  let hiddenGradient: UnsafeMutablePointer<Float>, logits: UnsafeMutablePointer<Float>
  /// Packed W₁, W₂ and W₂ᵀ, and operands of the weights' gradients.
  let hiddenPanels: UnsafeMutablePointer<Float>, outputPanels: UnsafeMutablePointer<Float>
  let transposedPanels: UnsafeMutablePointer<Float>
  let gradientPanels: UnsafeMutablePointer<Float>, rowPanels: UnsafeMutablePointer<Float>
  var rounding: NetworkRounding?
  private let arena: FloatArena

  /// Reserves the memory of passes of at most `batch` rows.
  ///
  /// - Precondition: All sizes are positive.
  package init(_ shape: Shape, batch: Int, kernels: KernelSet) throws(AllocationError) {
    precondition(
      min(shape.inputs, shape.hidden, shape.classes, batch) > 0,
      "[ImageClassifier] sizes are \(shape), \(batch), expected positive ones")
    let (I, H, C) = (shape.inputs, shape.hidden, shape.classes)
    let (P, tile) = (kernels.panelWidth, MatrixProduct.tileRows)
    func panels(_ K: Int, _ N: Int) -> Int { (N + P - 1) / P * P * K }
    let count = Parameters.count(shape)
    let sizes =
      [Int](repeating: count, count: 5) + [
        256, batch * I, batch * H, batch * H, batch * C, panels(I, H), panels(H, C), panels(C, H),
        panels(batch, max(H, C)), (max(I, H) + tile - 1) / tile * tile * batch,
      ]
    var plan = ArenaPlan()
    let offsets = sizes.map { plan.place($0) }
    let arena = try FloatArena(count: plan.count)
    let parts = offsets.map { arena.base + $0 }
    self.arena = arena
    (self.shape, self.batch, self.kernels) = (shape, batch, kernels)
    parameters = Parameters(shape, at: parts[0])
    gradient = Parameters(shape, at: parts[1])
    weights = Parameters(shape, at: parts[2])
    moments = (Parameters(shape, at: parts[3]), Parameters(shape, at: parts[4]))
    (pixelValues, inputs) = (parts[5], parts[6])
    (hidden, hiddenGradient, logits) = (parts[7], parts[8], parts[9])
    (hiddenPanels, outputPanels, transposedPanels) = (parts[10], parts[11], parts[12])
    (gradientPanels, rowPanels) = (parts[13], parts[14])
  }
}
