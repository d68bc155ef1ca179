/// A register of a row's elements from `i` on, with `other` for those that lie beyond `count`.
@inline(__always)
private func kept(_ x: Vector, at i: Int, of count: Int, else other: Float) -> Vector {
  if i + Vector.scalarCount <= count { return x }
  var lane = SignedVector.zero
  for j in 0..<Vector.scalarCount { lane[j] = Int32(j) }
  let beyond = lane .>= SignedVector(repeating: Int32(truncatingIfNeeded: count - i))
  return x.replacing(with: Vector(repeating: other), where: beyond)
}

/// Zeros the registers of a row that lie beyond its first `count` elements.
@inline(__always)
private func clear(_ row: UnsafeMutablePointer<Float>, from count: Int, to columns: Int) {
  let width = Vector.scalarCount
  var i = (count + width - 1) / width * width
  while i < columns {
    store(Vector.zero, row + i)
    i += width
  }
}

/// Replaces a row by exp(row − offset) and returns the sum.
@inline(__always)
private func exponentials(
  _ row: UnsafeMutablePointer<Float>, _ count: Int, minus offset: Float
) -> Float {
  var totals = Vector.zero
  var i = 0
  while i < count {
    let e = kept(exponential(load(row + i) - offset), at: i, of: count, else: 0)
    totals = totals + e
    store(e, row + i)
    i += Vector.scalarCount
  }
  return sum(totals)
}

func causalSoftmax(
  _ logits: UnsafeMutablePointer<Float>, _ rows: Int, _ first: Int, _ columns: Int,
  _ stride: Int, _ logSum: UnsafeMutablePointer<Float>
) {
  for r in 0..<rows {
    let row = logits + r * stride
    let count = first + r + 1
    var lanes = Vector(repeating: -.infinity)
    var i = 0
    while i < count {
      let x = kept(load(row + i), at: i, of: count, else: -.infinity)
      lanes = lanes.replacing(with: x, where: x .> lanes)
      i += Vector.scalarCount
    }
    let most = greatest(lanes)
    let total = exponentials(row, count, minus: most)
    let inverse = 1 / total
    i = 0
    while i < count {
      store(load(row + i) * inverse, row + i)
      i += Vector.scalarCount
    }
    clear(row, from: count, to: columns)
    logSum[r] = most + naturalLogarithm(total)
  }
}

func causalSoftmaxAgain(
  _ logits: UnsafeMutablePointer<Float>, _ rows: Int, _ first: Int, _ columns: Int,
  _ stride: Int, _ logSum: UnsafePointer<Float>
) {
  for r in 0..<rows {
    let row = logits + r * stride
    let count = first + r + 1
    _ = exponentials(row, count, minus: logSum[r])
    clear(row, from: count, to: columns)
  }
}

func causalSoftmaxBackward(
  _ probabilities: UnsafePointer<Float>, _ dP: UnsafeMutablePointer<Float>, _ rows: Int,
  _ first: Int, _ columns: Int, _ stride: Int
) {
  for r in 0..<rows {
    let p = probabilities + r * stride
    let d = dP + r * stride
    let count = min(first + r + 1, columns)
    var lanes = Vector.zero
    var i = 0
    while i < count {
      let x = kept(load(p + i), at: i, of: count, else: 0)
      lanes = multiplyAdd(lanes, x, kept(load(d + i), at: i, of: count, else: 0))
      i += Vector.scalarCount
    }
    let total = sum(lanes)
    i = 0
    while i < count {
      store(kept(load(p + i) * (load(d + i) - total), at: i, of: count, else: 0), d + i)
      i += Vector.scalarCount
    }
    clear(d, from: count, to: columns)
  }
}
