/// The functions that one processor variant provides, all over bare pointers and counts.
///
/// Nothing but pointers, integers and floats crosses this boundary: a vector type has another
/// calling convention in each variant. Shapes are row-major; "stride" is the distance in elements
/// between the starts of two rows.
public struct KernelSet: Sendable {
  public typealias Floats = UnsafePointer<Float>
  public typealias MutableFloats = UnsafeMutablePointer<Float>

  /// Name as `IGLA_CPU` spells it: `portable`, `avx2`, `avx512`, `avx512bf16` or
  /// `neon`.
  public let name: String
  /// Columns of one packed panel, `P`.
  public let panelWidth: Int
  /// Where time is counted, for a set made by ``profiled(by:)``.
  public internal(set) var profile: Profile?
  /// What computes with bf16 numbers.
  public internal(set) var bfloat16: BFloat16Kernels

  /// Packs `b (K, N)` into panels of `P` columns, `(⌈N/P⌉, K, P)`, padded with zeros.
  ///
  /// Element `(k, n)` is read at `b[k · rowStride + n · columnStride]`; one of the strides is 1.
  public internal(set) var pack:
    @Sendable (
      _ b: Floats, _ rowStride: Int, _ columnStride: Int, _ K: Int, _ N: Int,
      _ panels: MutableFloats
    ) -> Void

  /// Packs `xᵀ` for `x (K, M)`, or what the prologue makes of it, as the first operand of a
  /// product: panels of ``MatrixProduct/tileRows`` rows, `(⌈M / tileRows⌉, K, tileRows)`, padded
  /// with zeros.
  public internal(set) var packRows:
    @Sendable (
      _ x: Floats, _ rowStride: Int, _ K: Int, _ M: Int, _ prologue: OperandPrologue,
      _ panels: MutableFloats
    ) -> Void

  /// Multiplies: `c = addend + a · b`, and then the epilogue.
  public internal(set) var multiply: @Sendable (_ product: MatrixProduct) -> Void

  /// Writes `gain · x / rms(x)` row by row and keeps `1 / rms`.
  public internal(set) var rmsNorm:
    @Sendable (
      _ x: Floats, _ gain: Floats, _ rows: Int, _ C: Int, _ out: MutableFloats,
      _ inverseRMS: MutableFloats
    ) -> Void
  /// Adds the gradient of `rmsNorm` to `dX` and `dGain`.
  public internal(set) var rmsNormBackward:
    @Sendable (
      _ x: Floats, _ gain: Floats, _ inverseRMS: Floats, _ dOut: Floats, _ rows: Int, _ C: Int,
      _ dX: MutableFloats, _ dGain: MutableFloats
    ) -> Void

  /// Adds `shift · y[t − 1]` to each row of `y`, in place; the first row stays.
  public internal(set) var tokenShift:
    @Sendable (_ y: MutableFloats, _ shift: Floats, _ T: Int, _ C: Int) -> Void
  /// Turns the gradient of the shifted rows into that of the rows before, in place.
  ///
  /// Adds to `dShift`. `unshifted` are the rows before the shift.
  public internal(set) var tokenShiftBackward:
    @Sendable (
      _ dY: MutableFloats, _ unshifted: Floats, _ shift: Floats, _ T: Int, _ C: Int,
      _ dShift: MutableFloats
    ) -> Void

  /// Normalises each head's row by its root mean square, rotates it and multiplies by `factor`,
  /// in place, keeping `1 / rms`.
  public internal(set) var rotary: @Sendable (_ rotation: Rotation) -> Void
  /// Turns the gradient of what `rotary` wrote into that of what it read, in place.
  public internal(set) var rotaryBackward:
    @Sendable (_ rotation: Rotation, _ gradient: MutableFloats) -> Void

