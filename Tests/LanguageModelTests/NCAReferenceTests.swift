import Foundation
import LanguageModel
import Testing

/// The cellular automaton of the reference: definitions by hand, gradients by central differences.
@Suite struct NCAReferenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var rule = NCAConfiguration.Rule.learned
    var steps = 2
    var low = 1.5, high = 2.8
    var testDescription: String { "\(rule.rawValue), \(steps) steps, \(low) to \(high) bits" }

    var configuration: NCAConfiguration {
      var nca = NCAConfiguration()
      (nca.rule, nca.steps, nca.low, nca.high) = (rule, steps, low, high)
      return nca
    }
  }

  /// Entropies above the band, below it, inside it, and of a rule that stays.
  static let cases = [
    Case(high: 2), Case(steps: 1, low: 3.16, high: 3.169), Case(low: 0, high: 3.169),
    Case(rule: .majority, steps: 3, high: 1.6),
  ]

  static func fixture(_ test: Case) -> ReferenceModelFixture {
    var configuration = ReferenceModelFixture.configuration(tokenShift: true, ngrams: true)
    configuration.nca = test.configuration
    return ReferenceModelFixture(
      configuration, n: 3, dropout: DropoutKey(seed: 3, step: 5, sequence: 2))
  }

  @Test(arguments: cases)
  func everyTensorsGradientMatchesDifferences(of test: Case) {
    let fixture = Self.fixture(test)
    let claimed = fixture.gradients()
    #expect(claimed.loss == fixture.loss(fixture.model))
    for tensor in fixture.model.layout.tensors {
      let ofAutomaton = tensor.name.hasPrefix("nca.")
      let indices =
        ofAutomaton
        ? Sample.choice(6, of: Array(tensor.range), seed: UInt64(tensor.offset))
        : fixture.sampledIndices(tensor, count: 2)
      // What one weight does to 81 cells' mean is little, which a longer step lifts above rounding.
      let error = GradientCheck(step: ofAutomaton ? 1e-3 : 2e-4).worstError(
        of: fixture.loss(parameters:), at: fixture.model.parameters,
        claimed: claimed.parameters, indices: indices)
      #expect(error < GradientCheck.tolerance, "\(tensor.name)")
    }
    let error = GradientCheck(step: 2e-4).worstError(
      of: fixture.loss(tables:), at: fixture.model.tables, claimed: claimed.tables,
      indices: Sample.choice(
        4, of: claimed.tables.indices.filter { claimed.tables[$0] != 0 }, seed: 1))
    #expect(error < GradientCheck.tolerance)
  }

  /// The gradients of the penalty alone.
  static func penaltyGradients(
    _ fixture: ReferenceModelFixture
  ) -> (loss: Double, parameters: [Double], tables: [Double]) {
    let zeros = [Double](repeating: 0, count: fixture.inputs.count)
    var parameters = [Double](repeating: 0, count: fixture.model.parameters.count)
    var tables = [Double](repeating: 0, count: fixture.model.tables.count)
    let loss = fixture.model.gradients(
      inputs: fixture.inputs, targets: fixture.targets, weights: zeros, dropout: nil,
      ncaWeights: zeros.map { _ in 1 }, parameters: &parameters, tables: &tables)
    return (loss, parameters, tables)
  }

  /// The penalty alone moves the automaton, all blocks and both embeddings; not what is behind it.
  @Test(arguments: [cases[0], cases[1], cases[3]])
  func thePenaltyAloneMovesTheModel(test: Case) {
    let fixture = Self.fixture(test)
    let gradients = Self.penaltyGradients(fixture)
    #expect(gradients.loss > 0)
    let behind = ["head", "head.bias", "nca.value", "nca.output"]
    for tensor in fixture.model.layout.tensors {
      let moves = gradients.parameters[tensor.range].contains { $0 != 0 }
      #expect(moves == !behind.contains(tensor.name), "\(tensor.name)")
    }
    #expect(gradients.tables.contains { $0 != 0 })
  }

  @Test func insideTheBandThereIsNoPenaltyAndNoGradient() {
    let fixture = Self.fixture(Self.cases[2])
    let entropies = fixture.model.entropies(inputs: fixture.inputs)
    #expect(entropies.count == 3 && entropies.allSatisfy { $0 > 0 && $0 < 3.169 })
    let gradients = Self.penaltyGradients(fixture)
    #expect(gradients.loss == 0)
    #expect(gradients.parameters.allSatisfy { $0 == 0 })
    #expect(gradients.tables.allSatisfy { $0 == 0 })
  }

  @Test func thePenaltyIsTheSquaredDistanceFromTheBand() {
    let nca = NCAConfiguration()
    for (entropy, value, slope) in [
      (1.5, 0, 0), (2.0, 0, 0), (2.8, 0, 0), (1.4, 1, -20), (3.0, 4, 40), (0, 225, -300),
    ] as [(Double, Double, Double)] {
      let penalty = nca.penalty(entropy)
      #expect(abs(penalty.value - value) < 1e-9 && abs(penalty.derivative - slope) < 1e-9)
    }
    #expect(nca.penalty(Double.nan).value.isNaN)
    #expect(nca.penalty(Float.nan).derivative.isNaN)
    // Convex: no point above the chord of its neighbours.
    for i in 1..<316 {
      let h = Double(i) / 100
      let chord = (nca.penalty(h - 0.01).value + nca.penalty(h + 0.01).value) / 2
      #expect(nca.penalty(h).value <= chord + 1e-9)
    }
  }

  typealias Automaton = Reference.Automaton<Double>

  /// A step away on a torus: four different cells, of which each has this one as a neighbour.
  @Test func neighboursAreThoseOfATorus() {
    for cell in 0..<81 {
      let all = Automaton.neighbours(of: cell)
      #expect(Set(all).count == 4 && !all.contains(cell))
      for other in all {
        #expect(Automaton.neighbours(of: other).contains(cell))
        let (dy, dx) = (abs(cell / 9 - other / 9), abs(cell % 9 - other % 9))
        #expect([dy, dx].sorted() == [0, 1] || [dy, dx].sorted() == [0, 8])
      }
    }
    #expect(Automaton.neighbours(of: 0) == [72, 9, 8, 1])
    #expect(Automaton.neighbours(of: 80) == [71, 8, 79, 72])
  }

  /// Nine equally frequent states are the most uncertain; one state everywhere is certain.
  @Test func entropyIsInBitsAndBounded() {
    let uniform = [Double](repeating: 1.0 / 9, count: 729)
    #expect(abs(Automaton.entropy(uniform) - log2(9)) < 1e-12)
    #expect(abs(NCAConfiguration.mostEntropy - log2(9)) < 1e-14)
    #expect(NCAConfiguration.mostEntropy <= log2(9))
    let certain = (0..<729).map { $0 % 9 == 4 ? 1.0 : 0 }
    #expect(Automaton.entropy(certain) == 0)
    // 27 cells of each of three states.
    let three = (0..<729).map { $0 % 9 == $0 / 9 % 3 ? 1.0 : 0 }
    #expect(abs(Automaton.entropy(three) - log2(3)) < 1e-12)
    for seed in 0..<20 {
      let logits = Sample.numbers(729, seed: UInt64(seed), scale: Double(seed))
      let entropy = Automaton.entropy(Reference.softmax(logits, columns: 9))
      #expect(entropy >= 0 && entropy <= log2(9))
    }
  }

  /// Where the earlier project's vote (2 for the cell's own state, 1 for each neighbour's) has one
  /// winner, the soft majority leads to it, too.
  @Test func theSoftMajorityFollowsTheVote() {
    let states = (0..<81).map { Int(CounterWord.word($0) % 3) }
    let grid = (0..<729).map { states[$0 / 9] == $0 % 9 ? 1.0 : 0 }
    let automaton = Automaton(
      seed: [Double](repeating: 0, count: 729), direction: [Double](repeating: 0, count: 9),
      value: [Double](repeating: 0, count: 9),
      rule: NCAConfiguration.softMajority.map(Double.init), steps: 1, drivesSteps: false)
    let next = Reference.softmax(automaton.ruled(grid), columns: 9)
    var decided = 0
    for cell in 0..<81 {
      var votes = [Int](repeating: 0, count: 9)
      votes[states[cell]] += 2
      for other in Automaton.neighbours(of: cell) { votes[states[other]] += 1 }
      let most = votes.max() ?? 0
      guard votes.count(where: { $0 == most }) == 1, let winner = votes.firstIndex(of: most) else {
        continue
      }
      decided += 1
      #expect(next[cell * 9 + winner] > 0.5, "cell \(cell)")
    }
    #expect(decided > 40)
  }

  /// A rule that stays has no tensor; a learned one has, and starts as it.
  @Test func theMajorityRuleHasNoWeights() {
    var configuration = ReferenceModelFixture.configuration(tokenShift: true, ngrams: true)
    var nca = NCAConfiguration()
    nca.rule = .majority
    configuration.nca = nca
    #expect(ParameterLayout(configuration).automaton?.rule == nil)
    nca.rule = .learned
    configuration.nca = nca
    let layout = ParameterLayout(configuration)
    #expect(layout.automaton?.rule?.count == 171)
    #expect(layout.modelCount == layout.count && layout.count == configuration.denseElements)
    #expect(layout.tensors.count == configuration.tensorCount)
  }
}

/// Words that look random.
private enum CounterWord {
  static func word(_ i: Int) -> UInt32 {
    var x = UInt32(i) &* 2_654_435_761
    x ^= x >> 15
    return (x &* 2_246_822_519) >> 8
  }
}
