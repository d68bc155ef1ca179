// What a machine can do at most; `tri bench peak` measures with these.

func streamSum(_ x: UnsafePointer<Float>, _ count: Int) -> Float {
  let width = Vector.scalarCount
  var a = Vector.zero, b = Vector.zero, c = Vector.zero, d = Vector.zero
  var i = 0
  while i + 4 * width <= count {
    a = a + load(x + i)
    b = b + load(x + i + width)
    c = c + load(x + i + 2 * width)
    d = d + load(x + i + 3 * width)
    i += 4 * width
  }
  var rest: Float = 0
  while i < count {
    rest += x[i]
    i += 1
  }
  return sum((a + b) + (c + d)) + rest
}

func multiplyAddChains(_ count: Int) -> Float {
  // Each chain tends to 1 and stays there, so that no value is subnormal or infinite.
  let x = Vector(repeating: 0.5)
  let y = Vector(repeating: Float(count > 0 ? 0.5 : 0))
  var c0 = y, c1 = y, c2 = y, c3 = y, c4 = y, c5 = y
  var c6 = y, c7 = y, c8 = y, c9 = y, c10 = y, c11 = y
  for _ in 0..<count {
    c0 = multiplyAdd(y, c0, x)
    c1 = multiplyAdd(y, c1, x)
    c2 = multiplyAdd(y, c2, x)
    c3 = multiplyAdd(y, c3, x)
    c4 = multiplyAdd(y, c4, x)
    c5 = multiplyAdd(y, c5, x)
    c6 = multiplyAdd(y, c6, x)
    c7 = multiplyAdd(y, c7, x)
    c8 = multiplyAdd(y, c8, x)
    c9 = multiplyAdd(y, c9, x)
    c10 = multiplyAdd(y, c10, x)
    c11 = multiplyAdd(y, c11, x)
  }
  let left = (c0 + c1) + (c2 + c3) + (c4 + c5)
  return sum(left + (c6 + c7) + (c8 + c9) + (c10 + c11))
}

func multiplyAddPairsChains(_ count: Int) -> Float {
  // Words of 0.5 and 0: each step adds 0.25, which float32 holds exactly up to 2²².
  let x = BitVector(repeating: 0x3F00)
  var c0 = Vector.zero, c1 = Vector.zero, c2 = Vector.zero, c3 = Vector.zero
  var c4 = Vector.zero, c5 = Vector.zero, c6 = Vector.zero, c7 = Vector.zero
  var c8 = Vector.zero, c9 = Vector.zero, c10 = Vector.zero, c11 = Vector.zero
  for _ in 0..<count {
    c0 = multiplyAddPairs(c0, x, x)
    c1 = multiplyAddPairs(c1, x, x)
    c2 = multiplyAddPairs(c2, x, x)
    c3 = multiplyAddPairs(c3, x, x)
    c4 = multiplyAddPairs(c4, x, x)
    c5 = multiplyAddPairs(c5, x, x)
    c6 = multiplyAddPairs(c6, x, x)
    c7 = multiplyAddPairs(c7, x, x)
    c8 = multiplyAddPairs(c8, x, x)
    c9 = multiplyAddPairs(c9, x, x)
    c10 = multiplyAddPairs(c10, x, x)
    c11 = multiplyAddPairs(c11, x, x)
  }
  let left = (c0 + c1) + (c2 + c3) + (c4 + c5)
  return sum(left + (c6 + c7) + (c8 + c9) + (c10 + c11))
}
