internal import LanguageModel

/// The windows that each step reads, and what follows them.
///
/// A pure function of configuration, text and step, whatever was read before.
package struct Batches {
  /// `(windows, length)` bytes of the last step that was read, and those that follow each.
  package private(set) var inputs: [UInt8], targets: [UInt8]
  /// Bytes of each window.
  package private(set) var length: Int

  private let text: [UInt8]
  private let stages: [TrainingConfiguration.ContextStage]
  private let corruption: Corruption?
  private var sampler: BatchSampler

  /// - Precondition: The configuration is valid for this text.
  package init(_ configuration: TrainingConfiguration, text: [UInt8]) {
    self.text = text
    stages = configuration.contextStages
    corruption = Corruption(configuration)
    length = stages[0].length
    inputs = Array(repeating: 0, count: configuration.batch * configuration.model.context)
    targets = inputs
    sampler = BatchSampler(seed: UInt64(configuration.seed), count: text.count, length: length)
  }

  /// Bytes of the windows' order, where they are the shortest.
  static func orderBytes(_ configuration: TrainingConfiguration, textBytes: Int) -> Int {
    let shortest = configuration.contextStages[0].length
    return BatchSampler.windows(count: textBytes, length: shortest) * MemoryLayout<Int32>.stride
  }

  /// Reads the windows of a step, from 0.
  package mutating func read(_ step: Int) {
    guard let stage = stages.last(where: { $0.start <= step }) else { return }
    length = stage.length
    sampler.cut(into: length)
    let windows = inputs.count / length
    for window in 0..<windows {
      let start = sampler.start(of: (step - stage.start) * windows + window)
      let first = window * length
      for t in 0..<length {
        inputs[first + t] = text[start + t]
        targets[first + t] = text[start + t + 1]
      }
    }
    guard let corruption else { return }
    inputs.withUnsafeMutableBufferPointer { inputs in
      for window in 0..<windows {
        corruption.apply(
          to: UnsafeMutableBufferPointer(
            rebasing: inputs[(window * length)..<((window + 1) * length)]),
          number: window, step: step, text: text)
      }
    }
  }
}
