import CKernels

/// The vector that this variant's copy of the kernel text computes with.
typealias Vector = SIMD4<Float>
/// The same lanes as bits.
typealias BitVector = SIMD4<UInt32>
/// The same lanes as signed numbers, whose shifts copy the sign.
typealias SignedVector = SIMD4<Int32>

/// Name of the variant, as `IGLA_CPU` spells it.
let variantName = "neon"

/// Returns `a + x · y` in each lane.
@inline(__always)
func multiplyAdd(_ a: Vector, _ x: Vector, _ y: Vector) -> Vector {
  a.addingProduct(x, y)
}

/// Whether `multiplyAddPairs` is an instruction of its own.
let hasBFloat16Products = false

/// Returns `a + x₁ · y₁ + x₀ · y₀` in each lane, where `x₁` and `x₀` are bf16 numbers, the high and
/// the low half of a word.
@inline(__always)
func multiplyAddPairs(_ a: Vector, _ x: BitVector, _ y: BitVector) -> Vector {
  multiplyAddHalves(a, x, y)
}

/// Returns the square root of each lane.
@inline(__always)
func squareRoot(_ x: Vector) -> Vector {
  ckernels_sqrt4(x)
}

/// Returns the sum of the lanes, added pairwise.
@inline(__always)
func sum(_ x: Vector) -> Float {
  let four = x
  let two = four.lowHalf + four.highHalf
  return two[0] + two[1]
}

/// Returns the greatest lane.
@inline(__always)
func greatest(_ x: Vector) -> Float {
  let four = x
  return max(max(four[0], four[1]), max(four[2], four[3]))
}
