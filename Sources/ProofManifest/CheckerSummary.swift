/// What `coqchk -o` says that the compiled files rest on.
package struct CheckerSummary {
  /// The names below each heading, such as `Axioms`.
  package private(set) var sections: [String: [String]] = [:]

  /// Reads the checker's output.
  ///
  /// A heading is `* Axioms:`, its names follow indented, one a line, or `<none>` beside it.
  package init(_ output: String) {
    var heading: String?
    for line in output.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.first == "*" {
        let title = line.drop { $0 == "*" || $0 == " " }.prefix { $0 != ":" }
        heading = String(title)
        sections[String(title)] = []
      } else if let heading, words.count == 1, line.hasPrefix(" ") {
        sections[heading]?.append(String(words[0]))
      }
    }
  }

  /// Throws where it names something of those theories: there, nothing is assumed.
  ///
  /// What the libraries assume is no matter of theirs; what of it a theorem rests on is asked of Coq itself.
  package func audit(theories: [String]) throws(ProofFailure) {
    guard sections["Axioms"] != nil else {
      throw .breach("Coq's checker gave no summary of what the proofs rest on")
    }
    for (section, names) in sections.sorted(by: { $0.key < $1.key }) {
      let own = names.filter { name in theories.contains { name.hasPrefix($0 + ".") } }
      guard let first = own.min() else { continue }
      throw .breach(
        "Coq's checker finds among the proofs, under '\(section)': \(first)",
        hint: "prove it, or take it out; nothing is assumed here")
    }
  }
}
