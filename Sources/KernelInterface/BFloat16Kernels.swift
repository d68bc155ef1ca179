/// The functions of one processor variant that compute with bf16 numbers.
///
/// bf16 is the upper half of a float32: its sign, its exponent, 7 of its 23 fraction bits. Rounding
/// is to nearest even with a relative error of at most 2⁻⁹; what exceeds the largest bf16 number by
/// half a unit becomes infinite, and NaN stays NaN. ``BFloat16Product`` says what a word is.
public struct BFloat16Kernels: Sendable {
  public typealias Floats = UnsafePointer<Float>
  public typealias MutableWords = UnsafeMutablePointer<UInt32>

  /// Whether `multiply` is the processor's own dot product of bf16 pairs.
  ///
  /// Otherwise float32 arithmetic on the halves gives the same sums, more slowly.
  public let inHardware: Bool
  /// Columns of one packed panel, `P`.
  public let panelWidth: Int

  /// Rounds `x (rows, columns)` to words of column pairs, `(rows, ⌈columns/2⌉)`.
  public let pairColumns:
    @Sendable (
      _ x: Floats, _ stride: Int, _ rows: Int, _ columns: Int, _ words: MutableWords,
      _ wordStride: Int
    ) -> Void

  /// Rounds `x (rows, columns)`, or what the prologue makes of it, to words of row pairs,
  /// `(⌈rows/2⌉, columns)`.
  public let pairRows:
    @Sendable (
      _ x: Floats, _ stride: Int, _ rows: Int, _ columns: Int, _ prologue: OperandPrologue,
      _ words: MutableWords, _ wordStride: Int
    ) -> Void

  /// Rounds and packs `b (K, N)` into panels of `P` columns, `(⌈N/P⌉, ⌈K/2⌉, P)` words.
  ///
  /// Element `(k, n)` is read at `b[k · rowStride + n · columnStride]`; what lies outside is zero.
  public let pack:
    @Sendable (
      _ b: Floats, _ rowStride: Int, _ columnStride: Int, _ K: Int, _ N: Int,
      _ panels: MutableWords
    ) -> Void

  /// Multiplies: `c = addend + a · b`, and then the epilogue.
  ///
  /// An element's sum starts at zero and takes each word's high product, then its low one, each
  /// rounded once to float32; every 256 words it is added, to the addend first and then to what came
  /// of it, and starts anew. So all variants give the same bits, but for numbers below 2⁻¹²⁶, which
  /// the hardware takes for zero, and sums whose single products overflow.
  ///
  /// - Source: Intel 64 and IA-32 Architectures Software Developer's Manual, VDPBF16PS.
  public let multiply: @Sendable (_ product: BFloat16Product) -> Void

  /// Multiplies and adds pairs in registers only, in 12 independent chains of `count` steps.
  ///
  /// The fastest that this variant can compute: `48 · count · lanes` operations. Returns a number
  /// that depends on all of them.
  public let multiplyAddChains: @Sendable (_ count: Int) -> Float

  public init(
    inHardware: Bool, panelWidth: Int,
    pairColumns: @escaping @Sendable (Floats, Int, Int, Int, MutableWords, Int) -> Void,
    pairRows:
      @escaping @Sendable (Floats, Int, Int, Int, OperandPrologue, MutableWords, Int) -> Void,
    pack: @escaping @Sendable (Floats, Int, Int, Int, Int, MutableWords) -> Void,
    multiply: @escaping @Sendable (BFloat16Product) -> Void,
    multiplyAddChains: @escaping @Sendable (Int) -> Float
  ) {
    self.inHardware = inHardware
    self.panelWidth = panelWidth
    self.pairColumns = pairColumns
    self.pairRows = pairRows
    self.pack = pack
    self.multiply = multiply
    self.multiplyAddChains = multiplyAddChains
  }
}
