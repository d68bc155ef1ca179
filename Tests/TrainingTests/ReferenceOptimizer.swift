import Foundation
import LanguageModel
import Training

/// Every optimiser in `Double`, element by element from the formulas, to judge the rules.
struct ReferenceOptimizer {
  let configuration: TrainingConfiguration
  let layout: ParameterLayout
  /// Momenta, second moments, and Schedule-Free's iterates and their average.
  var m: [Double], v: [Double], z: [Double], x: [Double]
  /// Sums of squared rates: of the model's tensors, and of the predictor's, which begin later.
  private var squares = [0.0, 0.0]
  /// Steps so far that hid spans.
  private var hidden = 0

  init(_ configuration: TrainingConfiguration, layout: ParameterLayout) {
    self.configuration = configuration
    self.layout = layout
    m = [Double](repeating: 0, count: layout.count)
    (v, z, x) = (m, m, m)
  }

  /// Returns what `p` becomes at step `n`, from 1, by the clipped gradient `g` and the share `factor`
  /// of the peak rate.
  mutating func step(_ n: Int, _ p: [Double], _ g: [Double], factor: Double) -> [Double] {
    // The predictor's steps are those that hide spans.
    let hides = configuration.objective.hasJEPA && Self.hides(configuration, n)
    if hides { hidden += 1 }
    for (part, own) in [n, hides ? hidden : 0].enumerated() where own > 0 {
      squares[part] += pow(factor, 2) * (1 - pow(configuration.beta2, Double(own)))
    }
    let step = n
    var after = p
    for tensor in layout.tensors {
      let predictor = tensor.name.hasPrefix("jepa.") ? 1 : 0
      let n = predictor == 0 ? step : hides ? hidden : 0
      if n < 1 { continue }
      if n == 1 { for i in tensor.range { (z[i], x[i]) = (p[i], p[i]) } }
      let (share, decays): (Double, Bool) =
        switch tensor.role {
        case .embedding: (5, true)
        case .gain, .shift, .valueShare: (2.5, false)
        case .cellSeed: (5, false)
        case .bias, .cellRule: (1, false)
        case .ngramProjection, .contextual, .cellReadout: (1, true)
        case .block, .blockOutput, .head, .cellDrive: (wide, true)
        }
      switch (configuration.optimizer, tensor.role) {
      case (.muon, .block(let fused)), (.muonCautious, .block(let fused)),
        (.normuon, .block(let fused)):
        matrices(tensor, fused, n, p, g, factor, &after)
      case (.muon, .blockOutput), (.muonCautious, .blockOutput), (.normuon, .blockOutput),
        (.muon, .cellDrive), (.muonCautious, .cellDrive), (.normuon, .cellDrive):
        matrices(tensor, 1, n, p, g, factor, &after)
      default:
        let rate = configuration.learningRate * factor
        let part = tensor.role == .embedding ? configuration.embeddingDecay : 1
        let decay = decays ? part * configuration.weightDecay : 0
        for i in tensor.range {
          switch configuration.optimizer {
          case .sgd:
            m[i] = configuration.momentum * m[i] + g[i]
            after[i] = p[i] - rate * decay * p[i] - rate * m[i]
          case .lion: after[i] = lion(i, p[i], g[i], rate * share, decay)
          case .scheduleFree:
            after[i] = scheduleFree(
              n, i, p[i], g[i], rate * share, decay, factor, squares[predictor])
          case .muon, .muonCautious, .normuon, .adamw:
            after[i] = adamW(n, i, p[i], g[i], rate * share, decay)
          }
        }
      }
    }
    return after
  }

  /// Whether step `n`, from 1, hides spans.
  private static func hides(_ configuration: TrainingConfiguration, _ n: Int) -> Bool {
    if configuration.curriculum.phases.isEmpty { return n > configuration.jepaWarmup }
    var left = n
    for phase in configuration.curriculum.phases {
      if case .steps(let steps) = phase.length { left -= steps } else { left = 0 }
      if left <= 0 { return phase.factors.jepa > 0 }
    }
    return false
  }