  /// Replaces row `r` of the logits by softmax over columns `0...(first + r)`, zeros the rest of
  /// its `columns`, and keeps the log of the sum of exponentials.
  ///
  /// Here and in the next two, rows have room for `columns` rounded up to ``lanes``, and what lies
  /// there is not kept.
  public internal(set) var causalSoftmax:
    @Sendable (
      _ logits: MutableFloats, _ rows: Int, _ first: Int, _ columns: Int, _ stride: Int,
      _ logSum: MutableFloats
    ) -> Void
  /// The same from a kept log-sum: `exp(logit − logSum)`, zero above the diagonal.
  public internal(set) var causalSoftmaxAgain:
    @Sendable (
      _ logits: MutableFloats, _ rows: Int, _ first: Int, _ columns: Int, _ stride: Int,
      _ logSum: Floats
    ) -> Void
  /// Turns `dP` into the gradient of the logits, `P · (dP − Σ P·dP)`, in place, row by row.
  ///
  /// Row `r` has columns `0...(first + r)`; the rest of its `columns` become zero, whatever they
  /// held.
  public internal(set) var causalSoftmaxBackward:
    @Sendable (
      _ probabilities: Floats, _ dP: MutableFloats, _ rows: Int, _ first: Int, _ columns: Int,
      _ stride: Int
    ) -> Void

  /// Writes `max(x, 0)²`.
  public internal(set) var squaredReLU:
    @Sendable (_ x: Floats, _ count: Int, _ out: MutableFloats) -> Void
  /// Replaces `dOut` by the gradient of `x`: `dOut · 2 · max(x, 0)`.
  public internal(set) var squaredReLUBackward:
    @Sendable (_ x: Floats, _ count: Int, _ dOut: MutableFloats) -> Void

  /// Writes an activation of `x` to `out`, which may be `x`.
  public internal(set) var activate:
    @Sendable (_ kind: Activation, _ x: Floats, _ count: Int, _ out: MutableFloats) -> Void
  /// Replaces `dOut` by the gradient of an activation's input `x`.
  public internal(set) var activateBackward:
    @Sendable (_ kind: Activation, _ x: Floats, _ count: Int, _ dOut: MutableFloats) -> Void

  /// Returns `−ln softmax(logits)[target]` for one row and replaces the logits by their gradient.
  ///
  /// The gradient is multiplied by `scale`; where that is 0 the row's contents are lost.
  public internal(set) var crossEntropy:
    @Sendable (
      _ logits: MutableFloats, _ columns: Int, _ target: Int, _ scale: Float
    ) -> Float
  /// Replaces a row of logits by its softmax.
  public internal(set) var softmax: @Sendable (_ logits: MutableFloats, _ columns: Int) -> Void

  /// Runs a cellular automaton for each row: its readout and its entropy.
  public internal(set) var automaton: @Sendable (_ automaton: CellularAutomaton) -> Void
  /// From the gradients in readout and entropy to that in the drive, and those added to the weights'.
  ///
  /// All grids of the forward pass are there.
  public internal(set) var automatonBackward:
    @Sendable (_ automaton: CellularAutomaton, _ gradient: CellularAutomatonGradient) -> Void

  /// Zeroes the elements whose random bits fall under the threshold, an even number, and scales
  /// the others.
  public internal(set) var dropout:
    @Sendable (
      _ x: MutableFloats, _ count: Int, _ keyLow: UInt32, _ keyHigh: UInt32, _ threshold: UInt32,
      _ scale: Float
    ) -> Void

  /// Adds `factor · x` to `out`.
  public internal(set) var addScaled:
    @Sendable (
      _ x: Floats, _ factor: Float, _ count: Int, _ out: MutableFloats
    ) -> Void
  /// Writes `a · x + b · y` to `out`.
  public internal(set) var combine:
    @Sendable (
      _ a: Float, _ x: Floats, _ b: Float, _ y: Floats, _ count: Int, _ out: MutableFloats
    ) -> Void
  /// Adds each of `rows` rows of `x` to `out`, in order.
  public internal(set) var addRows:
    @Sendable (_ x: Floats, _ rows: Int, _ C: Int, _ out: MutableFloats) -> Void
  /// Returns the sum of squares.
  public internal(set) var sumOfSquares: @Sendable (_ x: Floats, _ count: Int) -> Double

  /// Returns the sum of all elements, in no particular order; reads memory as fast as it comes.
  public internal(set) var streamSum: @Sendable (_ x: Floats, _ count: Int) -> Float
  /// Multiplies and adds in registers only, in 12 independent chains of `count` steps.
  ///
  /// The fastest that this variant can compute: `24 · count · lanes` operations. Returns a number
  /// that depends on all of them.
  public internal(set) var multiplyAddChains: @Sendable (_ count: Int) -> Float
  /// Floats in one vector register of this variant.
  public let lanes: Int

  /// One AdamW step on `count` elements.
  public internal(set) var adamW: @Sendable (_ step: AdamWStep) -> Void

