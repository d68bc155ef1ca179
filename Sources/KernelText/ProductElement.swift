/// What the operands of a matrix product are made of: numbers, or words of bf16 pairs.
protocol ProductElement {
  /// A register of them.
  associatedtype Lanes
  static func lanes(at p: UnsafePointer<Self>) -> Lanes
  static func lanes(repeating element: Self) -> Lanes
  /// Returns `c + x · y` in each lane.
  static func accumulate(_ c: Vector, _ x: Lanes, _ y: Lanes) -> Vector
}

extension Float: ProductElement {
  @inline(__always)
  static func lanes(at p: UnsafePointer<Float>) -> Vector { load(p) }
  @inline(__always)
  static func lanes(repeating element: Float) -> Vector { Vector(repeating: element) }
  @inline(__always)
  static func accumulate(_ c: Vector, _ x: Vector, _ y: Vector) -> Vector { multiplyAdd(c, x, y) }
}

extension UInt32: ProductElement {
  @inline(__always)
  static func lanes(at p: UnsafePointer<UInt32>) -> BitVector { load(p) }
  @inline(__always)
  static func lanes(repeating element: UInt32) -> BitVector { BitVector(repeating: element) }
  @inline(__always)
  static func accumulate(_ c: Vector, _ x: BitVector, _ y: BitVector) -> Vector {
    multiplyAddPairs(c, x, y)
  }
}
