/// The functions that one processor variant provides, all over bare pointers and counts.
///
/// Nothing but pointers, integers and floats crosses this boundary: a vector type has another
/// calling convention in each variant. Shapes are row-major; "stride" is the distance in elements
/// between the starts of two rows.
public struct KernelSet: Sendable {
  public typealias Floats = UnsafePointer<Float>
  public typealias MutableFloats = UnsafeMutablePointer<Float>

  /// Name as `IGLA_CPU` spells it: `portable`, `avx2`, `avx512` or `avx512bf16`.
  public let name: String
  /// Columns of one packed panel, `P`.
  public let panelWidth: Int
  /// What computes with bf16 numbers.
  public let bfloat16: BFloat16Kernels

  /// Packs `b (K, N)` into panels of `P` columns, `(⌈N/P⌉, K, P)`, padded with zeros.
  ///
  /// Element `(k, n)` is read at `b[k · rowStride + n · columnStride]`; one of the strides is 1.
  public let pack:
    @Sendable (
      _ b: Floats, _ rowStride: Int, _ columnStride: Int, _ K: Int, _ N: Int,
      _ panels: MutableFloats
    ) -> Void

  /// Multiplies: `c = a · b`, or `c += a · b` when accumulating.
  public let multiply: @Sendable (_ product: MatrixProduct) -> Void

  /// Writes `gain · x / rms(x)` row by row and keeps `1 / rms`.
  public let rmsNorm:
    @Sendable (
      _ x: Floats, _ gain: Floats, _ rows: Int, _ C: Int, _ out: MutableFloats,
      _ inverseRMS: MutableFloats
    ) -> Void
  /// Adds the gradient of `rmsNorm` to `dX` and `dGain`.
  public let rmsNormBackward:
    @Sendable (
      _ x: Floats, _ gain: Floats, _ inverseRMS: Floats, _ dOut: Floats, _ rows: Int, _ C: Int,
      _ dX: MutableFloats, _ dGain: MutableFloats
    ) -> Void

  /// Adds `shift · y[t − 1]` to each row of `y`, in place; the first row stays.
  public let tokenShift: @Sendable (_ y: MutableFloats, _ shift: Floats, _ T: Int, _ C: Int) -> Void
  /// Turns the gradient of the shifted rows into that of the rows before, in place.
  ///
  /// Adds to `dShift`. `unshifted` are the rows before the shift.
  public let tokenShiftBackward:
    @Sendable (
      _ dY: MutableFloats, _ unshifted: Floats, _ shift: Floats, _ T: Int, _ C: Int,
      _ dShift: MutableFloats
    ) -> Void

  /// Normalises each head's row by its root mean square, rotates it and multiplies by `factor`,
  /// in place, keeping `1 / rms`.
  public let rotary: @Sendable (_ rotation: Rotation) -> Void
  /// Turns the gradient of what `rotary` wrote into that of what it read, in place.
  public let rotaryBackward: @Sendable (_ rotation: Rotation, _ gradient: MutableFloats) -> Void

  /// Replaces row `r` of the logits by softmax over columns `0...(first + r)`, zeros the rest of
  /// its `columns`, and keeps the log of the sum of exponentials.
  public let causalSoftmax:
    @Sendable (
      _ logits: MutableFloats, _ rows: Int, _ first: Int, _ columns: Int, _ stride: Int,
      _ logSum: MutableFloats
    ) -> Void
  /// The same from a kept log-sum: `exp(logit − logSum)`, zero above the diagonal.
  public let causalSoftmaxAgain:
    @Sendable (
      _ logits: MutableFloats, _ rows: Int, _ first: Int, _ columns: Int, _ stride: Int,
      _ logSum: Floats
    ) -> Void
  /// Turns `dP` into the gradient of the logits, `P · (dP − Σ P·dP)`, in place, row by row.
  public let softmaxBackward:
    @Sendable (
      _ probabilities: Floats, _ dP: MutableFloats, _ rows: Int, _ columns: Int, _ stride: Int
    ) -> Void

