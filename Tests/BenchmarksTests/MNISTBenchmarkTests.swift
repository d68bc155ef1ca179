import Benchmarks
import Corpora
import KernelInterface
import Kernels
import Testing

@Suite struct MNISTBenchmarkTests {
  private static let seeds: [UInt64] = [1, 2, 3]

  private static func run(threads: Int) throws -> MNISTBenchmark {
    try MNISTBenchmark.run(
      DigitFixture.images(), ClassifierRecipe(epochs: 8, batch: 32, rate: 5e-3), hidden: 24,
      seeds: seeds, kernels: KernelSet.select(), threads: threads)
  }

  private static let table = Result { try run(threads: 1) }

  @Test func everyRoundingLearnsTheSpots() throws {
    let table = try Self.table.get()
    #expect(table.layers == [48, 24, 10])
    #expect(table.rows.count == 13)
    for row in table.rows {
      #expect(row.correct.count == 3)
      #expect(row.accuracy.mean > 97, "\(row)")
      #expect(row.accuracy.mean == row.correct.reduce(0) { $0 + Double($1) / 2 } / 3)
    }
    let kinds = table.rows.map { "\($0.format), \($0.rounded.rawValue), \($0.trainedRounded)" }
    #expect(Set(kinds).count == 13)
    #expect(kinds[0] == "Float, nothing, false")
    #expect(kinds.contains("GF16, weights and activations, true"))
  }

  @Test func gapsArePairedWithFloat() throws {
    let rows = try Self.table.get().rows
    #expect(rows[0].gap == nil)
    for row in rows.dropFirst() {
      let gaps = zip(row.correct, rows[0].correct).map { 100 * Double($0 - $1) / 200 }
      #expect(row.gap == MeanInterval(gaps))
    }
  }

  /// The same networks as they begin: what the others know comes from training.
  @Test func withoutTrainingNothingIsKnown() throws {
    let images = try DigitFixture.images()
    let table = try MNISTBenchmark.run(
      images, ClassifierRecipe(epochs: 0, batch: 32), hidden: 24, seeds: Self.seeds,
      kernels: KernelSet.select(), threads: 1)
    #expect(table.rows.allSatisfy { $0.accuracy.mean < 40 })
  }

  @Test func threadsDoNotMatter() throws {
    #expect(try Self.run(threads: 2) == Self.table.get())
  }

  /// t(0.975) is 12.706 with one degree of freedom and 2.262 with nine.
  @Test func intervalsAreStudents() {
    let two = MeanInterval([1, 3])
    #expect(two.mean == 2)
    #expect(abs(two.halfWidth - 12.7062047) < 1e-6)
    let ten = MeanInterval((1...10).map(Double.init))
    #expect(ten.mean == 5.5)
    #expect(abs(ten.halfWidth - 2.2621572 * (55.0 / 6 / 10).squareRoot()) < 1e-6)
    #expect(MeanInterval([4, 4, 4]).halfWidth == 0)
  }
}
