/// The small part of SVG that all drawings here share.
package enum SVG {
  /// Returns a number of pixels with one decimal place.
  package static func number(_ value: Double) -> String {
    let scaled = Int((value * 10).rounded())
    return "\(scaled < 0 ? "-" : "")\(abs(scaled) / 10).\(abs(scaled) % 10)"
  }

  /// Returns text that may stand in an element or an attribute.
  package static func escaped(_ text: String) -> String {
    var out = ""
    for character in text {
      switch character {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      case "\"": out += "&quot;"
      default: out.append(character)
      }
    }
    return out
  }

  /// Returns a document on a white ground, with a title above `body`.
  package static func document(
    width: Double, height: Double, title: String, body: String
  ) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(number(width)) \(number(height))" \
    font-family="sans-serif" font-size="11">
    <rect width="100%" height="100%" fill="#ffffff"/>
    <text x="10.0" y="22" font-size="14" fill="#222222">\(escaped(title))</text>
    \(body)</svg>

    """
  }
}
