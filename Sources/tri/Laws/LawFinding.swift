import Invariants

/// What is known of one law, here and now.
struct LawFinding: Encodable {
  /// Whether a law is kept.
  enum Verdict: String, Encodable {
    case holds
    case breach
    /// Nothing here can tell; the evidence says what could.
    case unknown
  }

  /// Where evidence was found.
  enum Place: String, Encodable {
    case program, checkout, store
  }

  /// One piece of evidence.
  struct Evidence: Encodable {
    var place: Place
    var verdict: Verdict
    var text: String
  }

  let law: String
  let text: String
  private(set) var verdict = Verdict.unknown
  private(set) var evidence: [Evidence] = []

  init(_ law: Law) {
    self.law = law.id
    text = law.text
  }

  /// Adds evidence; one breach makes a breach, and what is unknown outweighs what holds.
  mutating func add(_ place: Place, _ verdict: Verdict, _ text: String) {
    evidence.append(Evidence(place: place, verdict: verdict, text: text))
    let verdicts = evidence.map(\.verdict)
    self.verdict =
      verdicts.contains(.breach) ? .breach : verdicts.contains(.unknown) ? .unknown : .holds
  }

  /// Adds a breach, or that the law holds.
  mutating func add(_ place: Place, breach: String?, holds: String) {
    add(place, breach == nil ? .holds : .breach, breach ?? holds)
  }
}
