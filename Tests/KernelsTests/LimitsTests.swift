import KernelInterface
import Kernels
import Testing

/// The loops that measure a machine compute what they say.
@Suite struct LimitsTests {
  @Test(arguments: variants, lengths + [0, 1_000])
  func theStreamedSumIsTheSum(variant: String, count: Int) throws {
    let kernels = try kernelSet(variant)
    let x = Guarded(Sample.floats(count, seed: 5))
    let expected = x.values.reduce(0.0) { $0 + Double($1) }
    let size = x.values.reduce(0.0) { $0 + Double(abs($1)) }
    let error = abs(Double(kernels.streamSum(x.pointer, count)) - expected)
    #expect(error <= Double(count) * epsilon * size)
    #expect(x.intact)
  }

  /// Twelve chains of `c ← 0.5 + 0.5·c` from 0.5: after n steps each is 1 − 0.5ⁿ⁺¹, exactly.
  @Test(arguments: variants, [0, 1, 2, 10])
  func theChainsTakeEveryStep(variant: String, count: Int) throws {
    let kernels = try kernelSet(variant)
    var value: Float = count > 0 ? 0.5 : 0
    for _ in 0..<count { value = 0.5 + 0.5 * value }
    #expect(kernels.multiplyAddChains(count) == 12 * Float(kernels.lanes) * value)
  }

  /// Each step adds 0.5 · 0.5 to each of 12 chains, exactly.
  @Test(arguments: variants, [0, 1, 2, 1_000])
  func thePairsChainsTakeEveryStep(variant: String, count: Int) throws {
    let kernels = try kernelSet(variant)
    let sum = kernels.bfloat16.multiplyAddChains(count)
    #expect(sum == 12 * Float(kernels.lanes) * 0.25 * Float(count))
  }
}
