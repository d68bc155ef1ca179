/// What a leak audit found.
package struct LeakAuditReport: Sendable, Codable, Hashable {
  /// The corpus or the held-out file.
  package let subject: String
  /// SHA-256 of the whole file audited.
  package let sha256: String
  /// The checks of the ranges; none for a pair of files.
  package let checks: [AuditCheck]
  package let comparisons: [OverlapComparison]
  package let passed: Bool

  init(subject: String, sha256: String, checks: [AuditCheck], comparisons: [OverlapComparison]) {
    self.subject = subject
    self.sha256 = sha256
    self.checks = checks
    self.comparisons = comparisons
    passed = checks.allSatisfy(\.passed) && comparisons.allSatisfy(\.passed)
  }
}
