package import Corpora
internal import KernelInterface

extension ImageClassifier {
  /// Makes the passes read the parameters as they are now, rounded as `rounding` says.
  package func renew(rounding: NetworkRounding?) {
    let (I, H, C) = (shape.inputs, shape.hidden, shape.classes)
    self.rounding = rounding
    if let rounding {
      rounding.format.round(parameters.base, parameters.count, into: weights.base)
    } else {
      weights.base.update(from: parameters.base, count: parameters.count)
    }
    for value in 0..<256 { pixelValues[value] = Float(value) / 255 }
    if let rounding, rounding.activations {
      rounding.format.round(pixelValues, 256, into: pixelValues)
    }
    kernels.pack(weights.hiddenWeights, H, 1, I, H, hiddenPanels)
    kernels.pack(weights.outputWeights, C, 1, H, C, outputPanels)
    kernels.pack(weights.outputWeights, 1, C, C, H, transposedPanels)
  }

  /// Returns the mean loss over some images and writes its gradient.
  ///
  /// - Precondition: ``renew(rounding:)`` was called since the parameters changed; there are
  ///   between 1 and `batch` images, of `inputs` pixels.
  package func lossAndGradient(_ samples: ImageSet.Samples, at indices: ArraySlice<Int>) -> Double {
    let rows = indices.count
    let (H, C) = (shape.hidden, shape.classes)
    forward(samples, at: indices)
    var loss = 0.0
    for (row, index) in indices.enumerated() {
      let label = Int(samples.labels[index])
      loss += Double(kernels.crossEntropy(logits + row * C, C, label, 1 / Float(rows)))
    }
    layerGradient(
      of: hidden, H, logits, C, rows, weights: gradient.outputWeights, bias: gradient.outputBias)
    kernels.multiply(
      MatrixProduct(
        M: rows, N: H, K: C, a: logits, aRow: C, panels: transposedPanels, c: hiddenGradient,
        cRow: H, accumulate: false))
    for i in 0..<rows * H where !(hidden[i] > 0) { hiddenGradient[i] = 0 }
    layerGradient(
      of: inputs, shape.inputs, hiddenGradient, H, rows, weights: gradient.hiddenWeights,
      bias: gradient.hiddenBias)
    return loss / Double(rows)
  }

  /// Counts the images whose class has the largest logit, the first of equal ones.
  ///
  /// A logit that is not a number makes the image a wrong one.
  package func correct(in samples: ImageSet.Samples, rounding: NetworkRounding?) -> Int {
    renew(rounding: rounding)
    let C = shape.classes
    let all = Array(0..<samples.count)
    var count = 0
    for start in stride(from: 0, to: all.count, by: batch) {
      let indices = all[start..<min(start + batch, all.count)]
      forward(samples, at: indices)
      for (row, index) in indices.enumerated() {
        let (found, label) = (logits + row * C, Int(samples.labels[index]))
        let wins = (0..<C).allSatisfy {
          $0 == label || found[label] > found[$0] || (found[label] == found[$0] && label < $0)
        }
        if wins { count += 1 }
      }
    }
    return count
  }

  /// Writes inputs, hidden layer and logits of some images.
  private func forward(_ samples: ImageSet.Samples, at indices: ArraySlice<Int>) {
    let rows = indices.count
    let (I, H, C) = (shape.inputs, shape.hidden, shape.classes)
    samples.pixels.withUnsafeBufferPointer { pixels in
      for (row, index) in indices.enumerated() {
        for i in 0..<I { inputs[row * I + i] = pixelValues[Int(pixels[index * I + i])] }
      }
    }
    kernels.multiply(
      MatrixProduct(
        M: rows, N: H, K: I, a: inputs, aRow: I, panels: hiddenPanels, c: hidden, cRow: H,
        addend: .rows(weights.hiddenBias, stride: 0)))
    for i in 0..<rows * H { hidden[i] = max(hidden[i], 0) }
    roundActivations(hidden, rows * H)
    kernels.multiply(
      MatrixProduct(
        M: rows, N: C, K: H, a: hidden, aRow: H, panels: outputPanels, c: logits, cRow: C,
        addend: .rows(weights.outputBias, stride: 0)))
    roundActivations(logits, rows * C)
  }

  private func roundActivations(_ x: UnsafeMutablePointer<Float>, _ count: Int) {
    guard let rounding, rounding.activations else { return }
    rounding.format.round(x, count, into: x)
  }

  /// Writes `xᵀ·dY` and the column sums of `dY`, for `x (rows, K)` and `dY (rows, N)`.
  private func layerGradient(
    of x: UnsafeMutablePointer<Float>, _ K: Int, _ dY: UnsafeMutablePointer<Float>, _ N: Int,
    _ rows: Int, weights: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>
  ) {
    kernels.pack(dY, N, 1, rows, N, gradientPanels)
    kernels.packRows(x, K, rows, K, .none, rowPanels)
    kernels.multiply(
      MatrixProduct(
        M: K, N: N, K: rows, rowPanels: rowPanels, panels: gradientPanels, c: weights, cRow: N,
        accumulate: false))
    bias.update(repeating: 0, count: N)
    kernels.addRows(dY, rows, N, bias)
  }
}
