import LanguageModel
import Testing

@Suite struct ParameterInitialisationTests {
  static let configuration = {
    var configuration = ModelConfiguration()
    configuration.width = 64
    configuration.hidden = 96
    configuration.layers = 2
    configuration.ngramOrders = [2, 3]
    configuration.ngramRows = 512
    configuration.ngramWidth = 8
    configuration.nca = NCAConfiguration()
    return configuration
  }()
  static let layout = ParameterLayout(configuration)

  static func parameters(_ layout: ParameterLayout, seed: UInt64) -> [Float] {
    var values = [Float](repeating: .nan, count: layout.count)
    unsafe values.withUnsafeMutableBufferPointer {
      unsafe ParameterInitialisation.writeParameters(layout, seed: seed, into: $0)
    }
    return values
  }

  static func tables(_ configuration: ModelConfiguration, seed: UInt64) -> [Float] {
    var values = [Float](repeating: .nan, count: ParameterLayout(configuration).tableCount)
    unsafe values.withUnsafeMutableBufferPointer {
      unsafe ParameterInitialisation.writeTables(configuration, seed: seed, into: $0)
    }
    return values
  }

  /// Mean and standard deviation.
  static func moments(_ values: some Collection<Float>) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    let square = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, (square / Double(values.count)).squareRoot())
  }

  @Test(arguments: EncoderKind.allCases)
  func everyTensorHasItsDistribution(encoder: EncoderKind) {
    var configuration = Self.configuration
    configuration.encoder = encoder
    let layout = ParameterLayout(configuration)
    let values = Self.parameters(layout, seed: 7)
    for tensor in layout.tensors {
      let part = values[tensor.range]
      switch tensor.role {
      case .embedding:
        expectDeviation(0.5, of: part, tensor.name)
      case .block, .ngramProjection:
        let factor: Float = tensor.role == .ngramProjection ? 1 : 0.996
        expectUniform(factor / Float(tensor.rows).squareRoot(), part, tensor.name)
      case .contextual:
        expectUniform((6 / Float(tensor.rows + tensor.columns)).squareRoot(), part, tensor.name)
      case .gain:
        #expect(part.allSatisfy { $0 == 1 }, "\(tensor.name)")
      case .valueShare:
        #expect(Array(part) == [0.5], "\(tensor.name)")
      case .cellDrive:
        let bound = 0.2 / Float(tensor.rows).squareRoot()
        #expect(part.allSatisfy { abs($0) <= bound }, "\(tensor.name)")
        expectDeviation(Double(bound) / 3.0.squareRoot(), of: part, tensor.name)
      case .cellSeed:
        let level = part.enumerated().map { $1 + 0.2 * Float($0 % 9) }
        expectDeviation(2, of: level[...], tensor.name)
      case .cellRule:
        #expect(part.count { $0 != 0 } == 18, "\(tensor.name)")
      case .blockOutput, .head, .bias, .shift, .cellReadout:
        #expect(part.allSatisfy { $0 == 0 }, "\(tensor.name)")
      }
    }
  }

  private func expectUniform(_ bound: Float, _ part: ArraySlice<Float>, _ name: String) {
    #expect(part.allSatisfy { abs($0) <= bound }, "\(name)")
    #expect(part.contains { $0 > 0.98 * bound }, "\(name)")
    #expect(part.contains { $0 < -0.98 * bound }, "\(name)")
    expectDeviation(Double(bound) / 3.0.squareRoot(), of: part, name)
  }

  /// Five standard errors, of the mean and of the deviation (the normal one, `σ/√2n`, is above
  /// the uniform one).
  private func expectDeviation(_ sigma: Double, of part: ArraySlice<Float>, _ name: String) {
    let (mean, deviation) = Self.moments(part)
    let error = sigma / Double(part.count).squareRoot()
    #expect(abs(mean) < 5 * error, "\(name)")
    #expect(abs(deviation - sigma) < 5 * error / 2.0.squareRoot(), "\(name)")
  }

  @Test func tablesAreNormalAndDifferFromOneAnother() {
    let values = Self.tables(Self.configuration, seed: 7)
    expectDeviation(0.1, of: values[...], "tables")
    #expect(values.allSatisfy { abs($0) < 0.6 })
    // 4.55 % of normal numbers lie beyond two deviations, a little fewer of a sum of 12.
    let beyond = Double(values.count { abs($0) > 0.2 }) / Double(values.count)
    #expect(abs(beyond - 0.0455) < 0.01)
    #expect(values.prefix(values.count / 2) != values.suffix(values.count / 2))
  }

  @Test func everyElementIsWrittenAndPaddingIsZero() {
    var configuration = Self.configuration
    configuration.width = 6
    let layout = ParameterLayout(configuration)
    let values = Self.parameters(layout, seed: 7)
    let used = Set(layout.tensors.flatMap { Array($0.range) })
    #expect(values.indices.allSatisfy { used.contains($0) || values[$0] == 0 })
    #expect(used.count < layout.count)
  }

  @Test func theSeedDecidesTheValues() {
    #expect(Self.parameters(Self.layout, seed: 7) == Self.parameters(Self.layout, seed: 7))
    #expect(Self.parameters(Self.layout, seed: 7) != Self.parameters(Self.layout, seed: 8))
    #expect(Self.tables(Self.configuration, seed: 7) != Self.tables(Self.configuration, seed: 8))
  }

  @Test func noTwoTensorsShareTheirNumbers() {
    let values = Self.parameters(Self.layout, seed: 7)
    let heads = Self.layout.tensors.map { tensor in
      (tensor.role, Array(values[tensor.range].prefix(8)))
    }
    let random = heads.filter { $0.1 != [Float](repeating: $0.1[0], count: 8) }.map(\.1)
    #expect(random.count == 11)
    #expect(Set(random).count == 11)
  }

  /// Committed bits: the same on every machine and for ever, or old runs cannot be repeated.
  @Test func theValuesAreTheCommittedOnes() throws {
    func bits(_ values: ArraySlice<Float>) -> [UInt32] { values.prefix(3).map(\.bitPattern) }
    let values = Self.parameters(Self.layout, seed: 7)
    let matrix = try #require(Self.layout.blocks[0].attention).queryKeyValue.offset
    #expect(bits(values[...]) == [3_194_224_640, 1_047_920_640, 3_212_410_880])
    #expect(bits(values[matrix...]) == [1_014_246_789, 1_018_081_844, 3_186_376_985])
    let tables = Self.tables(Self.configuration, seed: 7)
    #expect(bits(tables[...]) == [1_043_647_693, 1_041_367_040, 3_173_829_837])
  }
}
