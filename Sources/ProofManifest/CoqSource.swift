/// What the text of a Coq file says, without Coq.
public enum CoqSource {
  /// The words that end a proof without one, or assume something.
  static let forbidden: Set<String> = [
    "Admitted", "admit", "give_up", "Axiom", "Axioms", "Parameter", "Parameters", "Conjecture",
    "Conjectures", "bypass_check", "Primitive",
  ]
  /// Those that assume something outside of a section.
  static let sectional: Set<String> = [
    "Variable", "Variables", "Hypothesis", "Hypotheses", "Context",
  ]
  private static let kinds: Set<String> = [
    "Theorem", "Lemma", "Corollary", "Example", "Definition", "Fixpoint", "CoFixpoint", "Instance",
    "Remark", "Fact", "Proposition", "Property",
  ]
  /// Words that may stand before those.
  private static let modifiers: Set<String> = [
    "Local", "Global", "Polymorphic", "Monomorphic", "Program", "Time", "local", "global", "export",
    "program", "refine", "polymorphic",
  ]

  /// Returns the text without comments, which nest, and strings; each becomes a space.
  static func code(_ text: String) -> [UInt8] {
    var code: [UInt8] = []
    let bytes = Array(text.utf8)
    var (index, depth, quoted) = (0, 0, false)
    func at(_ i: Int) -> UInt8 { i < bytes.count ? bytes[i] : 0 }
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        quoted.toggle()
        code.append(UInt8(ascii: " "))
      } else if quoted {
        if byte == UInt8(ascii: "\n") { code.append(byte) }
      } else if byte == UInt8(ascii: "("), at(index + 1) == UInt8(ascii: "*") {
        depth += 1
        index += 1
      } else if depth > 0, byte == UInt8(ascii: "*"), at(index + 1) == UInt8(ascii: ")") {
        depth -= 1
        index += 1
        code.append(UInt8(ascii: " "))
      } else if depth == 0 || byte == UInt8(ascii: "\n") {
        code.append(byte)
      }
      index += 1
    }
    return code
  }

  /// The bytes of a line that make words: letters, digits, `_`, `'` and all beyond ASCII.
  private static func words(of line: ArraySlice<UInt8>) -> [String] {
    line.split {
      !($0 >= 0x80 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "'")
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & ~0x20))
    }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The words of a text, each with its line from 1.
  private static func words(_ code: [UInt8]) -> [(word: String, line: Int)] {
    let lines = code.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.enumerated().flatMap { number, line in
      words(of: line).map { ($0, number + 1) }
    }
  }

  /// Throws at the first word that leaves something unproved.
  public static func audit(_ text: String, file: String) throws(ProofFailure) {
    var sections: [String] = []
    let words = words(code(text))
    for (index, (word, line)) in words.enumerated() {
      func refuse(_ what: String) -> ProofFailure {
        .breach(
          "\(file):\(line): '\(word)' \(what)",
          hint: "prove it, or take it out; nothing is assumed here")
      }
      let next = index + 1 < words.count ? words[index + 1].word : ""
      if forbidden.contains(word) { throw refuse("leaves something unproved") }
      if sectional.contains(word), sections.isEmpty { throw refuse("stands in no section") }
      if word == "Unset", ["Guard", "Positivity", "Universe"].contains(next) {
        throw refuse("switches a check off")
      }
      if word == "Declare", ["Module", "Instance"].contains(next) {
        throw refuse("declares without a proof")
      }
      if word == "Admit", next == "Obligations" { throw refuse("leaves something unproved") }
      if word == "Section" { sections.append(next) }
      if word == "End", sections.last == next { sections.removeLast() }
    }
  }

  /// The names that a file states or defines, in order, wherever a sentence begins.
  public static func statements(of text: String) -> [String] {
    let code = code(text)
    var names: [String] = []
    var begin = code.startIndex
    for index in code.indices {
      let isLast = index + 1 == code.endIndex
      // A full stop ends a sentence before white space only: the others are in qualified names.
      let ends = code[index] == UInt8(ascii: ".") && (isLast || code[index + 1] <= 0x20)
      guard ends || isLast else { continue }
      let sentence = words(of: code[begin...index]).drop { modifiers.contains($0) }
      if let kind = sentence.first, kinds.contains(kind), sentence.count > 1 {
        names.append(sentence[sentence.startIndex + 1])
      }
      begin = index + 1
    }
    return names
  }
}
