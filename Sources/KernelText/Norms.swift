let normEpsilon: Float = 1e-5

/// Calls `vector(i)` for each whole vector of `count` elements and `scalar(i)` for the rest.
@inline(__always)
func eachLane(_ count: Int, vector: (Int) -> Void, scalar: (Int) -> Void) {
  var i = 0
  while i + Vector.scalarCount <= count {
    vector(i)
    i += Vector.scalarCount
  }
  while i < count {
    scalar(i)
    i += 1
  }
}

@inline(__always)
func dot(_ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>, _ count: Int) -> Float {
  var lanes = Vector.zero
  var rest: Float = 0
  eachLane(count) { i in
    lanes = multiplyAdd(lanes, load(x + i), load(y + i))
  } scalar: { i in
    rest += x[i] * y[i]
  }
  return sum(lanes) + rest
}

func rmsNorm(
  _ x: UnsafePointer<Float>, _ gain: UnsafePointer<Float>, _ rows: Int, _ C: Int,
  _ out: UnsafeMutablePointer<Float>, _ inverseRMS: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let input = x + row * C
    let output = out + row * C
    let inverse = 1 / (dot(input, input, C) / Float(C) + normEpsilon).squareRoot()
    inverseRMS[row] = inverse
    eachLane(C) { i in
      store(load(input + i) * inverse * load(gain + i), output + i)
    } scalar: { i in
      output[i] = input[i] * inverse * gain[i]
    }
  }
}

func rmsNormBackward(
  _ x: UnsafePointer<Float>, _ gain: UnsafePointer<Float>, _ inverseRMS: UnsafePointer<Float>,
  _ dOut: UnsafePointer<Float>, _ rows: Int, _ C: Int, _ dX: UnsafeMutablePointer<Float>,
  _ dGain: UnsafeMutablePointer<Float>
) {
  for row in 0..<rows {
    let input = x + row * C
    let gradient = dOut + row * C
    let dInput = dX + row * C
    let inverse = inverseRMS[row]
    // With n = x·inverse: dX = inverse · (g·dOut − n · mean(g·dOut·n)).
    var lanes = Vector.zero
    var rest: Float = 0
    eachLane(C) { i in
      lanes = multiplyAdd(lanes, load(gradient + i) * load(gain + i), load(input + i))
    } scalar: { i in
      rest += gradient[i] * gain[i] * input[i]
    }
    let mean = (sum(lanes) + rest) * inverse * inverse * inverse / Float(C)
    eachLane(C) { i in
      let g = load(gradient + i)
      let n = load(input + i)
      store(multiplyAdd(load(dGain + i), g * inverse, n), dGain + i)
      store(load(dInput + i) + (g * load(gain + i) * inverse - n * mean), dInput + i)
    } scalar: { i in
      dGain[i] += gradient[i] * inverse * input[i]
      dInput[i] += gradient[i] * gain[i] * inverse - input[i] * mean
    }
  }
}

func tokenShift(
  _ y: UnsafeMutablePointer<Float>, _ shift: UnsafePointer<Float>, _ T: Int, _ C: Int
) {
  var t = T - 1
  while t > 0 {
    let row = y + t * C
    let before = y + (t - 1) * C
    eachLane(C) { i in
      store(multiplyAdd(load(row + i), load(shift + i), load(before + i)), row + i)
    } scalar: { i in
      row[i] += shift[i] * before[i]
    }
    t -= 1
  }
}

func tokenShiftBackward(
  _ dY: UnsafeMutablePointer<Float>, _ unshifted: UnsafePointer<Float>,
  _ shift: UnsafePointer<Float>, _ T: Int, _ C: Int, _ dShift: UnsafeMutablePointer<Float>
) {
  for t in 0..<max(T - 1, 0) {
    let row = dY + t * C
    let after = dY + (t + 1) * C
    let y = unshifted + t * C
    eachLane(C) { i in
      let d = load(after + i)
      store(multiplyAdd(load(dShift + i), d, load(y + i)), dShift + i)
      store(multiplyAdd(load(row + i), load(shift + i), d), row + i)
    } scalar: { i in
      dShift[i] += after[i] * y[i]
      row[i] += shift[i] * after[i]
    }
  }
}
