/// The operands of one matrix product `c (M, N) = a (M, K) · b (K, N)`.
public struct MatrixProduct {
  /// Rows of `a` and `c`, columns of `b` and `c`, and the summed dimension.
  public var M: Int, N: Int, K: Int
  /// Element `(m, k)` lies at `a[m · aRow + k · aColumn]`; a transposed operand swaps the strides.
  public var a: UnsafePointer<Float>, aRow: Int, aColumn: Int
  /// Distance between groups of `tileRows` rows of `a`; `tileRows · aRow` where it is not packed.
  ///
  /// Element `(m, k)` lies at `a[m / tileRows · aPanel + m % tileRows · aRow + k · aColumn]`.
  public var aPanel: Int
  /// The packed panels of `b`.
  public var panels: UnsafePointer<Float>
  /// Rows with which `b` was packed; at least `K`, whose first rows are used.
  public var packedRows: Int
  /// Element `(m, n)` lies at `c[m · cRow + n]`.
  public var c: UnsafeMutablePointer<Float>, cRow: Int
  /// Whether the product is added to `c`; otherwise `c` is overwritten without being read.
  public var accumulate: Bool
  /// Whether elements above the diagonal are not needed; they may then be written or not.
  public var lowerTriangle: Bool

  /// Rows of `a` that a product takes together, in every variant.
  public static let tileRows = 6

  /// The product whose first operand is packed by `KernelSet.packRows`.
  public init(
    M: Int, N: Int, K: Int, rowPanels a: UnsafePointer<Float>, panels: UnsafePointer<Float>,
    c: UnsafeMutablePointer<Float>, cRow: Int, accumulate: Bool
  ) {
    self.init(
      M: M, N: N, K: K, a: a, aRow: 1, aColumn: Self.tileRows, panels: panels, c: c, cRow: cRow,
      accumulate: accumulate)
    aPanel = Self.tileRows * K
  }

  public init(
    M: Int, N: Int, K: Int, a: UnsafePointer<Float>, aRow: Int, aColumn: Int = 1,
    panels: UnsafePointer<Float>, packedRows: Int? = nil, c: UnsafeMutablePointer<Float>,
    cRow: Int, accumulate: Bool, lowerTriangle: Bool = false
  ) {
    self.M = M
    self.N = N
    self.K = K
    self.a = a
    self.aRow = aRow
    self.aColumn = aColumn
    self.aPanel = Self.tileRows * aRow
    self.panels = panels
    self.packedRows = packedRows ?? K
    self.c = c
    self.cRow = cRow
    self.accumulate = accumulate
    self.lowerTriangle = lowerTriangle
  }
}
