/// The operands of one matrix product `c (M, N) = addend + a (M, K) · b (K, N)`.
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
  /// What the product is added to.
  public let addend: ProductAddend
  /// Which part of the work is known to be of no use; none where there is an epilogue.
  public private(set) var triangle = Triangle.none
  /// What is done to the complete sums.
  public let epilogue: ProductEpilogue

  /// Triangles that a product may leave out.
  ///
  /// With finite operands the rest of the result has the same bits, up to the sign of zeros. What
  /// is left out goes by whole tiles, so an infinite element of `b` beside a zero of `a` may or may
  /// not spoil a sum.
  public enum Triangle: Sendable, Hashable {
    case none
    /// Elements `c[m, n]` with `n > m + diagonal` are not needed; they may be written or not.
    case result(diagonal: Int)
    /// Elements `a[m, k]` with `k > m + diagonal` are zero.
    case operand(diagonal: Int)
    /// Elements `a[m, k]` with `k < m` are zero.
    case transposedOperand

    /// Share of the multiplications that is left, for `M` rows, `N` columns and depth `K`.
    public func share(M: Int, N: Int, K: Int) -> Double {
      func below(_ rows: Int, _ columns: Int, _ diagonal: Int) -> Double {
        var count = 0
        for row in 0..<rows { count += min(columns, max(0, row + diagonal + 1)) }
        return Double(count) / Double(max(rows * columns, 1))
      }
      switch self {
      case .none: return 1
      case .result(let diagonal): return below(M, N, diagonal)
      case .operand(let diagonal): return below(M, K, diagonal)
      case .transposedOperand: return below(K, M, 0)
      }
    }
  }

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

  /// The product that replaces `c` or, where `accumulate` says so, is added to it.
  public init(
    M: Int, N: Int, K: Int, a: UnsafePointer<Float>, aRow: Int, aColumn: Int = 1,
    panels: UnsafePointer<Float>, packedRows: Int? = nil, c: UnsafeMutablePointer<Float>,
    cRow: Int, accumulate: Bool, triangle: Triangle = .none
  ) {
    self.init(
      M: M, N: N, K: K, a: a, aRow: aRow, aColumn: aColumn, panels: panels,
      packedRows: packedRows, c: c, cRow: cRow, addend: accumulate ? .result : .nothing)
    self.triangle = triangle
  }

  /// The product with what comes before and after it.
  public init(
    M: Int, N: Int, K: Int, a: UnsafePointer<Float>, aRow: Int, aColumn: Int = 1,
    panels: UnsafePointer<Float>, packedRows: Int? = nil, c: UnsafeMutablePointer<Float>,
    cRow: Int, addend: ProductAddend, epilogue: ProductEpilogue = .none
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
    self.addend = addend
    self.epilogue = epilogue
  }
}
