/// A part of a corpus that anyone may read.
///
/// Test is not a case: its bytes come only from ``Corpus/openTest(_:)``, which leaves a trace.
package enum Split: String, Sendable, Codable, CaseIterable {
  case train
  case validation
  /// Both together, in order, for a verification run whose configuration says so.
  case trainAndValidation = "train_and_validation"
}
