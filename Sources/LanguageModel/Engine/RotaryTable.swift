internal import Kernels

/// cos and sin of `t · base^(−2i/D)`, shape `(T, ⌊D/2⌋)` each.
final class RotaryTable: @unchecked Sendable {
  let cosines: UnsafeMutablePointer<Float>
  let sines: UnsafeMutablePointer<Float>
  private let arena: FloatArena

  init(_ configuration: ModelConfiguration) throws(AllocationError) {
    let (T, D) = (configuration.context, configuration.headSize)
    var plan = ArenaPlan()
    let offsets = (plan.place(T * (D / 2)), plan.place(T * (D / 2)))
    arena = try FloatArena(count: plan.count)
    cosines = arena.base + offsets.0
    sines = arena.base + offsets.1
    guard arena.isReserved else { return }
    for t in 0..<T {
      for i in 0..<(D / 2) {
        // No C library: other machines decode what this one's predictions encoded.
        let wavelength = PlainMath.power(configuration.rotaryBase, -2 * Double(i) / Double(D))
        let (cosine, sine) = PlainMath.cosineAndSine(Double(t) * wavelength)
        cosines[t * (D / 2) + i] = Float(cosine)
        sines[t * (D / 2) + i] = Float(sine)
      }
    }
  }
}
