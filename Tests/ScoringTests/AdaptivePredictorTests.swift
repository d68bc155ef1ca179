import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Scoring
import Testing

/// Dynamic evaluation against the reference model in `Double`, and what a code of it needs.
@Suite struct AdaptivePredictorTests {
  static let training = StaticScorerTests.text(700, seed: 9)
  static let text = StaticScorerTests.text(180, seed: 2)
  static let start = 60

  /// Each setting on its own and all together; steps within, at and across windows.
  static let settings: [DynamicEvaluation] = {
    var all: [DynamicEvaluation] = []
    func add(_ change: (inout DynamicEvaluation) -> Void) {
      var settings = DynamicEvaluation()
      settings.rate = 0.01
      settings.bytesPerStep = 10
      change(&settings)
      all.append(settings)
    }
    add { _ in }
    add { $0.bytesPerStep = 7 }
    add { ($0.bytesPerStep, $0.rate) = (1, 0.001) }
    add { $0.bytesPerStep = 33 }
    add { $0.momentum = 0.7 }
    add { $0.decay = 0.2 }
    add { $0.layerShare = 0.5 }
    add { $0.lastLayers = 1 }
    add { $0.lastLayers = 0 }
    add {
      ($0.bytesPerStep, $0.momentum, $0.decay, $0.layerShare, $0.lastLayers) = (
        13, 0.5, 0.1, 0.8, 2
      )
    }
    return all
  }()

  static func engine(
    _ variant: String = "portable", threads: Int = 1, of configuration: ModelConfiguration? = nil
  ) throws -> Transformer {
    let model = try StaticScorerTests.engine(variant, of: configuration)
    let engine = try Transformer(
      configuration: model.configuration, kernels: model.kernels, threads: threads, batch: 1,
      shards: 1)
    _ = engine.parameters.update(from: model.parameters)
    _ = engine.tables.update(from: model.tables)
    engine.parametersChanged()
    return engine
  }

  static func predictor(
    _ settings: DynamicEvaluation, _ engine: Transformer, text: [UInt8] = text,
    from start: Int = start
  ) throws -> AdaptivePredictor {
    try AdaptivePredictor(
      engine: engine, settings: settings, training: training[...], context: text[..<start])
  }

  /// The obvious way: whole windows through the reference, one update written out.
  struct Obvious {
    var model: Reference.Model<Double>
    let settings: DynamicEvaluation
    let trained: [Double]
    var velocity: [Double]
    var scale: [Double] = []

    init(_ engine: Transformer, _ settings: DynamicEvaluation, _ training: [UInt8]) {
      model = Reference.Model(
        configuration: engine.configuration, parameters: engine.parameters.map(Double.init),
        tables: engine.tables.map(Double.init))
      self.settings = settings
      trained = model.parameters
      velocity = [Double](repeating: 0, count: trained.count)
      let T = engine.configuration.context
      var squares = [Double](repeating: 0, count: trained.count)
      for window in 0..<40 {
        let first = window * (training.count - T - 1) / 39
        let gradient = gradient(Array(training[first...(first + T)]))
        for i in squares.indices { squares[i] += gradient[i] * gradient[i] / 40 }
      }
      scale = [Double](repeating: 0, count: trained.count)
      let layers = engine.configuration.layers
      for tensor in engine.layout.tensors {
        let below: Int =
          switch tensor.name {
          case "embedding", "ngram.projection", "up": layers + 1
          case let name where name.hasPrefix("context."): layers + 1
          case let name where name.hasPrefix("block."):
            layers - (Int(String(name.split(separator: ".")[1])) ?? 0)
          default: 0
          }
        if let last = settings.lastLayers, below > last { continue }
        let roots = tensor.range.map { squares[$0].squareRoot() }
        let mean = roots.reduce(0, +) / Double(roots.count)
        for (i, root) in zip(tensor.range, roots) {
          scale[i] = settings.rate * pow(settings.layerShare, Double(below)) / (root + mean / 2)
        }
      }
    }

    func gradient(_ window: [UInt8]) -> [Double] {
      let T = window.count - 1
      var parameters = [Double](repeating: 0, count: trained.count)
      var tables = [Double](repeating: 0, count: model.tables.count)
      _ = model.gradients(
        inputs: Array(window[..<T]), targets: Array(window[1...]),
        weights: [Double](repeating: 1 / Double(T), count: T), dropout: nil,
        ncaWeights: [Double](repeating: 0, count: T), parameters: &parameters, tables: &tables)
      return parameters
    }

    mutating func step(_ window: [UInt8]) {
      let g = gradient(window)
      for i in g.indices where scale[i] > 0 {
        velocity[i] = settings.momentum * velocity[i] + g[i] * scale[i]
        model.parameters[i] +=
          -velocity[i] - settings.decay * (model.parameters[i] - trained[i])
      }
    }

    /// Probabilities after a window.
    func probabilities(_ window: [UInt8]) -> [Double] {
      let logits = Array(model.logits(inputs: window).suffix(256))
      let most = logits.max() ?? 0
      let powers = logits.map { exp($0 - most) }
      let total = powers.reduce(0, +)
      return powers.map { $0 / total }
    }
  }

  @Test(arguments: settings)
  func theFastWayIsTheObviousOne(settings: DynamicEvaluation) throws {
    try compare(settings, Self.start)
  }

  /// At a text's beginning no step is taken before there is a whole window.
  @Test(arguments: [0, 4, 21])
  func aTextsBeginningIsTheObviousOne(start: Int) throws {
    try compare(Self.settings[1], start)
  }