  /// μP's factor of the rate of what has the width's channels for inputs.
  private var wide: Double {
    configuration.mupBase == 0
      ? 1 : Double(configuration.mupBase) / Double(configuration.model.width)
  }

  private mutating func adamW(
    _ n: Int, _ i: Int, _ p: Double, _ g: Double, _ rate: Double, _ decay: Double
  ) -> Double {
    let (b1, b2) = (configuration.beta1, configuration.beta2)
    m[i] = b1 * m[i] + (1 - b1) * g
    v[i] = b2 * v[i] + (1 - b2) * g * g
    let (mean, square) = (m[i] / (1 - pow(b1, Double(n))), v[i] / (1 - pow(b2, Double(n))))
    return p - rate * (mean / (square.squareRoot() + 1e-8) + decay * p)
  }

  private mutating func lion(
    _ i: Int, _ p: Double, _ g: Double, _ rate: Double, _ decay: Double
  ) -> Double {
    let mixed = configuration.beta1 * m[i] + (1 - configuration.beta1) * g
    m[i] = configuration.beta2 * m[i] + (1 - configuration.beta2) * g
    return p - rate * ((mixed == 0 ? 0 : mixed.sign == .plus ? 1 : -1) + decay * p)
  }

  /// `factor` is that of the warm-up here, and in `rate`.
  private mutating func scheduleFree(
    _ n: Int, _ i: Int, _ y: Double, _ g: Double, _ rate: Double, _ decay: Double,
    _ factor: Double, _ squares: Double
  ) -> Double {
    let correction = 1 - pow(configuration.beta2, Double(n))
    let gamma = rate * correction.squareRoot()
    v[i] = configuration.beta2 * v[i] + (1 - configuration.beta2) * g * g
    z[i] -= gamma * (g / (v[i].squareRoot() + 1e-8) + decay * y)
    let c = factor * factor * correction / squares
    x[i] += c * (z[i] - x[i])
    return z[i] + configuration.beta1 * (x[i] - z[i])
  }

  private mutating func matrices(
    _ tensor: ParameterLayout.Tensor, _ fused: Int, _ n: Int, _ p: [Double], _ g: [Double],
    _ factor: Double, _ after: inout [Double]
  ) {
    let (rows, columns) = (tensor.rows, tensor.columns / fused)
    let beta = 0.85 + (configuration.momentum - 0.85) * min(1, Double(n - 1) / 300)
    let (rate, decay) = (configuration.muonRate * factor, configuration.muonWeightDecay)
    for part in 0..<fused {
      func place(_ i: Int, _ j: Int) -> Int {
        tensor.offset + i * tensor.columns + part * columns + j
      }
      var u = DoubleMatrix(
        rows: rows, columns: columns, values: [Double](repeating: 0, count: rows * columns))
      for i in 0..<rows {
        for j in 0..<columns {
          let k = place(i, j)
          m[k] = beta * m[k] + (1 - beta) * g[k]
          u[i, j] = (1 - beta) * g[k] + beta * m[k]
        }
      }
      var o = u.newtonSchulz()
      if configuration.optimizer == .normuon {
        let norm = o.norm
        for j in 0..<columns {
          let mean = (0..<rows).reduce(0) { $0 + o[$1, j] * o[$1, j] } / Double(rows)
          let k = place(0, j)
          v[k] = 0.95 * v[k] + 0.05 * mean
          for i in 0..<rows { o[i, j] /= v[k].squareRoot() + 1e-10 }
        }
        o = (norm / o.norm) * o
      }
      let size = max(1, Double(columns) / Double(rows)).squareRoot()
      for i in 0..<rows {
        for j in 0..<columns {
          let k = place(i, j)
          let agrees = configuration.optimizer != .muonCautious || o[i, j] * p[k] >= 0
          after[k] = p[k] - rate * (size * o[i, j] + (agrees ? decay * p[k] : 0))
        }
      }
    }
  }
}
