/// A held-out text against a training text, in all kinds of windows.
package struct OverlapComparison: Sendable, Codable, Hashable {
  package let heldOut: String
  package let training: String
  package let heldOutBytes: Int
  package let trainingBytes: Int
  package let measures: [OverlapMeasure]
  /// Bytes in the longest stretch of held-out text made of 64-byte windows of training.
  package let longestRunBytes: Int
  package let longestRunLimit: Int
  package let passed: Bool

  enum CodingKeys: String, CodingKey {
    case heldOut = "held_out"
    case training
    case heldOutBytes = "held_out_bytes"
    case trainingBytes = "training_bytes"
    case measures
    case longestRunBytes = "longest_run_bytes"
    case longestRunLimit = "longest_run_limit"
    case passed
  }

  /// Measures all kinds.
  ///
  /// - Parameters:
  ///   - heldOut: The name and bytes of the text that is scored.
  ///   - training: The name and bytes of the text that is learnt from.
  ///   - limits: What is still natural repetition.
  init(
    heldOut: (name: String, bytes: ArraySlice<UInt8>),
    training: (name: String, bytes: ArraySlice<UInt8>), limits: LeakLimits
  ) {
    self.heldOut = heldOut.name
    self.training = training.name
    heldOutBytes = heldOut.bytes.count
    trainingBytes = training.bytes.count
    var numbers = WordNumbers()
    let heldOutWords = numbers.words(of: heldOut.bytes)
    let trainingWords = numbers.words(of: training.bytes)
    var measures: [OverlapMeasure] = []
    for kind in [OverlapKind.words8, .words13] {
      let overlap = WindowOverlap(
        heldOut: heldOutWords.numbers, training: trainingWords.numbers, width: kind.width)
      let first = overlap.first.map {
        (heldOutWords.offsets[$0.heldOut], trainingWords.offsets[$0.training])
      }
      measures.append(
        OverlapMeasure(
          kind: kind, count: overlap.count, total: overlap.total, limit: limits[kind], first: first)
      )
    }
    let overlap = WindowOverlap(
      heldOut: heldOut.bytes.map { UInt32($0) }, training: training.bytes.map { UInt32($0) },
      width: OverlapKind.bytes64.width)
    let first = overlap.first.map {
      (heldOut.bytes.startIndex + $0.heldOut, training.bytes.startIndex + $0.training)
    }
    measures.append(
      OverlapMeasure(
        kind: .bytes64, count: overlap.count, total: overlap.total, limit: limits.bytes64,
        first: first))
    self.measures = measures
    longestRunBytes = overlap.longestRun
    longestRunLimit = limits.longestRunBytes
    passed = overlap.longestRun <= limits.longestRunBytes && measures.allSatisfy(\.passed)
  }
}
