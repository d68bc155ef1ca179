import KernelInterface
import Kernels
import LanguageModel
import Synchronization
import Testing

@Suite struct TransformerScoringTests {
  static let variants = KernelSet.available.map(\.name)
  static let indices = [0, 1, 3, 4, 6, 8]

  /// Scores of windows, in their order.
  static func scores(
    _ engine: Transformer, starts: [Int], of text: [UInt8], length: Int
  ) -> [[Float]] {
    let results = Mutex([[Float]](repeating: [], count: starts.count))
    text.withUnsafeBufferPointer { bytes in
      engine.score(starts: starts, of: bytes, length: length) { window, nats in
        results.withLock { $0[window] = Array(nats) }
      }
    }
    return results.withLock { $0 }
  }

  static func probabilities(
    _ engine: Transformer, starts: [Int], of text: [UInt8], length: Int
  ) -> [[Float]] {
    let results = Mutex([[Float]](repeating: [], count: starts.count))
    text.withUnsafeBufferPointer { bytes in
      engine.probabilities(starts: starts, of: bytes, length: length) { window, values in
        results.withLock { $0[window] = Array(values) }
      }
    }
    return results.withLock { $0 }
  }

  /// An engine that only scores, with the weights of a fixture.
  static func scorer(_ fixture: TransformerFixture, threads: Int = 2) throws -> Transformer {
    let scorer = try Transformer(
      configuration: fixture.test.configuration, kernels: fixture.engine.kernels,
      threads: threads, batch: 0)
    for i in scorer.parameters.indices { scorer.parameters[i] = fixture.engine.parameters[i] }
    for i in scorer.tables.indices { scorer.tables[i] = fixture.engine.tables[i] }
    scorer.parametersChanged()
    return scorer
  }

  /// Losses of a few nats, each the end of a forward pass alone: some 100 ulps, 1e-5 nats.
  @Test(arguments: variants, indices)
  func scoresAgreeWithTheReferenceAndTheTrainingLoss(variant: String, index: Int) throws {
    let test = TransformerFixture.cases[index]
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    let scorer = try Self.scorer(fixture)
    let T = test.context
    // A window is `context` inputs and the byte after them.
    let text = Sample.bytes(T * 3 + 7, seed: 4, limit: 5)
    for length in Set([1, 2, T / 2, T - 1, T]).filter({ $0 >= 1 && $0 <= T }).sorted() {
      let starts = [0, 3, 5, text.count - length - 1]
      for engine in [scorer, fixture.engine] {
        let scores = Self.scores(engine, starts: starts, of: text, length: length)
        for (start, nats) in zip(starts, scores) {
          let inputs = Array(text[start..<(start + length)])
          let logits = fixture.model.logits(inputs: inputs)
          let p = Reference.softmax(logits, columns: 256)
          #expect(nats.count == length)
          for t in nats.indices {
            let exact = -Double.naturalLogarithm(p[t * 256 + Int(text[start + t + 1])])
            #expect(abs(Double(nats[t]) - exact) < 1e-5 * max(1, exact))
          }
        }
      }
    }
    guard test.dropout == false else { return }
    // The training forward on the same window, dropout off.
    var joined: [UInt8] = []
    for b in 0..<test.batch { joined += fixture.sequence(b, of: fixture.inputs) }
    let total = fixture.compute()
    var scored = 0.0
    for b in 0..<test.batch {
      // Score against this fixture's targets by way of the full distributions.
      let p = Self.probabilities(scorer, starts: [b * T], of: joined, length: T)[0]
      for t in 0..<T {
        scored -= Double.naturalLogarithm(Double(p[t * 256 + Int(fixture.targets[b * T + t])]))
      }
    }
    #expect(abs(total - scored) < 1e-5 * total)
  }

