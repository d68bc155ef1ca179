/// The operands of a cellular automaton that one row of activations drives: a 9 × 9 torus of cells,
/// each a distribution `s[i, :]` over 9 states, for each of ``rows`` rows on its own.
///
///     given[i, k] = drive[i] · direction[k] + drive[81 + k]
///     s₀[i, :] = softmax(seed[i, :] + given[i, :])
///     sₜ[i, :] = softmax(sₜ₋₁[i, :] · centre + (Σ over the 4 neighbours j: sₜ₋₁[j, :]) · neighbours
///                        + bias + given[i, :])
///     readout[i] = s[i, :] · value
///     entropy = −Σ_k p[k] · log₂ p[k],  p[k] = mean over i of s[i, k]
///
/// Readout and entropy are of the last step. Where ``drivesSteps`` is false, `given` counts in `s₀`
/// alone.
public struct CellularAutomaton {
  /// Cells of a row and of a column of the torus, and of all.
  public static let side = 9, cells = 81
  /// States of a cell, `K`.
  public static let states = 9
  /// Numbers of a row's drive: one a cell and one a state.
  public static let drives = cells + states
  /// Rows of the rule `(19, 9)`: nine of the centre's weights, nine of the neighbours', the bias.
  public static let ruleRows = 2 * states + 1

  public var rows: Int, steps: Int
  /// `(rows, 90)`; the backward pass replaces it by its gradient.
  public var drive: UnsafeMutablePointer<Float>
  /// `(81, 9)`, `(9)`, `(9)` and `(19, 9)`.
  public var seed: UnsafePointer<Float>, direction: UnsafePointer<Float>
  public var value: UnsafePointer<Float>, rule: UnsafePointer<Float>
  /// Whether the drive counts in every step, or in the first states alone.
  public var drivesSteps: Bool
  /// Where states lie while the automaton runs, ``gridElements(rows:steps:keeps:lanes:)`` floats.
  public var grids: UnsafeMutablePointer<Float>
  /// Whether all of them stay there, for the backward pass.
  public var keepsGrids: Bool
  /// `(rows, 81)`; for the backward pass the gradient in it.
  public var readout: UnsafeMutablePointer<Float>
  /// `(rows)`, in bits; for the backward pass the gradient in it.
  public var entropy: UnsafeMutablePointer<Float>
  /// ``scratchElements(lanes:)`` floats.
  public var scratch: UnsafeMutablePointer<Float>

  public init(
    rows: Int, steps: Int, drive: UnsafeMutablePointer<Float>, seed: UnsafePointer<Float>,
    direction: UnsafePointer<Float>, value: UnsafePointer<Float>, rule: UnsafePointer<Float>,
    drivesSteps: Bool, grids: UnsafeMutablePointer<Float>, keepsGrids: Bool,
    readout: UnsafeMutablePointer<Float>, entropy: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>
  ) {
    self.rows = rows
    self.steps = steps
    self.drive = drive
    self.seed = seed
    self.direction = direction
    self.value = value
    self.rule = rule
    self.drivesSteps = drivesSteps
    self.grids = grids
    self.keepsGrids = keepsGrids
    self.readout = readout
    self.entropy = entropy
    self.scratch = scratch
  }

  /// Floats of ``grids`` for kernels of so many lanes: a register holds a state of as many rows.
  public static func gridElements(rows: Int, steps: Int, keeps: Bool, lanes: Int) -> Int {
    let group = cells * states * lanes
    return keeps ? (rows + lanes - 1) / lanes * (steps + 1) * group : 2 * group
  }

  /// Floats of ``scratch`` for kernels of so many lanes.
  public static func scratchElements(lanes: Int) -> Int {
    (2 * drives + cells + 3 * cells * states + (ruleRows + 3) * states) * lanes
  }
}

/// Where the gradients of an automaton's weights are added.
public struct CellularAutomatonGradient {
  public var seed: UnsafeMutablePointer<Float>, direction: UnsafeMutablePointer<Float>
  public var value: UnsafeMutablePointer<Float>
  /// Nil for a rule that stays as it is.
  public var rule: UnsafeMutablePointer<Float>?

  public init(
    seed: UnsafeMutablePointer<Float>, direction: UnsafeMutablePointer<Float>,
    value: UnsafeMutablePointer<Float>, rule: UnsafeMutablePointer<Float>?
  ) {
    self.seed = seed
    self.direction = direction
    self.value = value
    self.rule = rule
  }
}
