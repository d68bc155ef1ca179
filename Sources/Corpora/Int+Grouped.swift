extension Int {
  /// The number in decimal, digits in groups of three: `1,115,394`.
  package var grouped: String {
    var groups: [String] = []
    var rest = magnitude
    while rest >= 1000 {
      let group = String(rest % 1000)
      groups.append(String(repeating: "0", count: 3 - group.count) + group)
      rest /= 1000
    }
    groups.append(String(rest))
    return (self < 0 ? "-" : "") + groups.reversed().joined(separator: ",")
  }
}
