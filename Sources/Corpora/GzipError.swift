/// Says why bytes are no gzip file.
package enum GzipError: Error, Sendable, Hashable {
  /// It does not begin with 1F 8B.
  case notGzip
  /// It ends before its stream does.
  case cutShort
  /// It would give this many bytes, more than the limit.
  case tooLong(bytes: Int, limit: Int)
  /// Its stream, length or checksum is wrong, or something follows its end.
  case damaged
  /// There was no memory to decode it with.
  case noMemory
}

extension GzipError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .notGzip: "it does not begin as a gzip file"
    case .cutShort: "it is cut short"
    case .tooLong(let bytes, let limit):
      "it holds \(bytes.grouped) bytes, more than \(limit.grouped)"
    case .damaged: "its stream, length or checksum is wrong"
    case .noMemory: "there is no memory to decode it"
    }
  }
}
