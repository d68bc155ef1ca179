internal import Determinism
internal import Scoring

/// The arithmetic coder of INV-12, over tables that count and over tables of any kind.
extension Twin {
  /// The code of symbols.
  public static let encode = Twin("encode", "Coder.encode") { random in
    if random.index(below: 2) == 0 {
      let tables = (0..<random.index(below: 24)).map { _ in drawTable(&random) }
      let symbols = tables.map { table in
        let q = random.next() % table.reduce(0, +)
        return CodingShare.symbol(at: q, in: table)
      }
      return (["encode-tables"] + zip(tables, symbols).map { "\(written($0)):\($1)" })
        .joined(separator: " ")
    }
    // Most texts favour a symbol, so that shares are wide and carries run far.
    let symbols = drawAlphabet(&random)
    let favourite = random.index(below: symbols)
    let text = (0..<random.index(below: 40)).map { _ in
      random.index(below: 4) == 0 ? random.index(below: symbols) : favourite
    }
    return (["encode", "\(symbols)"] + text.map { "\($0)" }).joined(separator: " ")
  } answer: { request in
    let words = request.split(separator: " ")
    var encoder = ArithmeticEncoder()
    if words.first == "encode-tables" {
      for word in words.dropFirst() {
        let parts = word.split(separator: ":")
        guard parts.count == 2, let table = readTable(parts[0]), let symbol = Int(parts[1]) else {
          return unreadable
        }
        encoder.encode(CodingShare(of: symbol, in: table))
      }
    } else {
      let n = numbers(request)
      guard let symbols = n.first, symbols >= 1, n.dropFirst().allSatisfy({ $0 < symbols }) else {
        return unreadable
      }
      var counts = [UInt64](repeating: 1, count: symbols)
      for symbol in n.dropFirst() {
        encoder.encode(CodingShare(of: symbol, in: counts))
        counts[symbol] += 1
      }
    }
    return Digest.hexadecimal(encoder.finished()).uppercased()
  }

  /// What any bytes decode to, up to the first symbol that there is not.
  public static let decode = Twin("decode", "Coder.decode") { random in
    let extreme = random.index(below: 4) == 0
    let code = Digest.hexadecimal(
      (0..<(1 + random.index(below: 16))).map { _ in
        extreme && random.index(below: 8) != 0 ? 255 : UInt8(random.index(below: 256))
      })
    if random.index(below: 2) == 0 {
      let tables = (0..<random.index(below: 24)).map { _ in written(drawTable(&random)) }
      return (["decode-tables", code] + tables).joined(separator: " ")
    }
    return "decode \(drawAlphabet(&random)) \(random.index(below: 60)) \(code)"
  } answer: { request in
    let words = request.split(separator: " ")
    let isTabled = words.first == "decode-tables"
    guard words.count >= 2, let code = readBytes(words[isTabled ? 1 : words.count - 1]) else {
      return unreadable
    }
    var tables = words.dropFirst(2).compactMap(readTable)
    var counts: [UInt64]?
    if !isTabled {
      let n = numbers(request)
      guard n.count >= 2, n[0] >= 1 else { return unreadable }
      let uniform = [UInt64](repeating: 1, count: n[0])
      (tables, counts) = ([[UInt64]](repeating: uniform, count: n[1]), uniform)
    }
    var decoder = ArithmeticDecoder(code)
    var text: [String] = []
    for table in tables {
      guard let symbol = try? decoder.decode(counts ?? table) else {
        text.append("impossible")
        break
      }
      counts?[symbol] += 1
      text.append("\(symbol)")
    }
    return text.joined(separator: " ")
  }

  private static func drawAlphabet(_ random: inout SplitMix64) -> Int {
    1 + random.index(below: [2, 4, 256][random.index(below: 3)])
  }

  /// Bits in parts of 2²⁴ with either share as small as can be, and up to five symbols of which some
  /// have no share, with sums up to 2⁴⁸.
  private static func drawTable(_ random: inout SplitMix64) -> [UInt64] {
    if random.index(below: 2) == 0 {
      let total = UInt64(BitShare.total)
      let one = [1, total - 1, total / 2, 1 + random.next() % (total - 1)][random.index(below: 4)]
      return [total - one, one]
    }
    let size = 1 + random.index(below: 5)
    let most = UInt64(1) << UInt64(1 + random.index(below: 45))
    var table = (0..<size).map { _ in
      random.index(below: 3) == 0 ? 0 : random.next() % most
    }
    if table.allSatisfy({ $0 == 0 }) { table[random.index(below: size)] = 1 }
    if random.index(below: 8) == 0 {
      // The widest table that there may be.
      let rest = table.reduce(0, +)
      table[size - 1] += (1 << 48) - rest
    }
    return table
  }

  private static func written(_ table: [UInt64]) -> String {
    table.map { "\($0)" }.joined(separator: ",")
  }

  private static func readTable(_ text: Substring) -> [UInt64]? {
    let numbers = text.split(separator: ",").map { UInt64($0) }
    let table = numbers.compactMap(\.self)
    return table.count == numbers.count && !table.isEmpty ? table : nil
  }

  private static func readBytes(_ text: Substring) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
      UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)
    }
    return bytes.count == digits.count / 2 ? bytes : nil
  }
}
