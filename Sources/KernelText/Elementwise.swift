import KernelInterface

/// ReLU² of each lane.
@inline(__always)
func squaredReLU(_ x: Vector) -> Vector {
  // Written so that NaN is not below zero and stays.
  let positive = x.replacing(with: Vector.zero, where: x .< 0)
  return positive * positive
}

/// The same of one number.
@inline(__always)
func squaredReLU(_ x: Float) -> Float {
  let positive = x < 0 ? 0 : x
  return positive * positive
}

@inline(__always)
func squaredReLU(_ x: UnsafePointer<Float>, _ count: Int, _ out: UnsafeMutablePointer<Float>) {
  eachLane(count) { i in
    store(squaredReLU(load(x + i)), out + i)
  } scalar: { i in
    out[i] = squaredReLU(x[i])
  }
}

@inline(__always)
func squaredReLUBackward(
  _ x: UnsafePointer<Float>, _ count: Int, _ dOut: UnsafeMutablePointer<Float>
) {
  eachLane(count) { i in
    let v = load(x + i)
    let positive = v.replacing(with: Vector.zero, where: v .< 0)
    store(load(dOut + i) * (positive + positive), dOut + i)
  } scalar: { i in
    dOut[i] *= x[i] < 0 ? 0 : 2 * x[i]
  }
}

func crossEntropy(
  _ logits: UnsafeMutablePointer<Float>, _ columns: Int, _ target: Int, _ scale: Float
) -> Float {
  let chosen = logits[target]
  let (most, total) = exponentials(logits, columns)
  let factor = scale / total
  eachLane(columns) { i in
    store(load(logits + i) * factor, logits + i)
  } scalar: { i in
    logits[i] *= factor
  }
  logits[target] -= scale
  return most + naturalLogarithm(total) - chosen
}

func softmax(_ logits: UnsafeMutablePointer<Float>, _ columns: Int) {
  let (_, total) = exponentials(logits, columns)
  let factor = 1 / total
  for i in 0..<columns { logits[i] *= factor }
}

@inline(__always)
func lowbias32(_ value: BitVector) -> BitVector {
  var x = value
  x ^= x &>> 16
  x = x &* 0x7FEB_352D
  x ^= x &>> 15
  x = x &* 0x846C_A68B
  x ^= x &>> 16
  return x
}

func dropout(
  _ x: UnsafeMutablePointer<Float>, _ count: Int, _ keyLow: UInt32, _ keyHigh: UInt32,
  _ threshold: UInt32, _ scale: Float
) {
  var lane = BitVector.zero
  for j in 0..<Vector.scalarCount { lane[j] = UInt32(j) }
  let low = BitVector(repeating: keyLow)
  let high = BitVector(repeating: keyHigh)
  // Thresholds are even, so halves compare alike; the sign of a difference of halves is a mask
  // that needs no comparison (those of unsigned lanes are done one lane at a time).
  let half = SignedVector(repeating: Int32(threshold >> 1))
  var i = 0
  while i < count {
    let counter = lane &+ UInt32(truncatingIfNeeded: i)
    let bits = lowbias32(lowbias32(counter ^ low) ^ high)
    let dropped = (unsafeBitCast(bits &>> 1, to: SignedVector.self) &- half) &>> 31
    let kept = ~unsafeBitCast(dropped, to: BitVector.self)
    if i + Vector.scalarCount <= count {
      let value = unsafeBitCast(load(x + i) * scale, to: BitVector.self)
      store(unsafeBitCast(value & kept, to: Vector.self), x + i)
    } else {
      for j in 0..<(count - i) { x[i + j] = kept[j] == 0 ? 0 : x[i + j] * scale }
    }
    i += Vector.scalarCount
  }
}

func addScaled(
  _ x: UnsafePointer<Float>, _ factor: Float, _ count: Int, _ out: UnsafeMutablePointer<Float>
) {
  let f = Vector(repeating: factor)
  eachLane(count) { i in
    store(multiplyAdd(load(out + i), f, load(x + i)), out + i)
  } scalar: { i in
    out[i] += factor * x[i]
  }
}

func combine(
  _ a: Float, _ x: UnsafePointer<Float>, _ b: Float, _ y: UnsafePointer<Float>, _ count: Int,
  _ out: UnsafeMutablePointer<Float>
) {
  let f = Vector(repeating: b)
  eachLane(count) { i in
    store(multiplyAdd(load(x + i) * a, f, load(y + i)), out + i)
  } scalar: { i in
    out[i] = a * x[i] + b * y[i]
  }
}

func addRows(
  _ x: UnsafePointer<Float>, _ rows: Int, _ C: Int, _ out: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows { addScaled(x + row * C, 1, C, out) }
}

func sumOfSquares(_ x: UnsafePointer<Float>, _ count: Int) -> Double {
  var total = 0.0
  var i = 0
  // Blocks of 4,096 in Float, joined in Double, keep the error small at any length.
  while i < count {
    let length = min(4_096, count - i)
    total += Double(dot(x + i, x + i, length))
    i += length
  }
  return total
}

func adamW(_ s: AdamWStep) {
  let keep1 = Vector(repeating: s.beta1)
  let keep2 = Vector(repeating: s.beta2)
  let rest1 = 1 - s.beta1
  let rest2 = 1 - s.beta2
  let inverse1 = 1 / s.correction1
  let inverse2 = 1 / s.correction2
  let shrink = 1 - s.rate * s.decay
  eachLane(s.count) { i in
    let g = load(s.g + i) * s.gradientScale
    let m = multiplyAdd(g * rest1, keep1, load(s.m + i))
    let v = multiplyAdd(g * g * rest2, keep2, load(s.v + i))
    store(m, s.m + i)
    store(v, s.v + i)
    let step = m * (inverse1 * s.rate) / (squareRoot(v * inverse2) + s.epsilon)
    store(load(s.p + i) * shrink - step, s.p + i)
  } scalar: { i in
    let g = s.g[i] * s.gradientScale
    let m = s.beta1 * s.m[i] + rest1 * g
    let v = s.beta2 * s.v[i] + rest2 * g * g
    s.m[i] = m
    s.v[i] = v
    let step = m * (inverse1 * s.rate) / ((v * inverse2).squareRoot() + s.epsilon)
    s.p[i] = s.p[i] * shrink - step
  }
}
