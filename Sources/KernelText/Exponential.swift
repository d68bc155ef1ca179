// exp by the usual split: x = n·ln 2 + r with |r| ≤ ln 2 / 2, a polynomial for exp(r), and 2ⁿ put
// into the exponent bits. Relative error under 2⁻²²; no C library, so every machine agrees.

private let inverseLn2: Float = 1.442_695_04
private let ln2High: Float = 0.693_359_375
private let ln2Low: Float = -2.121_944_4e-4
private let rounding: Float = 12_582_912  // 1.5 · 2²³: adding it rounds to an integer
private let least: Float = -87
private let most: Float = 88

/// Returns e to the power of each lane; below −87 as at −87, above 88 as at 88; NaN stays.
@inline(__always)
func exponential(_ value: Vector) -> Vector {
  var x = value.replacing(with: Vector(repeating: least), where: value .< least)
  x = x.replacing(with: Vector(repeating: most), where: x .> most)
  let shifted = multiplyAdd(Vector(repeating: rounding), x, Vector(repeating: inverseLn2))
  let n = shifted - rounding
  var r = multiplyAdd(x, n, Vector(repeating: -ln2High))
  r = multiplyAdd(r, n, Vector(repeating: -ln2Low))
  var p = Vector(repeating: 1.987_569_1e-4)
  p = multiplyAdd(Vector(repeating: 1.398_199_9e-3), p, r)
  p = multiplyAdd(Vector(repeating: 8.333_452e-3), p, r)
  p = multiplyAdd(Vector(repeating: 4.166_579_6e-2), p, r)
  p = multiplyAdd(Vector(repeating: 1.666_666_6e-1), p, r)
  p = multiplyAdd(Vector(repeating: 0.5), p, r)
  p = multiplyAdd(r, p, r * r)
  p = p + 1
  let bits =
    unsafeBitCast(p, to: BitVector.self) &+ (unsafeBitCast(shifted, to: BitVector.self) &<< 23)
  // A NaN's own low bits were shifted into its exponent, which would make some of them numbers.
  return unsafeBitCast(bits, to: Vector.self).replacing(with: value, where: value .!= value)
}

/// Returns the same for one number.
@inline(__always)
func exponential(_ value: Float) -> Float {
  exponential(Vector(repeating: value))[0]
}

/// Returns the natural logarithm of a positive finite number, computed in `Double`; else NaN or ∞.
func naturalLogarithm(_ value: Float) -> Float {
  guard value > 0, value.isFinite else {
    return value == 0 ? -.infinity : (value > 0 ? value : .nan)
  }
  // value = m · 2ⁿ with m from √½ to √2.
  let root = 0.707_106_781_186_547_5.bitPattern
  let bits = Double(value).bitPattern
  let exponent = Int64(bitPattern: bits &- root) >> 52
  let mantissa = Double(bitPattern: bits &- UInt64(bitPattern: exponent &<< 52))
  // ln m = 2·artanh((m − 1)/(m + 1)), |argument| ≤ 0.172.
  let z = (mantissa - 1) / (mantissa + 1)
  let square = z * z
  var series = 0.0
  var term = 17.0
  while term >= 1 {
    series = series * square + 1 / term
    term -= 2
  }
  return Float(2 * z * series + Double(exponent) * 0.693_147_180_559_945_3)
}

/// Replaces `row` by exp(row − max) and returns the maximum and the sum.
@inline(__always)
func exponentials(_ row: UnsafeMutablePointer<Float>, _ count: Int) -> (most: Float, total: Float) {
  var lanes = Vector(repeating: -.infinity)
  var highest = -Float.infinity
  eachLane(count) { i in
    let x = load(row + i)
    lanes = lanes.replacing(with: x, where: x .> lanes)
  } scalar: { i in
    highest = max(highest, row[i])
  }
  highest = max(highest, greatest(lanes))
  var totals = Vector.zero
  var total: Float = 0
  eachLane(count) { i in
    let e = exponential(load(row + i) - highest)
    totals = totals + e
    store(e, row + i)
  } scalar: { i in
    let e = exponential(row[i] - highest)
    total += e
    row[i] = e
  }
  return (highest, total + sum(totals))
}
