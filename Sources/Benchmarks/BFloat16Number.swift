/// A bfloat16 that computes as the others do: in `Float`, then rounded to nearest even.
struct BFloat16Number {
  var bits: UInt16

  @inline(__always)
  init(bits: UInt16) { self.bits = bits }

  @inline(__always)
  init(_ value: Float) {
    let x = value.bitPattern
    let rounded = UInt16(truncatingIfNeeded: (x &+ 0x7FFF &+ (x >> 16 & 1)) >> 16)
    bits = value.isNaN ? 0x7FC0 : rounded
  }

  @inline(__always)
  var float: Float { Float(bitPattern: UInt32(bits) << 16) }
}
