internal import Foundation

/// The program that Coq extracts from the executable definitions.
public struct IglaOracle: Hashable, Sendable {
  public let path: String

  public init(path: String) { self.path = path }

  /// The program of a checkout where `make -C Proofs oracle` was run.
  public init(of checkout: Checkout) throws(ProofFailure) {
    guard checkout.exists("Proofs/build/igla-oracle") else {
      throw ProofFailure(
        .missing, "there is no Proofs/build/igla-oracle", hint: "make -C Proofs oracle builds it")
    }
    path = checkout.root.appending(path: "Proofs/build/igla-oracle").path
  }

  /// Returns the lines that it answers to lines of requests.
  public func answers(_ requests: String) throws(ProofFailure) -> String {
    let run = try Tool.run(path, [], input: requests)
    guard run.status == 0 else { throw .breach("the oracle fails: \(run.summary)") }
    return run.output
  }

  /// Returns one answer, of as many lines, to each request.
  public func answers(to requests: [String]) throws(ProofFailure) -> [String] {
    let lines = try answers(requests.map { $0 + "\n" }.joined()).split(
      separator: "\n", omittingEmptySubsequences: false)
    var (answers, next): ([String], Int) = ([], 0)
    for request in requests {
      let count = request.split(separator: "\n").count
      guard next + count <= lines.count else { throw .breach("the oracle's answers end early") }
      answers.append(lines[next..<(next + count)].joined(separator: "\n"))
      next += count
    }
    return answers
  }

  /// What the manifest records of a twin.
  func record(_ twin: Twin) throws(ProofFailure) -> Manifest.AnswerRecord {
    let answers = try answers(to: twin.fixedRequests)
    return Manifest.AnswerRecord(
      twin: twin.name, count: answers.count, sha256: Twin.digest(answers))
  }
}
