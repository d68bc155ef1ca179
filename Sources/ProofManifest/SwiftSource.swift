/// What the text of a Swift file says, without a compiler.
enum SwiftSource {
  /// Returns the text without its comments: what is commented out is not there.
  ///
  /// Line comments and nesting block comments; quotes hide both.
  static func code(_ text: String) -> String {
    var code: [UInt8] = []
    let bytes = Array(text.utf8)
    var (index, depth, isQuoted) = (0, 0, false)
    func at(_ i: Int) -> UInt8 { i < bytes.count ? bytes[i] : 0 }
    func isPair(_ first: Character, _ second: Character) -> Bool {
      at(index) == first.asciiValue && at(index + 1) == second.asciiValue
    }
    while index < bytes.count {
      if depth > 0 {
        if isPair("*", "/") {
          depth -= 1
          index += 1
        } else if isPair("/", "*") {
          depth += 1
          index += 1
        }
      } else if isQuoted {
        if at(index) == UInt8(ascii: "\\") {
          code.append(at(index))
          index += 1
        } else if at(index) == UInt8(ascii: "\"") || at(index) == UInt8(ascii: "\n") {
          isQuoted = false
        }
        code.append(at(index))
      } else if isPair("/", "/") {
        while index < bytes.count, at(index) != UInt8(ascii: "\n") { index += 1 }
        continue
      } else if isPair("/", "*") {
        depth += 1
        index += 1
      } else {
        isQuoted = at(index) == UInt8(ascii: "\"")
        code.append(at(index))
      }
      index += 1
    }
    return String(decoding: code, as: UTF8.self)
  }
}
