/// What a test needs and cannot find; never a reason to skip it.
package struct Missing: Error, CustomStringConvertible {
  package let description: String

  package init(_ problem: String, _ remedy: String) {
    description = "\(problem); remedy: \(remedy)"
  }
}
