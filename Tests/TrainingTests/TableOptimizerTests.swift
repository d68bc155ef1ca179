import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Testing
import Training

@Suite struct TableOptimizerTests {
  /// The rule over all rows at every step, in `Double`, with the average kept up at each.
  struct Dense {
    var weights: [Double], average: [Double], second: [Double]
    let W: Int, rule: WeightAverage

    mutating func step(_ n: Int, sums: [Int: [Double]], rate: Double, decay: Double) {
      for (row, g) in sums {
        let mean = g.reduce(0) { $0 + $1 * $1 } / Double(W)
        second[row] = second[row] == 0 ? mean : 0.99 * second[row] + 0.01 * mean
        for i in 0..<W {
          let w = weights[row * W + i]
          weights[row * W + i] -= rate * (g[i] / (second[row].squareRoot() + 1e-10) + decay * w)
        }
      }
      let keep =
        switch rule {
        case .none: 0.0
        case .power(let power): n == 1 ? 0 : pow(Double(n) / Double(n + 1), power)
        case .exponential(let decay): n == 1 ? 0 : decay
        }
      for i in weights.indices { average[i] = keep * average[i] + (1 - keep) * weights[i] }
    }
  }

  static let averages: [WeightAverage] = [
    .none, .power(0.5), .power(3), .power(16), .exponential(0.5), .exponential(0.95),
  ]

  @Test(arguments: KernelSet.available.map(\.name), averages)
  func stepsAndTheLateAverageAreThoseOfTheDenseRule(
    variant: String, average rule: WeightAverage
  ) throws {
    var configuration = ModelConfiguration()
    configuration.width = 4
    configuration.layers = 1
    configuration.context = 6
    configuration.hidden = 4
    configuration.ngramOrders = [2, 5]
    configuration.ngramRows = 16
    configuration.ngramWidth = 5
    let engine = try Transformer(
      configuration: configuration, kernels: KernelSet.select(variant), threads: 2, batch: 2)
    engine.initialise(seed: 3)
    let optimizer = try TableOptimizer(
      engine: engine, weights: RoundedWeights(TrainingConfiguration(), engine: engine),
      average: rule)
    let (O, W, rows) = (2, 5, 16)
    var dense = Dense(
      weights: engine.tables.map(Double.init), average: [Double](repeating: 0, count: 160),
      second: [Double](repeating: 0, count: 32), W: W, rule: rule)
    let random = CounterRandom(seed: 12)
    var touched = Set<Int>()
    for n in 1...40 {
      var sums: [Int: [Double]] = [:]
      let values = Fixture.floats(engine.tableGradient.count, seed: UInt64(100 + n))
      for place in engine.tableRows.indices {
        let bits = random.bits(UInt32(n * 100 + place))
        // One place in four has no row; few rows, so that they repeat and some are never met.
        let row = bits % 4 == 0 ? -1 : Int(bits >> 8 % 11) % (n < 20 ? 5 : 13)
        engine.tableRows[place] = Int32(row)
        for i in 0..<W { engine.tableGradient[place * W + i] = values[place * W + i] }
        guard row >= 0 else { continue }
        let key = place % O * rows + row
        touched.insert(key)
        for i in 0..<W {
          sums[key, default: [Double](repeating: 0, count: W)][i] += Double(values[place * W + i])
        }
      }
      let rate = 0.05 / Double(n)
      let decay = n < 20 ? 0 : 0.25
      optimizer.step(engine, step: n, rate: Float(rate), decay: Float(decay))
      dense.step(n, sums: sums, rate: Double(Float(rate)), decay: decay)
      // Some ten roundings of 6e-8 a step.
      #expect(relativeDistance(engine.tables.map(Double.init), dense.weights) < 3e-6)
      guard rule != .none, [1, 2, 7, 19, 40].contains(n) else { continue }
      for _ in 0..<2 {
        var average = [Float](repeating: .nan, count: 160)
        optimizer.writeAverage(engine, step: n, into: &average)
        #expect(relativeDistance(average.map(Double.init), dense.average) < 3e-6, "step \(n)")
      }
    }
    #expect(touched.count > 10 && touched.count < 32)
  }
}
