import KernelInterface

/// A number for each of a cell's nine states, in registers: a lane is a row of activations.
struct CellStates {
  var s0 = Vector.zero, s1 = Vector.zero, s2 = Vector.zero
  var s3 = Vector.zero, s4 = Vector.zero, s5 = Vector.zero
  var s6 = Vector.zero, s7 = Vector.zero, s8 = Vector.zero

  @inline(__always)
  init() {}

  /// Reads nine registers that lie one after another.
  @inline(__always)
  init(_ p: UnsafePointer<Float>) {
    let W = Vector.scalarCount
    (s0, s1, s2) = (load(p), load(p + W), load(p + 2 * W))
    (s3, s4, s5) = (load(p + 3 * W), load(p + 4 * W), load(p + 5 * W))
    (s6, s7, s8) = (load(p + 6 * W), load(p + 7 * W), load(p + 8 * W))
  }

  @inline(__always)
  func write(_ p: UnsafeMutablePointer<Float>) {
    let W = Vector.scalarCount
    store(s0, p)
    store(s1, p + W)
    store(s2, p + 2 * W)
    store(s3, p + 3 * W)
    store(s4, p + 4 * W)
    store(s5, p + 5 * W)
    store(s6, p + 6 * W)
    store(s7, p + 7 * W)
    store(s8, p + 8 * W)
  }

  /// Adds `x · w[k · stride]` to state `k`.
  @inline(__always)
  mutating func add(_ x: Vector, times w: UnsafePointer<Float>, stride: Int = 1) {
    s0 = multiplyAdd(s0, x, Vector(repeating: w[0]))
    s1 = multiplyAdd(s1, x, Vector(repeating: w[stride]))
    s2 = multiplyAdd(s2, x, Vector(repeating: w[2 * stride]))
    s3 = multiplyAdd(s3, x, Vector(repeating: w[3 * stride]))
    s4 = multiplyAdd(s4, x, Vector(repeating: w[4 * stride]))
    s5 = multiplyAdd(s5, x, Vector(repeating: w[5 * stride]))
    s6 = multiplyAdd(s6, x, Vector(repeating: w[6 * stride]))
    s7 = multiplyAdd(s7, x, Vector(repeating: w[7 * stride]))
    s8 = multiplyAdd(s8, x, Vector(repeating: w[8 * stride]))
  }

  /// Adds `x · other`, state by state.
  @inline(__always)
  mutating func add(_ x: Vector, times other: CellStates) {
    s0 = multiplyAdd(s0, x, other.s0)
    s1 = multiplyAdd(s1, x, other.s1)
    s2 = multiplyAdd(s2, x, other.s2)
    s3 = multiplyAdd(s3, x, other.s3)
    s4 = multiplyAdd(s4, x, other.s4)
    s5 = multiplyAdd(s5, x, other.s5)
    s6 = multiplyAdd(s6, x, other.s6)
    s7 = multiplyAdd(s7, x, other.s7)
    s8 = multiplyAdd(s8, x, other.s8)
  }

  @inline(__always)
  static func + (a: CellStates, b: CellStates) -> CellStates {
    var sum = CellStates()
    (sum.s0, sum.s1, sum.s2) = (a.s0 + b.s0, a.s1 + b.s1, a.s2 + b.s2)
    (sum.s3, sum.s4, sum.s5) = (a.s3 + b.s3, a.s4 + b.s4, a.s5 + b.s5)
    (sum.s6, sum.s7, sum.s8) = (a.s6 + b.s6, a.s7 + b.s7, a.s8 + b.s8)
    return sum
  }

  /// The sum of products with numbers.
  @inline(__always)
  func dot(_ w: UnsafePointer<Float>) -> Vector {
    var even = s0 * w[0]
    var odd = s1 * w[1]
    even = multiplyAdd(even, s2, Vector(repeating: w[2]))
    odd = multiplyAdd(odd, s3, Vector(repeating: w[3]))
    even = multiplyAdd(even, s4, Vector(repeating: w[4]))
    odd = multiplyAdd(odd, s5, Vector(repeating: w[5]))
    even = multiplyAdd(even, s6, Vector(repeating: w[6]))
    odd = multiplyAdd(odd, s7, Vector(repeating: w[7]))
    return multiplyAdd(even + odd, s8, Vector(repeating: w[8]))
  }

  /// The same with other states.
  @inline(__always)
  func dot(_ other: CellStates) -> Vector {
    var even = s0 * other.s0
    var odd = s1 * other.s1
    even = multiplyAdd(even, s2, other.s2)
    odd = multiplyAdd(odd, s3, other.s3)
    even = multiplyAdd(even, s4, other.s4)
    odd = multiplyAdd(odd, s5, other.s5)
    even = multiplyAdd(even, s6, other.s6)
    odd = multiplyAdd(odd, s7, other.s7)
    return multiplyAdd(even + odd, s8, other.s8)
  }

