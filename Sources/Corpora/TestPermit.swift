/// Leave to open the sealed test range, from a caller that keeps the ledger.
package struct TestPermit {
  /// Why test is opened, in words that will stand in the ledger: `race verify trial 12 seed 43`.
  package let purpose: String
  /// Writes the opening down for ever; if it throws, test stays sealed.
  package let record: (TestOpening) throws -> Void

  package init(purpose: String, record: @escaping (TestOpening) throws -> Void) {
    self.purpose = purpose
    self.record = record
  }
}
