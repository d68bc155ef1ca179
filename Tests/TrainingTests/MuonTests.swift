import KernelInterface
import Kernels
import Testing
import Training

@Suite struct MuonTests {
  static let variants = KernelSet.available.map(\.name)

  /// Distance allowed between the iteration in `Float` and in `Double`.
  ///
  /// Its slope at zero is 3.4445 a step, 485 in all, by which it may enlarge the roundings of 6e-8
  /// of its start: 3e-5.
  static let tolerance = 3e-5

  static func muon(_ variant: String) throws -> Muon {
    Muon(
      kernels: try KernelSet.select(variant), momentum: 0.9, rate: 0.03, decay: 0.2,
      gradientScale: 0.5)
  }

  @Test(arguments: variants, [(1, 1), (1, 9), (8, 8), (7, 33), (16, 64), (24, 24), (5, 300)])
  func orthogonaliseIsFiveQuinticSteps(variant: String, shape: (rows: Int, columns: Int)) throws {
    let muon = try Self.muon(variant)
    let (m, n) = shape
    let matrix = Muon.Matrix(offset: 0, rows: m, columns: n, stride: n)
    let scratch = try Muon.Scratch(
      largest: [matrix], panelWidth: KernelSet.select(variant).panelWidth)
    let start = Fixture.floats(m * n, seed: UInt64(m + n))
    for i in start.indices { scratch.x[i] = 3 * start[i] }
    muon.orthogonalise(rows: m, columns: n, scratch)
    let got = DoubleMatrix(rows: m, columns: n, values: (0..<(m * n)).map { Double(scratch.x[$0]) })
    let expected = DoubleMatrix(rows: m, columns: n, values: start.map(Double.init)).newtonSchulz()
    #expect(relativeDistance(got.values, expected.values) < Self.tolerance)
    // The band in which the coefficients leave any singular value that was not tiny.
    #expect(got.singularValues.allSatisfy { $0 > 0.6 && $0 < 1.25 }, "\(got.singularValues)")
    #expect(got.singularValues.count == min(m, n))
  }

  /// Tall, wide and square matrices, the last ones beside others in the same rows.
  static let matrices: [(rows: Int, columns: Int, stride: Int, offset: Int)] = [
    (12, 12, 12, 0), (40, 12, 12, 16), (12, 40, 40, 5), (12, 12, 36, 12), (33, 7, 21, 14),
    (1, 5, 5, 0),
  ]

  @Test(arguments: variants, matrices)
  func aStepIsMomentumOrthogonalisedScaledAndDecayed(
    variant: String, shape: (rows: Int, columns: Int, stride: Int, offset: Int)
  ) throws {
    let muon = try Self.muon(variant)
    let matrix = Muon.Matrix(
      offset: shape.offset, rows: shape.rows, columns: shape.columns, stride: shape.stride)
    let scratch = try Muon.Scratch(
      largest: [matrix], panelWidth: KernelSet.select(variant).panelWidth)
    let count = shape.offset + shape.rows * shape.stride + 3
    var parameters = Fixture.floats(count, seed: 1)
    var velocity = Fixture.floats(count, seed: 2)
    let places = (0..<shape.rows).flatMap { i in
      (0..<shape.columns).map { shape.offset + i * shape.stride + $0 }
    }
    let others = Set(0..<count).subtracting(places)
    // A third gradient after two steps, so that the momentum counts.
    for seed in 3...5 {
      let gradient = Fixture.floats(count, seed: UInt64(seed))
      let (p0, m0) = (parameters, velocity)
      muon.step(
        matrix, parameters: &parameters, gradient: gradient, velocity: &velocity, scratch: scratch)
      let g = places.map { 0.5 * Double(gradient[$0]) }
      let m = zip(places, g).map { 0.9 * Double(m0[$0]) + 0.1 * $1 }
      let nesterov = DoubleMatrix(
        rows: shape.rows, columns: shape.columns, values: zip(g, m).map { 0.1 * $0 + 0.9 * $1 })
      let direction = nesterov.newtonSchulz()
      let scale = 0.03 * max(1, Double(shape.columns) / Double(shape.rows)).squareRoot()
      let moved = direction.values.map { -scale * $0 }
      #expect(relativeDistance(places.map { Double(velocity[$0]) }, m) < 1e-6)
      // What the parameters moved by, decay apart; their own rounding is some 1e-7 / 0.03.
      let change = places.map { Double(parameters[$0]) - Double(p0[$0]) * (1 - 0.03 * 0.2) }
      #expect(relativeDistance(change, moved) < Self.tolerance)
      #expect(others.allSatisfy { parameters[$0] == p0[$0] && velocity[$0] == m0[$0] })
    }
  }

  @Test func aZeroGradientWithoutMomentumOnlyDecays() throws {
    let muon = try Self.muon("portable")
    let matrix = Muon.Matrix(offset: 0, rows: 4, columns: 6, stride: 6)
    let scratch = try Muon.Scratch(largest: [matrix], panelWidth: 8)
    var parameters = Fixture.floats(24, seed: 1)
    var velocity = [Float](repeating: 0, count: 24)
    let before = parameters
    muon.step(
      matrix, parameters: &parameters, gradient: velocity, velocity: &velocity, scratch: scratch)
    #expect(parameters == before.map { $0 * (1 - Float(0.03) * 0.2) })
  }
}
