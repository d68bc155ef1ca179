import KernelInterface
import Kernels
import LanguageModel
import Testing

/// The fast engine against the reference in `Double`, tensor by tensor.
@Suite struct TransformerGradientTests {
  static let variants = KernelSet.available.map(\.name)

  /// Distance between a tensor's gradient and the reference's, in units of the latter's norm.
  ///
  /// A path from a weight to the loss and back has some 30 operations. Each is a sum of up to 512
  /// products, whose roundings of either sign grow like a root, to about 10 of 6e-8: 30 · 10 · 6e-8
  /// = 2e-5. Measured over all cases, portable and AVX2: at most 3.5e-6.
  static let tolerance = 2e-5

  @Test(arguments: variants, TransformerFixture.cases)
  func lossAndEveryGradientAgreeWithTheReference(
    variant: String, test: TransformerFixture.Case
  ) throws {
    let fixture = try TransformerFixture(test, kernels: KernelSet.select(variant))
    let expected = fixture.referenceGradients()
    // Twice: what a step left behind must not reach the next.
    for _ in 0..<2 {
      let loss = fixture.compute()
      #expect(abs(loss - expected.loss) < 1e-6 * expected.loss)
      let gradient = fixture.engine.gradient.map(Double.init)
      for tensor in fixture.model.layout.tensors {
        let error = relativeDistance(
          Array(gradient[tensor.range]), Array(expected.parameters[tensor.range]))
        #expect(error < Self.tolerance, "\(tensor.name)")
        #expect(expected.parameters[tensor.range].contains { $0 != 0 } || test.context == 1)
      }
      if fixture.model.layout.tableCount > 0 {
        let error = relativeDistance(fixture.scatteredTables(), expected.tables)
        #expect(error < Self.tolerance, "tables")
        #expect(expected.tables.contains { $0 != 0 } || test.context == 1)
      }
      let used = Set(fixture.model.layout.tensors.flatMap { Array($0.range) })
      #expect(gradient.indices.allSatisfy { used.contains($0) || gradient[$0] == 0 })
    }
  }

  /// Which row of each table a position reads is `NgramHash`'s word, −1 where the window is short.
  @Test func tableRowsAreThoseOfTheHash() throws {
    let test = TransformerFixture.cases[3]
    let fixture = try TransformerFixture(test, kernels: KernelSet.select("portable"))
    _ = fixture.compute()
    for b in 0..<test.batch {
      for t in 0..<test.context {
        for (o, order) in test.orders.enumerated() {
          let window = fixture.sequence(b, of: fixture.inputs)
          let row = window.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.flatMap {
              NgramHash.row($0, position: t, order: order, rows: 16)
            }
          }
          let place = (b * test.context + t) * test.orders.count + o
          #expect(Int(fixture.engine.tableRows[place]) == row ?? -1)
        }
      }
    }
  }

  @Test(arguments: variants, [2, 5, 6, 10])
  func theNumberOfThreadsDoesNotChangeABit(variant: String, index: Int) throws {
    var test = TransformerFixture.cases[index]
    test.batch = 5
    test.shards = 4
    var results: [[UInt32]] = []
    for threads in 1...4 {
      let fixture = try TransformerFixture(
        test, kernels: KernelSet.select(variant), threads: threads)
      let loss = fixture.compute()
      results.append(
        fixture.engine.gradient.map(\.bitPattern) + fixture.engine.tableGradient.map(\.bitPattern)
          + fixture.engine.tableRows.map { UInt32(bitPattern: $0) }
          + [Float(loss).bitPattern])
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// The reference's loss moves along a random direction as the engine's own gradient says.
  ///
  /// The difference of losses in `Double` is off by about h² ≈ 1e-8, the gradient in `Float` by up
  /// to the tolerance above in units of its norm; the direction is half the gradient's own, so that
  /// the derivative is no small difference of large terms.
  @Test(arguments: variants, [2, 3, 6, 9])
  func theLossMovesAsTheGradientSays(variant: String, index: Int) throws {
    let fixture = try TransformerFixture(
      TransformerFixture.cases[index], kernels: KernelSet.select(variant))
    _ = fixture.compute()
    let gradient = fixture.engine.gradient.map(Double.init)
    let tables = fixture.scatteredTables()
    let all = gradient + tables
    let norm = dot(all, all).squareRoot()
    let noise = Sample.numbers(all.count, seed: 8)
    let noiseNorm = dot(noise, noise).squareRoot()
    let direction = zip(all, noise).map { 0.5 * $0 / norm + 0.5 * $1 / noiseNorm }
    func loss(_ h: Double) -> Double {
      let n = gradient.count
      return fixture.referenceLoss(
        parameters: (0..<n).map { fixture.model.parameters[$0] + h * direction[$0] },
        tables: tables.indices.map { fixture.model.tables[$0] + h * direction[n + $0] })
    }
    let h = 1e-4
    let slope = (4 * (loss(h) - loss(-h)) / (2 * h) - (loss(2 * h) - loss(-2 * h)) / (4 * h)) / 3
    #expect(abs(slope - dot(all, direction)) < 1e-4 * abs(slope))
  }

  /// The judge: a gradient that is wrong in one element by a hundredth of its tensor is caught.
  @Test func aWrongElementIsCaught() throws {
    let test = TransformerFixture.cases[3]
    let fixture = try TransformerFixture(test, kernels: KernelSet.select("portable"))
    let expected = fixture.referenceGradients().parameters
    for tensor in fixture.model.layout.tensors {
      var gradient = Array(expected[tensor.range])
      let norm = dot(gradient, gradient).squareRoot()
      gradient[tensor.count / 2] += 0.01 * norm
      let error = relativeDistance(gradient, Array(expected[tensor.range]))
      #expect(error > 10 * Self.tolerance, "\(tensor.name)")
    }
  }

  @Test func aNaNWeightMakesTheLossNaN() throws {
    let fixture = try TransformerFixture(
      TransformerFixture.cases[2], kernels: KernelSet.select("portable"))
    fixture.engine.parameters[fixture.engine.layout.blocks[0].up.offset] = .nan
    fixture.engine.parametersChanged()
    #expect(!fixture.compute().isFinite)
  }
}
