public import Determinism

/// A function of the program beside the definition in Coq that it has to agree with.
///
/// Requests and answers are lines as the program `igla-oracle` takes and gives them, which Coq extracts
/// from that definition.
public struct Twin: Sendable {
  public let name: String
  /// The definition in Coq.
  public let definition: String
  /// Draws a request.
  public let draw: @Sendable (inout SplitMix64) -> String
  /// What the program answers.
  public let answer: @Sendable (String) -> String

  public init(
    _ name: String, _ definition: String, draw: @escaping @Sendable (inout SplitMix64) -> String,
    answer: @escaping @Sendable (String) -> String
  ) {
    self.name = name
    self.definition = definition
    self.draw = draw
    self.answer = answer
  }

  /// The requests whose answers the manifest records.
  public var fixedRequests: [String] { requests(count: 400, seed: 1) }

  /// Returns requests that follow from the seed.
  public func requests(count: Int, seed: UInt64) -> [String] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in draw(&random) }
  }

  /// What is compared with the manifest: the hash of those answers.
  public func fixedAnswers() -> String { Self.digest(fixedRequests.map(answer)) }

  public static func digest(_ answers: some Sequence<some StringProtocol>) -> String {
    Digest.sha256(answers.map { $0 + "\n" }.joined())
  }

  /// The answer that disagrees with every other: a request that the twin cannot read.
  static let unreadable = "unreadable request"
}