  /// Writes `max(x, 0)²`.
  public let squaredReLU: @Sendable (_ x: Floats, _ count: Int, _ out: MutableFloats) -> Void
  /// Replaces `dOut` by the gradient of `x`: `dOut · 2 · max(x, 0)`.
  public let squaredReLUBackward:
    @Sendable (_ x: Floats, _ count: Int, _ dOut: MutableFloats) -> Void

  /// Returns `−ln softmax(logits)[target]` for one row and replaces the logits by their gradient.
  ///
  /// The gradient is multiplied by `scale`; where that is 0 the row's contents are lost.
  public let crossEntropy:
    @Sendable (
      _ logits: MutableFloats, _ columns: Int, _ target: Int, _ scale: Float
    ) -> Float
  /// Replaces a row of logits by its softmax.
  public let softmax: @Sendable (_ logits: MutableFloats, _ columns: Int) -> Void

  /// Zeroes the elements whose random bits fall under the threshold, an even number, and scales
  /// the others.
  public let dropout:
    @Sendable (
      _ x: MutableFloats, _ count: Int, _ keyLow: UInt32, _ keyHigh: UInt32, _ threshold: UInt32,
      _ scale: Float
    ) -> Void

  /// Adds `factor · x` to `out`.
  public let addScaled:
    @Sendable (
      _ x: Floats, _ factor: Float, _ count: Int, _ out: MutableFloats
    ) -> Void
  /// Writes `a · x + b · y` to `out`.
  public let combine:
    @Sendable (
      _ a: Float, _ x: Floats, _ b: Float, _ y: Floats, _ count: Int, _ out: MutableFloats
    ) -> Void
  /// Adds each of `rows` rows of `x` to `out`, in order.
  public let addRows: @Sendable (_ x: Floats, _ rows: Int, _ C: Int, _ out: MutableFloats) -> Void
  /// Returns the sum of squares.
  public let sumOfSquares: @Sendable (_ x: Floats, _ count: Int) -> Double

  /// One AdamW step on `count` elements.
  public let adamW: @Sendable (_ step: AdamWStep) -> Void

  public init(
    name: String, panelWidth: Int, bfloat16: BFloat16Kernels,
    pack: @escaping @Sendable (Floats, Int, Int, Int, Int, MutableFloats) -> Void,
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
    softmaxBackward: @escaping @Sendable (Floats, MutableFloats, Int, Int, Int) -> Void,
    squaredReLU: @escaping @Sendable (Floats, Int, MutableFloats) -> Void,
    squaredReLUBackward: @escaping @Sendable (Floats, Int, MutableFloats) -> Void,
    crossEntropy: @escaping @Sendable (MutableFloats, Int, Int, Float) -> Float,
    softmax: @escaping @Sendable (MutableFloats, Int) -> Void,
    dropout: @escaping @Sendable (MutableFloats, Int, UInt32, UInt32, UInt32, Float) -> Void,
    addScaled: @escaping @Sendable (Floats, Float, Int, MutableFloats) -> Void,
    combine: @escaping @Sendable (Float, Floats, Float, Floats, Int, MutableFloats) -> Void,
    addRows: @escaping @Sendable (Floats, Int, Int, MutableFloats) -> Void,
    sumOfSquares: @escaping @Sendable (Floats, Int) -> Double,
    adamW: @escaping @Sendable (AdamWStep) -> Void
  ) {
    self.name = name
    self.panelWidth = panelWidth
    self.bfloat16 = bfloat16
    self.pack = pack
    self.multiply = multiply
    self.rmsNorm = rmsNorm
    self.rmsNormBackward = rmsNormBackward
    self.tokenShift = tokenShift
    self.tokenShiftBackward = tokenShiftBackward
    self.rotary = rotary
    self.rotaryBackward = rotaryBackward
    self.causalSoftmax = causalSoftmax
    self.causalSoftmaxAgain = causalSoftmaxAgain
    self.softmaxBackward = softmaxBackward
    self.squaredReLU = squaredReLU
    self.squaredReLUBackward = squaredReLUBackward
    self.crossEntropy = crossEntropy
    self.softmax = softmax
    self.dropout = dropout
    self.addScaled = addScaled
    self.combine = combine
    self.addRows = addRows
    self.sumOfSquares = sumOfSquares
    self.adamW = adamW
  }
}
