import GoldenFloat
import Invariants
import LanguageModel
import ProofManifest
import Race
import Testing

@Suite struct ConstantsTests {
  @Test func theFileIsWhatCoqPrints() throws {
    let file = try ConstantsFile(oracle: try Repository.oracle().answers("constants\n"))
    #expect(
      try file.text() == Repository.checkout.text(ConstantsFile.path),
      "tri proofs check --compile --record writes it anew")
    #expect(try file.values == Repository.checkout.manifest().constants)
  }

  @Test func theProgramUsesThem() throws {
    #expect(SafetyCut().bitsPerByte == ProvenConstants.safetyCut)
    #expect(SafetyCut().afterSteps == ProvenConstants.cutAfter)
    let ladder = try RungLadder()
    #expect((0..<ladder.count).map(ladder.steps) == [1_000, 3_000, 9_000, 27_000])
    #expect(PromotionRule().eta == ProvenConstants.rungEta)
    #expect(ModelConfiguration().qkGain == ProvenConstants.phiSquared)
    // The nearest numbers of the format, computed apart from Coq.
    #expect(ProvenConstants.phiSquared == (3 + 5.0.squareRoot()) / 2)
    #expect(abs(ProvenConstants.alphaPhi - (5.0.squareRoot() - 2) / 2) < 0x1p-53)
    #expect(ProvenConstants.safetyCut == 3.5)
    let automaton = NCAConfiguration()
    #expect(automaton.low == ProvenConstants.entropyLow)
    #expect(automaton.high == ProvenConstants.entropyHigh)
    #expect(automaton.states == ProvenConstants.automatonStates)
  }

  @Test func gf16HasTheLucasNumbersToTheFifteenth() throws {
    #expect(Double(GF16.greatestFiniteMagnitude) == Double(ProvenConstants.largestGF16))
    for n in 0...40 {
      let number = Double(try #require(Lucas.number(n)))
      #expect((Double(GF16(number)) == number) == (n <= ProvenConstants.lastExactLucas), "\(n)")
    }
    let last = Double(ProvenConstants.largestExactInteger)
    #expect(Double(GF16(last)) == last && Double(GF16(last + 1)) != last + 1)
  }

  @Test func aChangedConstantIsCaught() throws {
    let manifest = try Repository.checkout.manifest()
    for index in ProvenConstants.all.indices {
      var constants = ProvenConstants.all
      constants[index].value = constants[index].value.nextUp
      var check = ManifestCheck()
      let failure = #expect(throws: ProofFailure.self) {
        try check.program(manifest, constants: constants)
      }
      #expect(failure?.message.contains(constants[index].name) == true)
    }
    var check = ManifestCheck()
    #expect(throws: ProofFailure.self) {
      try check.program(manifest, constants: Array(ProvenConstants.all.dropLast()))
    }
  }
}
