package import Corpora
internal import Glibc
internal import KernelInterface
internal import Kernels

/// How a classifier is trained: AdamW without weight decay, at a rate that falls in a line to zero.
package struct ClassifierRecipe: Sendable, Hashable, Encodable {
  package var epochs: Int
  /// Images of a step; an epoch's last step may have fewer.
  package var batch: Int
  /// Learning rate of the first step.
  package var rate: Float

  package init(epochs: Int, batch: Int = 128, rate: Float = 2e-3) {
    (self.epochs, self.batch, self.rate) = (epochs, batch, rate)
  }

  private enum CodingKeys: String, CodingKey {
    case epochs, batch
    case rate = "learning_rate"
  }
}

extension ImageClassifier {
  /// Trains from the seed's initial parameters, in the seed's orders of the images.
  ///
  /// Both are the same with every rounding.
  ///
  /// - Precondition: The recipe's batch is at most the classifier's.
  package func train(
    on samples: ImageSet.Samples, _ recipe: ClassifierRecipe, seed: UInt64,
    rounding: NetworkRounding?
  ) {
    precondition(
      recipe.batch <= batch,
      "[ImageClassifier] a batch has \(recipe.batch) images, expected at most \(batch)")
    initialise(seed: seed)
    let stepsPerEpoch = (samples.count + recipe.batch - 1) / recipe.batch
    let steps = Double(recipe.epochs * stepsPerEpoch)
    var step = 0
    for epoch in 0..<recipe.epochs {
      let order = Self.order(of: samples.count, seed: seed, epoch: epoch)
      for start in stride(from: 0, to: order.count, by: recipe.batch) {
        renew(rounding: rounding)
        _ = lossAndGradient(samples, at: order[start..<min(start + recipe.batch, order.count)])
        update(step: step, rate: recipe.rate * Float(1 - Double(step) / steps))
        step += 1
      }
    }
  }

  /// Draws weights uniformly with variance 2/inputs, zeroes the biases, forgets the moments.
  ///
  /// - Source: He et al. 2015, arXiv:1502.01852.
  package func initialise(seed: UInt64) {
    parameters.base.update(repeating: 0, count: parameters.count)
    moments.first.base.update(repeating: 0, count: parameters.count)
    moments.second.base.update(repeating: 0, count: parameters.count)
    func draw(_ weights: UnsafeMutablePointer<Float>, _ rows: Int, _ columns: Int, _ site: UInt64) {
      let random = CounterRandom(seed: seed, 1, site)
      let bound = (6 / Float(rows)).squareRoot()
      for i in 0..<rows * columns { weights[i] = bound * (2 * random.unit(UInt32(i)) - 1) }
    }
    draw(parameters.hiddenWeights, shape.inputs, shape.hidden, 0)
    draw(parameters.outputWeights, shape.hidden, shape.classes, 1)
  }

  /// The images' indices in the order of an epoch (Fisher and Yates's shuffle).
  static func order(of count: Int, seed: UInt64, epoch: Int) -> [Int] {
    let random = CounterRandom(seed: seed, 2, UInt64(epoch))
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(i, Int((UInt64(random.bits(UInt32(i))) * UInt64(i + 1)) >> 32))
    }
    return order
  }

  /// Changes the parameters along the gradient, as step `step` from 0.
  private func update(step: Int, rate: Float) {
    let (beta1, beta2): (Float, Float) = (0.9, 0.999)
    func correction(_ beta: Float) -> Float { Float(1 - pow(Double(beta), Double(step + 1))) }
    kernels.adamW(
      AdamWStep(
        p: parameters.base, g: gradient.base, m: moments.first.base, v: moments.second.base,
        count: parameters.count, gradientScale: 1, rate: rate, beta1: beta1, beta2: beta2,
        epsilon: 1e-8, decay: 0, correction1: correction(beta1), correction2: correction(beta2)))
  }
}
