/// One sequence's queries or keys: where they lie, and how they are normed and turned.
///
/// The last channel of a head of odd size is normed but not turned.
public struct Rotation {
  /// Rows, one a position; row `t` starts at `x[t · stride]` and holds `H` heads of `D` channels.
  public var x: UnsafeMutablePointer<Float>, T: Int, stride: Int, H: Int, D: Int
  /// cos and sin of `t · base^(−2i/D)`, shape `(T, ⌊D/2⌋)` each.
  public var cosines: UnsafePointer<Float>, sines: UnsafePointer<Float>
  /// Multiplies the result.
  public var factor: Float
  /// `1 / rms` of each head's row before, shape `(T, H)`.
  public var inverseRMS: UnsafeMutablePointer<Float>

  public init(
    x: UnsafeMutablePointer<Float>, T: Int, stride: Int, H: Int, D: Int,
    cosines: UnsafePointer<Float>, sines: UnsafePointer<Float>, factor: Float,
    inverseRMS: UnsafeMutablePointer<Float>
  ) {
    self.x = x
    self.T = T
    self.stride = stride
    self.H = H
    self.D = D
    self.cosines = cosines
    self.sines = sines
    self.factor = factor
    self.inverseRMS = inverseRMS
  }
}
