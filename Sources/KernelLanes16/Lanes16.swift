// What every variant of 16 lanes shares; linked into each, compiled with the flags of each.

/// The vector that this variant's copy of the kernel text computes with.
typealias Vector = SIMD16<Float>
/// The same lanes as bits.
typealias BitVector = SIMD16<UInt32>
/// The same lanes as signed numbers, whose shifts copy the sign.
typealias SignedVector = SIMD16<Int32>

/// Returns `a + x · y` in each lane.
@inline(__always)
func multiplyAdd(_ a: Vector, _ x: Vector, _ y: Vector) -> Vector {
  a.addingProduct(x, y)
}

/// Returns the sum of the lanes, added pairwise.
@inline(__always)
func sum(_ x: Vector) -> Float {
  let eight = x.lowHalf + x.highHalf
  let four = eight.lowHalf + eight.highHalf
  let two = four.lowHalf + four.highHalf
  return two[0] + two[1]
}

/// Returns the greatest lane.
@inline(__always)
func greatest(_ x: Vector) -> Float {
  let eight = x.lowHalf.replacing(with: x.highHalf, where: x.highHalf .> x.lowHalf)
  let four = eight.lowHalf.replacing(with: eight.highHalf, where: eight.highHalf .> eight.lowHalf)
  return max(max(four[0], four[1]), max(four[2], four[3]))
}
