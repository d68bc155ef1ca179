internal import GoldenFloat

// The functions of goldenfloat.h on single numbers; those over buffers are in CGoldenFloat.

private func rule(_ rounding: Int32) -> FloatingPointRoundingRule {
  switch rounding {
  case 1: .towardZero
  case 2: .up
  case 3: .down
  case 4: .toNearestOrAwayFromZero
  default: .toNearestOrEven
  }
}

@_cdecl("gf16_from_float")
public func fromFloat(_ x: Float) -> UInt16 { GF16(x).bitPattern }

@_cdecl("gf16_from_double")
public func fromDouble(_ x: Double) -> UInt16 { GF16(x).bitPattern }

@_cdecl("gf16_from_float_rounding")
public func fromFloat(_ x: Float, _ rounding: Int32) -> UInt16 {
  GF16(x, rounding: rule(rounding)).bitPattern
}

@_cdecl("gf16_from_double_rounding")
public func fromDouble(_ x: Double, _ rounding: Int32) -> UInt16 {
  GF16(x, rounding: rule(rounding)).bitPattern
}

@_cdecl("gf16_to_float")
public func toFloat(_ x: UInt16) -> Float { Float(GF16(bitPattern: x)) }

@_cdecl("gf16_to_double")
public func toDouble(_ x: UInt16) -> Double { Double(GF16(bitPattern: x)) }

@_cdecl("gf16_add")
public func add(_ x: UInt16, _ y: UInt16) -> UInt16 {
  (GF16(bitPattern: x) + GF16(bitPattern: y)).bitPattern
}

@_cdecl("gf16_sub")
public func subtract(_ x: UInt16, _ y: UInt16) -> UInt16 {
  (GF16(bitPattern: x) - GF16(bitPattern: y)).bitPattern
}

@_cdecl("gf16_mul")
public func multiply(_ x: UInt16, _ y: UInt16) -> UInt16 {
  (GF16(bitPattern: x) * GF16(bitPattern: y)).bitPattern
}

@_cdecl("gf16_div")
public func divide(_ x: UInt16, _ y: UInt16) -> UInt16 {
  (GF16(bitPattern: x) / GF16(bitPattern: y)).bitPattern
}

@_cdecl("gf16_remainder")
public func remainder(_ x: UInt16, _ y: UInt16) -> UInt16 {
  GF16(bitPattern: x).remainder(dividingBy: GF16(bitPattern: y)).bitPattern
}

@_cdecl("gf16_sqrt")
public func squareRoot(_ x: UInt16) -> UInt16 { GF16(bitPattern: x).squareRoot().bitPattern }

@_cdecl("gf16_fma")
public func fusedMultiplyAdd(_ x: UInt16, _ y: UInt16, _ z: UInt16) -> UInt16 {
  GF16(bitPattern: z).addingProduct(GF16(bitPattern: x), GF16(bitPattern: y)).bitPattern
}

@_cdecl("gf16_round")
public func round(_ x: UInt16, _ rounding: Int32) -> UInt16 {
  GF16(bitPattern: x).rounded(rule(rounding)).bitPattern
}

@_cdecl("gf16_equal")
public func equal(_ x: UInt16, _ y: UInt16) -> Bool { GF16(bitPattern: x) == GF16(bitPattern: y) }

@_cdecl("gf16_less")
public func less(_ x: UInt16, _ y: UInt16) -> Bool { GF16(bitPattern: x) < GF16(bitPattern: y) }

@_cdecl("gf16_less_equal")
public func lessEqual(_ x: UInt16, _ y: UInt16) -> Bool {
  GF16(bitPattern: x) <= GF16(bitPattern: y)
}

@_cdecl("gf16_total_order")
public func totalOrder(_ x: UInt16, _ y: UInt16) -> Bool {
  GF16(bitPattern: x).isTotallyOrdered(belowOrEqualTo: GF16(bitPattern: y))
}

@_cdecl("gf16_parse")
public func parse(_ text: UnsafePointer<CChar>, _ out: UnsafeMutablePointer<UInt16>) -> Bool {
  guard let value = GF16(String(cString: text)) else { return false }
  out.pointee = value.bitPattern
  return true
}

@_cdecl("gf16_format")
public func format(_ x: UInt16, _ out: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> Int {
  let text = Array(GF16(bitPattern: x).description.utf8)
  guard let out, capacity > 0 else { return text.count }
  let kept = min(text.count, capacity - 1)
  for i in 0..<kept { out[i] = CChar(bitPattern: text[i]) }
  out[kept] = 0
  return text.count
}
