import Invariants
import Testing

@Suite struct AttentionBoundTests {
  /// The figures of `Documentation/Proofs/inv-09-attention-gain.md`.
  @Test func theFiguresOfThePageHold() throws {
    let phi = AttentionBound(headWidth: 64, gain: ProvenConstants.phiSquared, keys: 128)
    #expect(abs(phi.logit - 20.944) < 1e-3)
    #expect(abs(phi.headroom / 8.2e-17 - 1) < 0.02 && phi.largestWeight == 1)
    #expect(abs(try #require(phi.largestGain(forCap: 0.9)) - 0.440) < 5e-4)
    let igla = AttentionBound(headWidth: 48, gain: 1, keys: 128)
    #expect(abs(igla.logit - 6.928) < 1e-3 && abs(igla.largestWeight - 0.99988) < 5e-6)
    for (width, fits) in [(71, true), (72, false)] {
      let bound = AttentionBound(headWidth: width, gain: ProvenConstants.phiSquared, keys: 2)
      #expect(bound.fitsGF16 == fits && (width <= ProvenConstants.lastHeadSize) == fits)
    }
  }

  /// `gain_for_cap`: at that gain the cap is met, and beyond it exceeded.
  @Test(arguments: [(1, 2, 0.6), (16, 5, 0.3), (64, 128, 0.9), (7, 1_000, 0.01)])
  func theLargestGainMeetsTheCap(width: Int, keys: Int, cap: Double) throws {
    let one = AttentionBound(headWidth: width, gain: 1, keys: keys, scale: 1.3)
    let gain = try #require(one.largestGain(forCap: cap))
    for (factor, isWithin) in [(0.9999, true), (1.0001, false)] {
      let bound = AttentionBound(headWidth: width, gain: factor * gain, keys: keys, scale: 1.3)
      #expect((bound.largestWeight <= cap) == isWithin)
    }
    let met = AttentionBound(headWidth: width, gain: gain, keys: keys, scale: 1.3)
    #expect(abs(met.largestWeight - cap) < 1e-12)
  }

  @Test func whatNoGainCanKeepIsSaid() {
    let bound = AttentionBound(headWidth: 8, gain: 1, keys: 4)
    #expect(bound.largestGain(forCap: 0.25) == nil && bound.largestGain(forCap: 0.2) == nil)
    let alone = AttentionBound(headWidth: 8, gain: 1, keys: 1)
    #expect(alone.largestWeight == 1 && alone.leastEntropy == 0)
    #expect(alone.largestGain(forCap: 0.5) == nil)
  }
}
