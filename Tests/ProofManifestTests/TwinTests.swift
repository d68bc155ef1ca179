import Invariants
import ProofManifest
import Race
import Testing

/// The program's rules against the definitions that the theorems are about, as Coq extracts them.
@Suite struct TwinTests {
  /// Of each twin.
  private static let requests = 100_000

  @Test(arguments: Twin.all.map(\.name)) func everyTwinAgreesOnRandomRequests(name: String) throws {
    let twin = try #require(Twin.all.first { $0.name == name })
    let requests = twin.requests(count: Self.requests, seed: 143)
    let answers = try Repository.oracle().answers(to: requests)
    var disagreements: [String] = []
    for (request, answer) in zip(requests, answers) {
      let own = twin.answer(request)
      if own != answer { disagreements.append("\(request): \(own), but Coq's: \(answer)") }
    }
    #expect(disagreements.isEmpty, "\(disagreements.count): \(disagreements.prefix(5))")
    // A comparison of one answer with itself would show nothing.
    #expect(Set(answers).count > 1)
  }

  /// Every case there is, for up to 24 results.
  @Test func promotionAgreesOnEverySmallRung() throws {
    var requests: [String] = []
    for eta in 2...5 {
      for reported in 0...24 {
        for rank in 1...(reported + 2) {
          for next in 0...(reported + 1) {
            for delayed in 0...1 {
              requests.append("promotion \(eta) \(delayed) \(rank) \(reported) \(next)")
            }
          }
        }
      }
    }
    let answers = try Repository.oracle().answers(to: requests)
    for (request, answer) in zip(requests, answers) where Twin.promotion.answer(request) != answer {
      Issue.record("\(request): Coq's answer is \(answer)")
    }
    #expect(requests.count > 40_000)
  }

  /// All Lucas numbers of 128 bits, and the first that is none.
  @Test func lucasNumbersAgreeAsFarAsTheyGo() throws {
    let requests = (0..<185).map { "lucas \($0)" }
    let answers = try Repository.oracle().answers(to: requests)
    #expect(answers == requests.map(Twin.lucas.answer))
    #expect(Lucas.number(184) != nil && Lucas.number(185) == nil)
  }

  /// Every text of up to seven of three symbols, and what every code of up to two bytes decodes to.
  @Test func theCoderAgreesOnEverySmallTextAndCode() throws {
    var requests: [String] = []
    for symbols in 1...3 {
      var texts = [""]
      for _ in 0...7 {
        requests += texts.map { "encode \(symbols)\($0)" }
        texts = texts.flatMap { text in (0..<symbols).map { "\(text) \($0)" } }
      }
    }
    func hexadecimal(_ n: Int) -> String { (n < 16 ? "0" : "") + String(n, radix: 16) }
    for symbols in [2, 3] {
      for first in 0..<256 {
        requests.append("decode \(symbols) 5 \(hexadecimal(first))")
        for second in 0..<256 {
          requests.append("decode \(symbols) 9 \(hexadecimal(first))\(hexadecimal(second))")
        }
      }
    }
    // The codes of seven bytes around the end of each table's last share.
    for low in 0..<256 { requests.append("decode 3 9 ffffffffffff\(hexadecimal(low))") }
    let answers = try Repository.oracle().answers(to: requests)
    var disagreements: [String] = []
    for (request, answer) in zip(requests, answers) {
      let own = (request.hasPrefix("e") ? Twin.encode : .decode).answer(request)
      if own != answer { disagreements.append("\(request): \(own), but Coq's: \(answer)") }
    }
    #expect(disagreements.isEmpty, "\(disagreements.count): \(disagreements.prefix(5))")
    #expect(requests.count > 130_000)
    #expect(answers.contains { $0.hasSuffix("impossible") })
  }

  /// A rule with one comparison turned is seen by the fixed answers, before any race.
  @Test func aFlippedRuleIsCaughtByTheFixedAnswers() throws {
    let manifest = try Repository.checkout.manifest()
    let flips: [(String, @Sendable (String) -> String)] = [
      ("promotion", { $0 == "yes" ? "no" : $0 }),
      ("report", { $0.replacing("cut", with: "paused") }),
      ("victory", { $0 == "failed" ? "passed" : $0 }),
      ("grant", { $0.replacing("refused", with: "ok") }),
      ("penalty", { $0 == "0 0" ? "1 0" : $0 }),
      ("ladder", { $0 == "refused" ? "" : $0 }),
      ("lucas", { $0 == "2" ? "3" : $0 }),
      ("encode", { $0 == "00" ? "01" : $0 }),
      ("decode", { $0.replacing(" impossible", with: " 0") }),
    ]
    #expect(flips.count == Twin.all.count)
    for (name, flip) in flips {
      let twins = Twin.all.map { twin in
        twin.name != name
          ? twin
          : Twin(twin.name, twin.definition, draw: twin.draw) { request in
            flip(twin.answer(request))
          }
      }
      var check = ManifestCheck()
      let failure = #expect(throws: ProofFailure.self) {
        try check.program(manifest, twins: twins)
      }
      #expect(
        failure?.message.contains("'\(name)'") == true, "\(name): \(String(describing: failure))")
    }
  }

  /// A rule whose comparison is off by one, or strict where it is not, asked as if its operand were the
  /// neighbour: each shows in the fixed answers.
  @Test(arguments: [
    ("promotion", 0, 3, 1), ("promotion", 0, 3, -1), ("promotion", 0, 4, 1), ("promotion", 0, 5, 1),
    ("promotion", 0, 5, -1), ("promotion", 0, 1, 1), ("report", 2, 3, 1), ("report", 2, 3, -1),
    ("report", 2, 4, 1), ("report", 2, 4, -1), ("report", 1, 3, 1), ("report", 1, 3, -1),
    ("victory", 0, 1, 1), ("victory", 0, 3, 1), ("victory", 0, 3, -1), ("ladder", 0, 1, 1),
    ("ladder", 0, 2, 1), ("ladder", 0, 3, 1), ("lucas", 0, 1, 1), ("grant", 3, 4, 1),
    ("grant", 3, 4, -1), ("grant", 0, 3, 1), ("grant", 0, 4, 1), ("grant", 0, 4, -1),
    ("grant", 4, 3, 1), ("grant", 4, 4, 1), ("encode", 0, 1, 1),
  ]) func aComparisonOffByOneIsCaughtByTheFixedAnswers(
    name: String, line: Int, word: Int, by change: Int
  ) throws {
    let twin = try #require(Twin.all.first { $0.name == name })
    let shifted = Twin(name, twin.definition, draw: twin.draw) { request in
      var lines = request.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
      // Some draws have another shape, and stay as they are.
      if lines.indices.contains(line), lines[line].indices.contains(word),
        let number = Int(lines[line][word])
      {
        lines[line][word] = "\(number + change)"
      }
      return twin.answer(lines.map { $0.joined(separator: " ") }.joined(separator: "\n"))
    }
    #expect(shifted.fixedAnswers() != twin.fixedAnswers())
  }
}
