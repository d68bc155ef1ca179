import KernelInterface

private let geluSlope: Float = 1.595_769_1
private let geluCube: Float = 0.044_715

/// σ of what GELU multiplies by `x`.
@inline(__always)
private func geluGate(_ x: Vector) -> Vector {
  let z = x * geluSlope * multiplyAdd(Vector(repeating: 1), x * x, Vector(repeating: geluCube))
  return Vector(repeating: 1) / (exponential(Vector.zero - z) + 1)
}

@inline(__always)
private func gelu(_ x: Vector) -> Vector { x * geluGate(x) }

@inline(__always)
private func geluSlope(_ x: Vector) -> Vector {
  let s = geluGate(x)
  let dz = geluSlope * multiplyAdd(Vector(repeating: 1), x * x, Vector(repeating: 3 * geluCube))
  return multiplyAdd(s, x * s, (1 - s) * dz)
}

@inline(__always)
private func apply(
  _ count: Int, _ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>,
  _ body: (_ x: Vector, _ out: Vector) -> Vector
) {
  eachLane(count) { i in
    store(body(load(x + i), load(out + i)), out + i)
  } scalar: { i in
    out[i] = body(Vector(repeating: x[i]), Vector(repeating: out[i]))[0]
  }
}

func activate(
  _ kind: Activation, _ x: UnsafePointer<Float>, _ count: Int, _ out: UnsafeMutablePointer<Float>
) {
  switch kind {
  case .squaredReLU: squaredReLU(x, count, out)
  case .relu: apply(count, x, out) { x, _ in x.replacing(with: Vector.zero, where: x .< 0) }
  case .gelu: apply(count, x, out) { x, _ in gelu(x) }
  }
}

func activateBackward(
  _ kind: Activation, _ x: UnsafePointer<Float>, _ count: Int, _ dOut: UnsafeMutablePointer<Float>
) {
  switch kind {
  case .squaredReLU: squaredReLUBackward(x, count, dOut)
  case .relu:
    // 0 · d, not 0: what is no number stays none.
    apply(count, x, dOut) { x, d in
      (d * Vector.zero).replacing(with: d, where: .!(x .<= 0))
    }
  case .gelu: apply(count, x, dOut) { x, d in d * geluSlope(x) }
  }
}
