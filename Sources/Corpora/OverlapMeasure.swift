/// How much of one kind of window of a held-out text occurs in a training text.
package struct OverlapMeasure: Sendable, Codable, Hashable {
  package let kind: OverlapKind
  /// Held-out windows found in training, each position counted.
  package let count: Int
  /// All held-out windows.
  package let total: Int
  /// `count / total`; 0 when the text has no such window.
  package let share: Double
  package let limit: Double
  /// The byte offset in its file of the first held-out window found, and of its first twin.
  package let firstHeldOutOffset: Int?
  package let firstTrainingOffset: Int?
  package let passed: Bool

  enum CodingKeys: String, CodingKey {
    case kind, count, total, share, limit
    case firstHeldOutOffset = "first_held_out_offset"
    case firstTrainingOffset = "first_training_offset"
    case passed
  }

  init(
    kind: OverlapKind, count: Int, total: Int, limit: Double, first: (heldOut: Int, training: Int)?
  ) {
    self.kind = kind
    self.count = count
    self.total = total
    share = total == 0 ? 0 : Double(count) / Double(total)
    self.limit = limit
    firstHeldOutOffset = first?.heldOut
    firstTrainingOffset = first?.training
    passed = share <= limit
  }
}