  public init(
    name: String, panelWidth: Int, lanes: Int, bfloat16: BFloat16Kernels,
    pack: @escaping @Sendable (Floats, Int, Int, Int, Int, MutableFloats) -> Void,
    packRows:
      @escaping @Sendable (Floats, Int, Int, Int, OperandPrologue, MutableFloats) -> Void,
    multiply: @escaping @Sendable (MatrixProduct) -> Void,
    rmsNorm: @escaping @Sendable (Floats, Floats, Int, Int, MutableFloats, MutableFloats) -> Void,
    rmsNormBackward:
      @escaping @Sendable (
        Floats, Floats, Floats, Floats, Int, Int, MutableFloats, MutableFloats
      ) -> Void,
    tokenShift: @escaping @Sendable (MutableFloats, Floats, Int, Int) -> Void,
    tokenShiftBackward:
      @escaping @Sendable (
        MutableFloats, Floats, Floats, Int, Int, MutableFloats
      ) -> Void,
    rotary: @escaping @Sendable (Rotation) -> Void,
    rotaryBackward: @escaping @Sendable (Rotation, MutableFloats) -> Void,
    causalSoftmax: @escaping @Sendable (MutableFloats, Int, Int, Int, Int, MutableFloats) -> Void,
    causalSoftmaxAgain: @escaping @Sendable (MutableFloats, Int, Int, Int, Int, Floats) -> Void,
    causalSoftmaxBackward:
      @escaping @Sendable (Floats, MutableFloats, Int, Int, Int, Int) -> Void,
    squaredReLU: @escaping @Sendable (Floats, Int, MutableFloats) -> Void,
    squaredReLUBackward: @escaping @Sendable (Floats, Int, MutableFloats) -> Void,
    activate: @escaping @Sendable (Activation, Floats, Int, MutableFloats) -> Void,
    activateBackward: @escaping @Sendable (Activation, Floats, Int, MutableFloats) -> Void,
    crossEntropy: @escaping @Sendable (MutableFloats, Int, Int, Float) -> Float,
    softmax: @escaping @Sendable (MutableFloats, Int) -> Void,
    automaton: @escaping @Sendable (CellularAutomaton) -> Void,
    automatonBackward:
      @escaping @Sendable (CellularAutomaton, CellularAutomatonGradient) -> Void,
    dropout: @escaping @Sendable (MutableFloats, Int, UInt32, UInt32, UInt32, Float) -> Void,
    addScaled: @escaping @Sendable (Floats, Float, Int, MutableFloats) -> Void,
    combine: @escaping @Sendable (Float, Floats, Float, Floats, Int, MutableFloats) -> Void,
    addRows: @escaping @Sendable (Floats, Int, Int, MutableFloats) -> Void,
    sumOfSquares: @escaping @Sendable (Floats, Int) -> Double,
    streamSum: @escaping @Sendable (Floats, Int) -> Float,
    multiplyAddChains: @escaping @Sendable (Int) -> Float,
    adamW: @escaping @Sendable (AdamWStep) -> Void
  ) {
    self.name = name
    self.panelWidth = panelWidth
    self.lanes = lanes
    self.streamSum = streamSum
    self.multiplyAddChains = multiplyAddChains
    self.bfloat16 = bfloat16
    self.pack = pack
    self.packRows = packRows
    self.multiply = multiply
    self.rmsNorm = rmsNorm
    self.rmsNormBackward = rmsNormBackward
    self.tokenShift = tokenShift
    self.tokenShiftBackward = tokenShiftBackward
    self.rotary = rotary
    self.rotaryBackward = rotaryBackward
    self.causalSoftmax = causalSoftmax
    self.causalSoftmaxAgain = causalSoftmaxAgain
    self.causalSoftmaxBackward = causalSoftmaxBackward
    self.squaredReLU = squaredReLU
    self.squaredReLUBackward = squaredReLUBackward
    self.activate = activate
    self.activateBackward = activateBackward
    self.crossEntropy = crossEntropy
    self.softmax = softmax
    self.automaton = automaton
    self.automatonBackward = automatonBackward
    self.dropout = dropout
    self.addScaled = addScaled
    self.combine = combine
    self.addRows = addRows
    self.sumOfSquares = sumOfSquares
    self.adamW = adamW
  }
}
