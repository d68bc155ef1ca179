internal import KernelInterface

/// A rule that moves matrices along their orthogonalised momentum: Muon and its variants.
package protocol OrthogonalRule: UpdateRule {
  var momentum: OrthogonalMomentum { get }

  /// Updates `matrix` of the parameters.
  func apply(_ move: OrthogonalMomentum.Move, to matrix: ParameterSlice, _ step: UpdateStep)
}

extension OrthogonalRule {
  package static var takesMatrices: Bool { true }

  package func update(
    _ matrix: ParameterSlice, _ step: UpdateStep, _ newtonSchulz: NewtonSchulz?
  ) {
    guard let newtonSchulz else { preconditionFailure("[\(Self.self)] a matrix without memory") }
    apply(momentum.move(of: matrix, step, newtonSchulz), to: matrix, step)
  }
}

/// Nesterov momentum of a matrix, orthogonalised: the direction that Muon and its variants move in.
///
///     M ← β M + (1 − β) g        u = (1 − β) g + β M        O = NewtonSchulz₅(u)
///
/// `M` is the rule's first array. β rises over the matrix's first 300 steps from 0.85, or from its end where
/// that is less, to ``TrainingConfiguration/momentum``. η = `muon_lr`, λ = `muon_weight_decay`.
package struct OrthogonalMomentum: Sendable {
  private static let start = 0.85, steps = 300.0

  private let end: Double
  private let rate: Double
  private let decay: Float

  init(_ configuration: TrainingConfiguration) {
    end = configuration.momentum
    rate = configuration.muonRate
    decay = Float(configuration.muonWeightDecay)
  }

  /// A step's `O`, in the orientation in which it was computed, and its factors; valid until the next
  /// use of its memory.
  package struct Move {
    let values: UnsafeMutablePointer<Float>
    let rowStride: Int, columnStride: Int
    /// As many elements, for a rule's own use.
    let spare: UnsafeMutablePointer<Float>
    /// `η √max(1, outputs/inputs)`.
    let scale: Float
    /// `1 − ηλ`.
    let shrink: Float

    subscript(row: Int, column: Int) -> Float {
      get { values[row * rowStride + column * columnStride] }
      nonmutating set { values[row * rowStride + column * columnStride] = newValue }
    }

    /// `W ← W · shrink − scale · O`, whatever scale that is.
    func apply(scale: Float, to matrix: ParameterSlice, _ step: UpdateStep) {
      for row in 0..<matrix.rows {
        let p = step.parameters + matrix.offset + row * matrix.stride
        for column in 0..<matrix.columns {
          p[column] = p[column] * shrink - scale * self[row, column]
        }
      }
    }
  }

  /// Advances the momentum and returns the step's move, in memory of `newtonSchulz`.
  func move(
    of matrix: ParameterSlice, _ step: UpdateStep, _ newtonSchulz: NewtonSchulz
  ) -> Move {
    let progress = min(1, Double(step.number - matrix.start - 1) / Self.steps)
    let start = min(Self.start, end)
    let momentum = Float(start + (end - start) * progress)
    let flipped = matrix.rows > matrix.columns
    let (short, long) =
      flipped ? (matrix.columns, matrix.rows) : (matrix.rows, matrix.columns)
    let rate = Float(rate * step.rateFactor)
    let move = Move(
      values: newtonSchulz.x, rowStride: flipped ? 1 : long, columnStride: flipped ? long : 1,
      spare: newtonSchulz.y, scale: rate * matrix.spectralScale, shrink: 1 - rate * decay)
    for row in 0..<matrix.rows {
      let start = matrix.offset + row * matrix.stride
      let (g, m) = (step.gradient + start, step.first + start)
      for column in 0..<matrix.columns {
        let value = g[column] * step.gradientScale
        let mean = momentum * m[column] + (1 - momentum) * value
        m[column] = mean
        move[row, column] = (1 - momentum) * value + momentum * mean
      }
    }
    newtonSchulz.orthogonalise(rows: short, columns: long, step.kernels)
    return move
  }
}

extension ParameterSlice {
  /// √max(1, outputs/inputs), which gives a matrix of orthonormal rows or columns the spectral norm
  /// that its shape needs for outputs of the size of its inputs.
  fileprivate var spectralScale: Float { max(1, Float(columns) / Float(rows)).squareRoot() }
}
