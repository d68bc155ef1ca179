// The 16-lane geometry of the AVX-512 variants in code that an AVX2 processor runs: for tests only.
import CKernels

/// Name of the variant.
let variantName = "avx2-wide"

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
  Vector(lowHalf: ckernels_sqrt8(x.lowHalf), highHalf: ckernels_sqrt8(x.highHalf))
}
