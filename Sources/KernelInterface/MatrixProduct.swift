/// The operands of one matrix product `c (M, N) = a (M, K) · b (K, N)`.
public struct MatrixProduct {
  /// Rows of `a` and `c`, columns of `b` and `c`, and the summed dimension.
  public var M: Int, N: Int, K: Int
  /// Element `(m, k)` lies at `a[m · aRow + k · aColumn]`; a transposed operand swaps the strides.
  public var a: UnsafePointer<Float>, aRow: Int, aColumn: Int
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
    self.panels = panels
    self.packedRows = packedRows ?? K
    self.c = c
    self.cRow = cRow
    self.accumulate = accumulate
    self.lowerTriangle = lowerTriangle
  }
}
