internal import KernelInterface
internal import Kernels

extension Transformer {
  /// Adds the gradients of the bytes beyond the next one, and to `space.rowsA` that in the latents.
  ///
  /// Reads the latents in `space.finalRows`; writes over `space.logits` and `space.dResidual`.
  /// `targets` are the `(sequences, length)` bytes that follow the part's, `scale` is the weight of each
  /// position of the next byte.
  func extraBytesBackward(
    _ part: Part, _ space: Workspace, targets: UnsafePointer<UInt8>, scale: Float,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    guard let extra, scale != 0 else { return }
    let (C, V, rows) = (configuration.width, ModelConfiguration.vocabulary, part.rows)
    let share = scale * Float(extra.share)
    for (index, matrix) in packed.extra.enumerated() {
      let (bias, distance) = (layout.extra[index].bias, index + 1)
      product(
        space, rows: rows, .floats(space.finalRows, stride: C), matrix, into: space.logits, V,
        addend: .rows(parameterArena.base + bias.offset, stride: 0))
      for row in 0..<rows {
        let logits = space.logits + row * V
        if row % part.length + distance < part.length {
          _ = kernels.crossEntropy(logits, V, Int(targets[row + distance]), share)
        } else {
          logits.update(repeating: 0, count: V)
        }
      }
      kernels.addRows(space.logits, rows, V, gradient + bias.offset)
      linearBackward(
        rows, space, matrix, input: space.finalRows, C, dOut: space.logits, V,
        dInput: space.dResidual, C, gradient)
      kernels.addScaled(space.dResidual, 1, rows * C, space.rowsA)
    }
  }
}
