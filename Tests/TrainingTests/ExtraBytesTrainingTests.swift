import Foundation
import KernelInterface
import LanguageModel
import Testing
import Training

/// Runs that predict bytes beyond the next one.
@Suite struct ExtraBytesTrainingTests {
  static func configuration(_ optimizer: TrainingConfiguration.Optimizer) -> TrainingConfiguration {
    var configuration = Fixture.configuration(optimizer: optimizer)
    (configuration.extraBytes, configuration.steps) = (3, 12)
    (configuration.objective, configuration.jepaWarmup) = (.jepa, 5)
    return configuration
  }

  /// Forty steps teach the heads their bytes better than the bytes' frequencies.
  @Test func theHeadsLearnAndTheScorerHasNone() throws {
    var configuration = Fixture.configuration()
    (configuration.extraBytes, configuration.steps, configuration.model.dropout) = (2, 40, 0)
    let trainer = try Fixture.trainer(configuration)
    for _ in 0..<40 { _ = trainer.takeStep() }
    let layout = trainer.engine.layout
    for head in layout.extra {
      #expect(trainer.engine.parameters[head.matrix.range].contains { abs($0) > 0.01 })
    }
    let scorer = try TrainerTests.scorer(trainer)
    #expect(scorer.layout.extra.isEmpty && scorer.layout.count == layout.modelCount)
    trainer.writeScoredWeights(to: scorer)
    #expect(scorer.parameters.allSatisfy { $0.isFinite })
  }

  /// The heads take every step, while the predictor behind them waits for its first.
  @Test(arguments: TrainingConfiguration.Optimizer.allCases)
  func aRunResumesBitForBit(optimizer: TrainingConfiguration.Optimizer) throws {
    let configuration = Self.configuration(optimizer)
    let whole = try Fixture.trainer(configuration)
    let start = Array(whole.engine.parameters)
    for _ in 0..<4 { _ = whole.takeStep() }
    let layout = whole.engine.layout
    for head in layout.extra {
      #expect(!whole.engine.parameters[head.matrix.range].elementsEqual(start[head.matrix.range]))
    }
    let behind = layout.predictorStart..<layout.count
    #expect(whole.engine.parameters[behind].elementsEqual(start[behind]))
    let first = try Fixture.trainer(configuration, threads: 2)
    for _ in 0..<4 { _ = first.takeStep() }
    for _ in 4..<12 { _ = whole.takeStep() }
    try CheckpointTests.withFile { path in
      try Checkpoint.save(first, origin: CheckpointTests.origin, to: path)
      let second = try Fixture.trainer(configuration)
      try Checkpoint(path: path).restore(into: second)
      for _ in 4..<12 { _ = second.takeStep() }
      #expect(second.engine.parameters.elementsEqual(whole.engine.parameters))
      // A checkpoint scores without them.
      try Checkpoint.save(second, origin: CheckpointTests.origin, to: path)
      let (scorer, other) = (try TrainerTests.scorer(second), try TrainerTests.scorer(second))
      try Checkpoint(path: path).writeScoredWeights(to: scorer)
      second.writeScoredWeights(to: other)
      #expect(scorer.parameters.elementsEqual(other.parameters))
    }
  }
}
