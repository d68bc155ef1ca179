/// The fact that someone opened a test range.
package struct TestOpening: Sendable, Codable, Hashable {
  package let corpus: String
  package let sha256: String
  package let range: Range<Int>
  package let purpose: String
}