  /// The softmax over the states.
  @inline(__always)
  var softmax: CellStates {
    let most = Self.greater(
      Self.greater(Self.greater(s0, s1), Self.greater(s2, s3)),
      Self.greater(Self.greater(s4, s5), Self.greater(s6, Self.greater(s7, s8))))
    var e = CellStates()
    e.s0 = exponential(s0 - most)
    e.s1 = exponential(s1 - most)
    e.s2 = exponential(s2 - most)
    e.s3 = exponential(s3 - most)
    e.s4 = exponential(s4 - most)
    e.s5 = exponential(s5 - most)
    e.s6 = exponential(s6 - most)
    e.s7 = exponential(s7 - most)
    e.s8 = exponential(s8 - most)
    let total = ((e.s0 + e.s1) + (e.s2 + e.s3)) + ((e.s4 + e.s5) + (e.s6 + e.s7)) + e.s8
    return e.scaled(by: Vector(repeating: 1) / total)
  }

  /// The gradient of the softmax that this is, in what it is of: `s · (d − Σ s·d)`.
  @inline(__always)
  func softmaxBackward(_ d: CellStates) -> CellStates {
    let mean = dot(d)
    var out = CellStates()
    (out.s0, out.s1, out.s2) = (s0 * (d.s0 - mean), s1 * (d.s1 - mean), s2 * (d.s2 - mean))
    (out.s3, out.s4, out.s5) = (s3 * (d.s3 - mean), s4 * (d.s4 - mean), s5 * (d.s5 - mean))
    (out.s6, out.s7, out.s8) = (s6 * (d.s6 - mean), s7 * (d.s7 - mean), s8 * (d.s8 - mean))
    return out
  }

  @inline(__always)
  func scaled(by f: Vector) -> CellStates {
    var out = CellStates()
    (out.s0, out.s1, out.s2) = (s0 * f, s1 * f, s2 * f)
    (out.s3, out.s4, out.s5) = (s3 * f, s4 * f, s5 * f)
    (out.s6, out.s7, out.s8) = (s6 * f, s7 * f, s8 * f)
    return out
  }

  /// `log₂` of each.
  @inline(__always)
  var binaryLogarithms: CellStates {
    var out = CellStates()
    (out.s0, out.s1, out.s2) = (
      binaryLogarithm(s0), binaryLogarithm(s1), binaryLogarithm(s2)
    )
    (out.s3, out.s4, out.s5) = (
      binaryLogarithm(s3), binaryLogarithm(s4), binaryLogarithm(s5)
    )
    (out.s6, out.s7, out.s8) = (
      binaryLogarithm(s6), binaryLogarithm(s7), binaryLogarithm(s8)
    )
    return out
  }

  @inline(__always)
  private static func greater(_ a: Vector, _ b: Vector) -> Vector {
    a.replacing(with: b, where: b .> a)
  }
}

/// Returns the logarithm to base 2 of each lane; a number below the least normal one counts as that
/// one, and NaN stays.
///
/// From 1/16 to 4 the absolute error is below 2⁻²¹; below, some units in the last place.
@inline(__always)
func binaryLogarithm(_ value: Vector) -> Vector {
  let least = Vector(repeating: Float.leastNormalMagnitude)
  let x = value.replacing(with: least, where: value .< least)
  // x = m · 2ⁿ with m from √½ to √2.
  let root = BitVector(repeating: Float(0.707_106_77).bitPattern)
  let bits = unsafeBitCast(x, to: BitVector.self)
  let n = unsafeBitCast(bits &- root, to: SignedVector.self) &>> 23
  let m = unsafeBitCast(
    bits &- (unsafeBitCast(n, to: BitVector.self) &<< 23), to: Vector.self)
  // ln m = 2·artanh z, |z| ≤ 0.172.
  let z = (m - 1) / (m + 1)
  let square = z * z
  var series = Vector(repeating: 2.885_390_1 / 9)
  series = multiplyAdd(Vector(repeating: 2.885_390_1 / 7), series, square)
  series = multiplyAdd(Vector(repeating: 2.885_390_1 / 5), series, square)
  series = multiplyAdd(Vector(repeating: 2.885_390_1 / 3), series, square)
  series = multiplyAdd(Vector(repeating: 2.885_390_1), series, square)
  // 1.5 · 2²³ + n, whose last bits are n: the library's conversion would be shared between variants.
  let shifted = unsafeBitCast(n &+ SignedVector(repeating: 0x4B40_0000), to: Vector.self)
  let result = multiplyAdd(shifted - 12_582_912, series, z)
  return result.replacing(with: value, where: value .!= value)
}
