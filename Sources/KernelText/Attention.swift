import KernelInterface

func rotary(_ r: Rotation) {
  let half = r.D / 2
  for t in 0..<r.T {
    let cosines = r.cosines + t * half
    let sines = r.sines + t * half
    for h in 0..<r.H {
      let x = r.x + t * r.stride + h * r.D
      let inverse = 1 / (dot(x, x, r.D) / Float(r.D) + normEpsilon).squareRoot()
      r.inverseRMS[t * r.H + h] = inverse
      let factor = inverse * r.factor
      eachLane(half) { i in
        let a = load(x + i) * factor
        let b = load(x + half + i) * factor
        let c = load(cosines + i)
        let s = load(sines + i)
        store(a * c - b * s, x + i)
        store(a * s + b * c, x + half + i)
      } scalar: { i in
        let a = x[i] * factor
        let b = x[half + i] * factor
        x[i] = a * cosines[i] - b * sines[i]
        x[half + i] = a * sines[i] + b * cosines[i]
      }
      if r.D % 2 != 0 { x[r.D - 1] *= factor }
    }
  }
}

func rotaryBackward(_ r: Rotation, _ gradient: UnsafeMutablePointer<Float>) {
  let half = r.D / 2
  for t in 0..<r.T {
    let cosines = r.cosines + t * half
    let sines = r.sines + t * half
    for h in 0..<r.H {
      let x = r.x + t * r.stride + h * r.D
      let g = gradient + t * r.stride + h * r.D
      let inverse = r.inverseRMS[t * r.H + h]
      // The rotation keeps inner products, so mean(n · dN) = mean(out · dOut) with n the normed
      // row; out carries `factor` once, dN once more.
      let mean = dot(x, g, r.D) / Float(r.D)
      let scale = inverse * r.factor
      let back = inverse * mean / r.factor
      eachLane(half) { i in
        let c = load(cosines + i)
        let s = load(sines + i)
        let ga = load(g + i)
        let gb = load(g + half + i)
        let xa = load(x + i)
        let xb = load(x + half + i)
        let (da, ra) = (ga * c + gb * s, xa * c + xb * s)
        let (db, rb) = (gb * c - ga * s, xb * c - xa * s)
        store(da * scale - ra * back, g + i)
        store(db * scale - rb * back, g + half + i)
      } scalar: { i in
        let c = cosines[i]
        let s = sines[i]
        let ga = g[i]
        let gb = g[half + i]
        let xa = x[i]
        let xb = x[half + i]
        g[i] = (ga * c + gb * s) * scale - (xa * c + xb * s) * back
        g[half + i] = (gb * c - ga * s) * scale - (xb * c - xa * s) * back
      }
      if r.D % 2 != 0 { g[r.D - 1] = g[r.D - 1] * scale - x[r.D - 1] * back }
    }
  }
}