  /// The other networks there are: contexts without blocks, perceptrons alone, an automaton, values of
  /// the first block in later ones, no hash tables.
  @Test(arguments: 0..<4)
  func everyNetworkLearnsAsTheReferenceDoes(kind: Int) throws {
    var configuration = StaticScorerTests.configuration()
    switch kind {
    case 0:
      (configuration.encoder, configuration.layers) = (.contexts, 0)
      configuration.ngramOrders = []
    case 1: (configuration.attention, configuration.activation) = (false, .gelu)
    case 2: configuration.nca = NCAConfiguration()
    default:
      (configuration.valueResidual, configuration.tokenShift) = (true, false)
      configuration.ngramOrders = []
    }
    try compare(Self.settings[9], Self.start, configuration)
  }

  private func compare(
    _ settings: DynamicEvaluation, _ start: Int, _ configuration: ModelConfiguration? = nil
  ) throws {
    let engine = try Self.engine(of: configuration)
    var obvious = Obvious(engine, settings, Self.training)
    let T = engine.configuration.context
    let fast = try Self.predictor(settings, engine, from: start)
    // Where the first window begins: half a context and a byte before the range.
    let origin = max(0, start - (T + 1 - T / 2))
    var (worst, moved, steps) = (0.0, 0.0, 0)
    let fixed = Obvious(try Self.engine(of: configuration), settings, Self.training)
    for i in start..<Self.text.count {
      if let p = fast.probabilities {
        let window =
          origin + BytePredictor.windowStart(length: i - origin, context: T)
        let seen = Array(Self.text[window..<i])
        let expected = obvious.probabilities(seen)
        for (own, other) in zip(p, expected) { worst = max(worst, abs(Double(own) - other)) }
        if i % 16 == 0 {
          for (new, old) in zip(expected, fixed.probabilities(seen)) {
            moved = max(moved, abs(new - old))
          }
        }
      } else {
        #expect(i == 0)
      }
      fast.learn(Self.text[i])
      if (i - start + 1) % settings.bytesPerStep == 0 && i >= T {
        obvious.step(Array(Self.text[(i - T)...i]))
        steps += 1
      }
    }
    #expect(fast.steps == steps && steps > 2)
    #expect(worst < 2e-4, "largest difference of probability")
    #expect(moved > 20 * worst, "what was learnt is more than rounding: \(moved), \(worst)")
  }

  static let variants = KernelSet.available.map(\.name)

  @Test(arguments: variants)
  func theDecoderFollowsTheEncoder(variant: String) throws {
    for settings in [Self.settings[0], Self.settings[9]] {
      let bits = BitsOfBytes(try Self.predictor(settings, Self.engine(variant)))
      let code = SequentialCode.encode(Self.text[Self.start...], with: bits)
      #expect(code.agrees)
      let again = BitsOfBytes(try Self.predictor(settings, Self.engine(variant, threads: 2)))
      let back = try SequentialCode.decode(code.payload, to: Self.text[Self.start...], with: again)
      #expect(back == code)
      var other = settings
      other.rate *= 1.01
      let wrong = BitsOfBytes(try Self.predictor(other, Self.engine(variant)))
      #expect(throws: CertificateError.self) {
        try SequentialCode.decode(code.payload, to: Self.text[Self.start...], with: wrong)
      }
    }
  }

  /// A text that is changed from some byte on is predicted as before up to that byte, bit for bit.
  @Test(arguments: [70, 79, 80, 81, 150, 179])
  func laterBytesChangeNoEarlierPrediction(changed: Int) throws {
    var other = Self.text
    for i in changed..<other.count { other[i] = 97 + (other[i] - 97 + 1) % 6 }
    let (before, after) = (try Self.bits(Self.text), try Self.bits(other))
    let equal = (changed - Self.start + 1) * 256
    #expect(Array(before.prefix(equal)) == Array(after.prefix(equal)))
    #expect(changed == 179 || before != after)
  }

  private static func bits(_ text: [UInt8]) throws -> [UInt32] {
    let predictor = try predictor(settings[1], engine(), text: text)
    var bits: [UInt32] = []
    for byte in text[start...] {
      bits += (predictor.probabilities.map { $0.map(\.bitPattern) } ?? [])
      predictor.learn(byte)
    }
    return bits
  }

  /// Tables never change; nor, with the last layers alone, do the others.
  @Test func onlyWhatLearnsChanges() throws {
    for (settings, learns) in [
      (Self.settings[0], { (_: String) in true }),
      (
        Self.settings[7],
        { !$0.hasPrefix("block.0") && $0 != "embedding" && $0 != "ngram.projection" }
      ),
      (
        Self.settings[8],
        { !$0.hasPrefix("block.") && $0 != "embedding" && $0 != "ngram.projection" }
      ),
    ] {
      let engine = try Self.engine()
      let (parameters, tables) = (Array(engine.parameters), Array(engine.tables))
      let predictor = try Self.predictor(settings, engine)
      for byte in Self.text[Self.start...] { predictor.learn(byte) }
      #expect(Array(engine.tables) == tables)
      for tensor in engine.layout.tensors {
        let isChanged = tensor.range.contains { engine.parameters[$0] != parameters[$0] }
        #expect(isChanged == learns(tensor.name), "\(tensor.name)")
      }
    }
  }

  @Test func valuesThatMeanNothingAreNamed() {
    for change: (inout DynamicEvaluation) -> Void in [
      { $0.rate = 0 }, { $0.rate = .nan }, { $0.rate = 2 }, { $0.bytesPerStep = 0 },
      { $0.momentum = 1 }, { $0.momentum = -0.1 }, { $0.decay = 1.1 }, { $0.decay = .nan },
      { $0.layerShare = 0 }, { $0.lastLayers = -1 },
    ] {
      var settings = DynamicEvaluation()
      #expect(settings.problem == nil)
      change(&settings)
      #expect(settings.problem != nil)
    }
  }
}
