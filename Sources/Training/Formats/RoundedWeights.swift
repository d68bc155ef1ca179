package import Kernels
package import LanguageModel

/// The weights that the optimiser works on, where the engine's are rounded.
///
/// With masters, those in float32, and the engine holds rounded copies; without, the engine's own.
package final class RoundedWeights: @unchecked Sendable {
  /// In the layouts of the parameters and of the tables; nil where there are none.
  let master: FloatArena?, tableMaster: FloatArena?

  private let configuration: FormatConfiguration
  private let seed: Int
  private let engine: Transformer

  /// - Throws: `AllocationError`.
  package init(_ configuration: TrainingConfiguration, engine: Transformer) throws(AllocationError)
  {
    self.configuration = configuration.format
    seed = configuration.seed
    self.engine = engine
    let keeps = configuration.format.isOn && configuration.format.keepsMaster
    ArenaTally.begin("master_weights")
    master = keeps ? try FloatArena(count: engine.layout.count) : nil
    tableMaster = keeps ? try FloatArena(count: engine.layout.tableCount) : nil
  }

  /// What the optimiser changes.
  var parameters: UnsafeMutablePointer<Float> { master?.base ?? engine.parameterBase }
  var tables: UnsafeMutablePointer<Float> { tableMaster?.base ?? engine.tableBase }

  /// Takes the engine's initial weights over and rounds them.
  func start() {
    guard configuration.isOn else { return }
    master?.base.update(from: engine.parameterBase, count: engine.layout.count)
    tableMaster?.base.update(from: engine.tableBase, count: engine.layout.tableCount)
    roundParameters(step: 0)
    round(tables, engine.layout.tableCount, .tables, step: 0, into: engine.tableBase)
    engine.parametersChanged()
  }

  /// Gives the engine the rounded parameters after step `step`.
  func roundParameters(step: Int) {
    round(parameters, engine.layout.count, .weights, step: step, into: engine.parameterBase)
  }

  /// Gives the engine the rounded elements of a table's row after step `step`.
  func roundTable(_ range: Range<Int>, step: Int) {
    guard configuration.isOn else { return }
    configuration.rounding(of: .tables, step: step, seed: seed).round(
      tables + range.lowerBound, first: range.lowerBound, range.count,
      into: engine.tableBase + range.lowerBound)
  }

  /// Rounds one of the optimiser's arrays in place, where its state is to be rounded.
  func roundState(
    _ x: UnsafeMutablePointer<Float>, _ count: Int, _ array: FormatConfiguration.Array, step: Int
  ) {
    if configuration.roundsState { round(x, count, array, step: step, into: x) }
  }

  /// Rounds the moment of a table's row in place, where the optimiser's state is to be rounded.
  func roundMoment(_ moment: UnsafeMutablePointer<Float>, row: Int, step: Int) {
    guard configuration.isOn, configuration.roundsState else { return }
    configuration.rounding(of: .tableSecond, step: step, seed: seed).round(
      moment, first: row, 1, into: moment)
  }

  private func round(
    _ x: UnsafeMutablePointer<Float>, _ count: Int, _ array: FormatConfiguration.Array, step: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    guard configuration.isOn else { return }
    let rounding = configuration.rounding(of: array, step: step, seed: seed)
    let (source, target) = (SendableMutablePointer(x), SendableMutablePointer(out))
    engine.crew.run(elements: count) { start, count in
      rounding.round(source.pointer + start, first: start, count, into: target.pointer + start)
    }
  }
}