  /// 256 probabilities, each rounded, with a sum in lanes: 1e-5 is some 100 times the expected error.
  @Test(arguments: variants, indices)
  func probabilitiesAgreeWithTheReferenceAndSumToOne(variant: String, index: Int) throws {
    let test = TransformerFixture.cases[index]
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    let scorer = try Self.scorer(fixture)
    let text = Sample.bytes(test.context, seed: 4, limit: 5)
    // No target is needed: the window may end with the text.
    let p = Self.probabilities(scorer, starts: [0], of: text, length: test.context)[0]
    let expected = Reference.softmax(fixture.model.logits(inputs: text), columns: 256)
    for t in 0..<test.context {
      let sum = p[(t * 256)..<((t + 1) * 256)].reduce(0.0) { $0 + Double($1) }
      #expect(abs(sum - 1) < 1e-5)
    }
    for i in p.indices { #expect(abs(Double(p[i]) - expected[i]) < 1e-5 * expected[i] + 1e-9) }
  }

  @Test(arguments: variants, [3, 6])
  func aLaterByteLeavesEarlierProbabilitiesBitIdentical(variant: String, index: Int) throws {
    let test = TransformerFixture.cases[index]
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    let scorer = try Self.scorer(fixture)
    let T = test.context
    let text = Sample.bytes(T, seed: 4, limit: 5)
    let before = Self.probabilities(scorer, starts: [0], of: text, length: T)[0]
    for changed in Set([1, 2, T / 3, 47, 48, 49, T - 2, T - 1]).filter({ $0 < T }) {
      var other = text
      other[changed] ^= 0x55
      let after = Self.probabilities(scorer, starts: [0], of: other, length: T)[0]
      let unchanged = 0..<(changed * 256)
      #expect(
        zip(before[unchanged], after[unchanged]).allSatisfy { $0.bitPattern == $1.bitPattern })
      let here = (changed * 256)..<((changed + 1) * 256)
      #expect(Array(before[here]) != Array(after[here]))
    }
  }

  @Test func windowsDoNotDependOnTheirCompanyOrThreads() throws {
    let fixture = try TransformerFixture(
      TransformerFixture.cases[3], kernels: KernelSet.select())
    let T = fixture.test.context
    let text = Sample.bytes(400, seed: 4, limit: 5)
    let starts = (0..<40).map { $0 * 7 }
    let together = Self.scores(
      try Self.scorer(fixture, threads: 4), starts: starts, of: text, length: T)
    let scorer = try Self.scorer(fixture, threads: 1)
    let p = Self.probabilities(scorer, starts: starts, of: text, length: T)
    for (index, start) in starts.enumerated() {
      // As Bool, lest a failure prints thousands of numbers.
      let same = Self.probabilities(scorer, starts: [start], of: text, length: T)[0] == p[index]
      #expect(same, "window \(index)")
      #expect(Self.scores(scorer, starts: [start], of: text, length: T)[0] == together[index])
    }
  }

  @Test func scoringChangesNothingThatTrainingReads() throws {
    let fixture = try TransformerFixture(
      TransformerFixture.cases[2], kernels: KernelSet.select())
    _ = fixture.compute()
    let before = fixture.engine.gradient.map(\.bitPattern)
    let text = Sample.bytes(50, seed: 4)
    _ = Self.scores(fixture.engine, starts: [0, 3], of: text, length: 3)
    #expect(fixture.engine.gradient.map(\.bitPattern) == before)
    _ = fixture.compute()
    #expect(fixture.engine.gradient.map(\.bitPattern) == before)
  }

  @Test func aWindowOutsideTheTextOrTheContextTraps() async {
    await #expect(processExitsWith: .failure) {
      let fixture = try TransformerFixture(
        TransformerFixture.cases[2], kernels: KernelSet.select())
      _ = TransformerScoringTests.scores(fixture.engine, starts: [6], of: [1, 2, 3], length: 2)
    }
    await #expect(processExitsWith: .failure) {
      let fixture = try TransformerFixture(
        TransformerFixture.cases[2], kernels: KernelSet.select())
      let text = [UInt8](repeating: 1, count: 50)
      _ = TransformerScoringTests.scores(fixture.engine, starts: [0], of: text, length: 6)
    }
  }
}
