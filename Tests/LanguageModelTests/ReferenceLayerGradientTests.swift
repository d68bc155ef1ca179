import Kernels
import LanguageModel
import Testing

/// Each backward function against central differences of its forward function.
///
/// The function differentiated is `Σ dOut · layer(x)` for a random `dOut`.
@Suite struct ReferenceLayerGradientTests {
  /// Rows and channels.
  static let shapes = [(1, 6), (3, 6), (7, 6), (1, 12), (3, 12), (7, 12)]
  let check = GradientCheck()

  @Test(arguments: shapes)
  func matmulGradientsMatchDifferences(n: Int, C: Int) {
    let outputs = 5
    let x = Sample.numbers(n * C, seed: 1)
    let weights = Sample.numbers(C * outputs, seed: 2)
    let dOut = Sample.numbers(n * outputs, seed: 3)
    let d = Reference.matmulBackward(dOut, x: x, weights: weights, outputs: outputs)
    let inX = check.worstError(
      of: { dot(dOut, Reference.matmul($0, weights, outputs: outputs)) }, at: x, claimed: d.dX)
    let inWeights = check.worstError(
      of: { dot(dOut, Reference.matmul(x, $0, outputs: outputs)) }, at: weights,
      claimed: d.dWeights)
    #expect(inX < GradientCheck.tolerance)
    #expect(inWeights < GradientCheck.tolerance)
  }

  @Test(arguments: shapes)
  func biasGradientMatchesDifferences(n: Int, C: Int) {
    let x = Sample.numbers(n * C, seed: 1)
    let bias = Sample.numbers(C, seed: 2)
    let dOut = Sample.numbers(n * C, seed: 3)
    let error = check.worstError(
      of: { dot(dOut, Reference.addBias(x, bias: $0)) }, at: bias,
      claimed: Reference.addBiasBackward(dOut, columns: C))
    #expect(error < GradientCheck.tolerance)
  }

  @Test(arguments: shapes)
  func rmsNormGradientsMatchDifferences(n: Int, C: Int) {
    let x = Sample.numbers(n * C, seed: 1)
    let gain = Sample.numbers(C, seed: 2, scale: 0.5, centre: 1)
    let dOut = Sample.numbers(n * C, seed: 3)
    let d = Reference.rmsNormBackward(dOut, x: x, gain: gain)
    let inX = check.worstError(
      of: { dot(dOut, Reference.rmsNorm($0, gain: gain)) }, at: x, claimed: d.dX)
    let inGain = check.worstError(
      of: { dot(dOut, Reference.rmsNorm(x, gain: $0)) }, at: gain, claimed: d.dGain)
    #expect(inX < GradientCheck.tolerance)
    #expect(inGain < GradientCheck.tolerance)
  }

  /// Rows whose mean square is near epsilon, where a wrong place for epsilon shows.
  @Test func rmsNormGradientMatchesDifferencesNearEpsilon() {
    let x = Sample.numbers(18, seed: 1, scale: 0.004)
    let gain = Sample.numbers(6, seed: 2, scale: 0.5, centre: 1)
    let dOut = Sample.numbers(18, seed: 3)
    let error = GradientCheck(step: 1e-6).worstError(
      of: { dot(dOut, Reference.rmsNorm($0, gain: gain)) }, at: x,
      claimed: Reference.rmsNormBackward(dOut, x: x, gain: gain).dX)
    #expect(error < GradientCheck.tolerance)
  }

  @Test(arguments: shapes)
  func tokenShiftGradientsMatchDifferences(n: Int, C: Int) {
    let x = Sample.numbers(n * C, seed: 1)
    let factor = Sample.numbers(C, seed: 2)
    let dOut = Sample.numbers(n * C, seed: 3)
    let d = Reference.tokenShiftBackward(dOut, x: x, factor: factor)
    let inX = check.worstError(
      of: { dot(dOut, Reference.tokenShift($0, factor: factor)) }, at: x, claimed: d.dX)
    let inFactor = check.worstError(
      of: { dot(dOut, Reference.tokenShift(x, factor: $0)) }, at: factor, claimed: d.dFactor)
    #expect(inX < GradientCheck.tolerance)
    #expect(inFactor < GradientCheck.tolerance)
  }

