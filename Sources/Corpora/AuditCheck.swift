/// One yes-or-no finding of an audit.
package struct AuditCheck: Sendable, Codable, Hashable {
  /// A stable name in snake_case.
  package let name: String
  package let passed: Bool
  /// What was looked at, for a person.
  package let detail: String

  package init(_ name: String, _ passed: Bool, _ detail: String) {
    self.name = name
    self.passed = passed
    self.detail = detail
  }
}
