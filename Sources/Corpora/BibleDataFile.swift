/// Reads the text out of the data file of Debian's package bible-kjv-text.
///
/// The file is: four bytes of format version (`EC02`), a title of 80 bytes, then big-endian
/// 32-bit numbers – the window size, the number of windows, and one file offset more than
/// windows, the last being the file's length – and from there one `compress` stream. Its first
/// line is a title; each other line is a verse: `Ge1:1 In the beginning …`.
package enum BibleDataFile {
  private static let countsOffset = 84
  /// A damaged header must not reserve more memory than this.
  private static let largestText = 1 << 26
  private static let magic = Array("EC02".utf8)

  /// Decodes all verses, one a line, without the title line.
  ///
  /// - Throws: ``CorpusError`` with code `badData` if the file is not of this format.
  package static func text(of file: [UInt8]) throws -> [UInt8] {
    guard file.count > countsOffset + 8, file.starts(with: magic) else {
      throw damaged("it does not begin with EC02")
    }
    let windowSize = number(file, at: countsOffset)
    let windows = number(file, at: countsOffset + 4)
    let offsets = countsOffset + 8
    guard (1...1 << 20).contains(windowSize), (1...4096).contains(windows),
      windowSize * windows <= largestText,
      offsets + 4 * (windows + 1) <= file.count
    else { throw damaged("its header says \(windows) windows of \(windowSize) bytes") }
    let streamStart = offsets + 4 * (windows + 1)
    let end = number(file, at: streamStart - 4)
    guard end == file.count else {
      throw damaged("its header says \(end.grouped) bytes, it has \(file.count.grouped)")
    }
    var decoder = try LZWDecoder(file[streamStart...])
    let text = try decoder.decode(limit: windowSize * windows)
    guard let titleEnd = text.firstIndex(of: UInt8(ascii: "\n")) else {
      throw damaged("it has no line")
    }
    return Array(text[(titleEnd + 1)...])
  }

  private static func number(_ file: [UInt8], at offset: Int) -> Int {
    file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func damaged(_ what: String) -> CorpusError {
    CorpusError(
      .badData, "the Bible's data file is damaged: \(what)",
      hint: "install the package again: apt-get install --reinstall bible-kjv-text")
  }
}