  @Test(arguments: shapes)
  func rotaryGradientMatchesDifferences(n: Int, D: Int) {
    let x = Sample.numbers(n * D, seed: 1)
    let dOut = Sample.numbers(n * D, seed: 3)
    let error = check.worstError(
      of: { dot(dOut, Reference.rotary($0, headSize: D, base: 100)) }, at: x,
      claimed: Reference.rotaryBackward(dOut, headSize: D, base: 100))
    #expect(error < GradientCheck.tolerance)
  }

  @Test(arguments: shapes, [1, 3])
  func attentionGradientMatchesDifferences(shape: (n: Int, C: Int), heads: Int) {
    let attention = Reference.AttentionShape(
      width: shape.C, heads: heads, gain: 2.5, rotaryBase: 100)
    let x = Sample.numbers(shape.n * 3 * shape.C, seed: 1)
    let dOut = Sample.numbers(shape.n * shape.C, seed: 3)
    let error = check.worstError(
      of: { dot(dOut, Reference.attention($0, shape: attention)) }, at: x,
      claimed: Reference.attentionBackward(dOut, queryKeyValue: x, shape: attention))
    #expect(error < GradientCheck.tolerance)
  }

  @Test(arguments: shapes)
  func squaredReLUGradientMatchesDifferences(n: Int, C: Int) {
    let x = Sample.numbers(n * C, seed: 1)
    let dOut = Sample.numbers(n * C, seed: 3)
    let error = check.worstError(
      of: { dot(dOut, Reference.squaredReLU($0)) }, at: x,
      claimed: Reference.squaredReLUBackward(dOut, x: x))
    #expect(error < GradientCheck.tolerance)
  }

  @Test(arguments: [0.1, 0.75])
  func dropoutGradientMatchesDifferences(rate: Double) {
    let random = CounterRandom(seed: 9)
    let x = Sample.numbers(84, seed: 1)
    let dOut = Sample.numbers(84, seed: 3)
    let error = check.worstError(
      of: { dot(dOut, Reference.dropout($0, rate: rate, random: random)) }, at: x,
      claimed: Reference.dropoutBackward(dOut, rate: rate, random: random))
    #expect(error < GradientCheck.tolerance)
  }

  @Test(arguments: [1, 3, 7])
  func crossEntropyGradientMatchesDifferences(n: Int) {
    let logits = Sample.numbers(n * 256, seed: 1, scale: 3)
    let targets = Sample.bytes(n, seed: 2)
    var weights = Sample.numbers(n, seed: 3, scale: 0.5, centre: 1)
    if n > 1 { weights[1] = 0 }
    let claimed = Reference.softmaxCrossEntropyBackward(
      logits: logits, targets: targets, weights: weights)
    let sampled = Sample.choice(30, of: Array(logits.indices), seed: 4)
    let hit = targets.indices.map { $0 * 256 + Int(targets[$0]) }
    let error = check.worstError(
      of: { Reference.softmaxCrossEntropy($0, targets: targets, weights: weights) },
      at: logits, claimed: claimed, indices: sampled + hit)
    #expect(error < GradientCheck.tolerance)
  }

  @Test func embeddingGradientAddsRepeatedBytes() {
    let inputs: [UInt8] = [7, 255, 7]
    let table = Sample.numbers(256 * 6, seed: 1)
    let dOut = Sample.numbers(18, seed: 3)
    let used = (0..<6).flatMap { [7 * 6 + $0, 255 * 6 + $0, $0] }
    let error = check.worstError(
      of: { dot(dOut, Reference.embedding(inputs, table: $0, width: 6)) }, at: table,
      claimed: Reference.embeddingBackward(dOut, inputs: inputs, width: 6), indices: used)
    #expect(error < GradientCheck.tolerance)
  }

  @Test(arguments: [1, 3, 7])
  func ngramGradientMatchesDifferences(n: Int) {
    var configuration = ModelConfiguration()
    configuration.ngramOrders = [2, 3, 8]
    configuration.ngramRows = 4
    configuration.ngramWidth = 3
    let inputs = Sample.bytes(n, seed: 5, limit: 2)
    let tables = Sample.numbers(3 * 4 * 3, seed: 1)
    let dOut = Sample.numbers(n * 9, seed: 3)
    var claimed = [Double](repeating: 0, count: tables.count)
    Reference.ngramsBackward(
      dOut, inputs: inputs, configuration: configuration, dTables: &claimed)
    let error = check.worstError(
      of: { dot(dOut, Reference.ngrams(inputs, tables: $0, configuration: configuration)) },
      at: tables, claimed: claimed)
    #expect(error < GradientCheck.tolerance)
  }
}
