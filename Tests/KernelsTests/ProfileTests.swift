import KernelInterface
import Kernels
import Testing

/// A profile's tree, and that profiled kernels compute what plain ones do.
@Suite struct ProfileTests {
  /// Work that the clock sees and the compiler keeps.
  private func work() { #expect(KernelSet.available[0].multiplyAddChains(10_000) > 0) }

  @Test func spansInsideSpansAreTheirChildren() {
    let profile = Profile()
    for _ in 0..<3 {
      profile.measure("outer") {
        profile.measure("inner", operations: 5) { work() }
        profile.measure("inner", operations: 5) { work() }
        profile.measure("other") { work() }
      }
    }
    profile.measure("inner") { work() }
    #expect(profile.nodes.map(\.label) == ["outer", "inner", "other", "inner"])
    #expect(profile.nodes.map(\.parent) == [-1, 0, 0, -1])
    #expect(profile.nodes.map(\.calls) == [3, 6, 3, 1])
    #expect(profile.nodes[1].operations == 30)
    #expect(profile.nodes[0].children == [1, 2])
    let inside = profile.nodes[1].nanoseconds + profile.nodes[2].nanoseconds
    #expect(inside > 0)
    #expect(profile.ownNanoseconds(0) == profile.nodes[0].nanoseconds - inside)
    #expect(profile.nanoseconds == profile.nodes[0].nanoseconds + profile.nodes[3].nanoseconds)
    let totals = profile.byLabel
    #expect(totals.reduce(0) { $0 + $1.nanoseconds } == profile.nanoseconds)
    #expect(totals.first { $0.label == "inner" }?.calls == 7)
  }

  @Test func resettingForgets() {
    let profile = Profile()
    profile.measure("a") { work() }
    profile.reset()
    #expect(profile.nodes.isEmpty && profile.nanoseconds == 0 && profile.byLabel.isEmpty)
    profile.measure("b") { work() }
    #expect(profile.nodes.map(\.label) == ["b"])
  }

  @Test(arguments: variants)
  func profiledKernelsComputeTheSame(variant: String) throws {
    let plain = try kernelSet(variant)
    let profile = Profile()
    let profiled = plain.profiled(by: profile)
    func product(_ kernels: KernelSet) -> [Float] {
      let (M, N, K, P) = (7, 19, 5, kernels.panelWidth)
      let (a, b) = (Guarded(Sample.floats(M * K, seed: 1)), Guarded(Sample.floats(K * N, seed: 2)))
      let panels = Guarded(unwritten: (N + P - 1) / P * P * K)
      let c = Guarded(unwritten: M * N)
      kernels.pack(b.pointer, N, 1, K, N, panels.pointer)
      kernels.multiply(
        MatrixProduct(
          M: M, N: N, K: K, a: a.pointer, aRow: K, panels: panels.pointer, c: c.pointer, cRow: N,
          accumulate: false))
      return c.values
    }
    #expect(product(profiled) == product(plain))
    #expect(profile.nodes.map(\.label) == ["pack", "matrix product"])
    #expect(profile.nodes[1].operations == 2 * 7 * 19 * 5)
  }
}
