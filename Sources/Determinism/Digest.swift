internal import Crypto
internal import FoundationEssentials

/// SHA-256 in lower-case hexadecimal, 64 digits.
public enum Digest {
  /// The digest of the UTF-8 bytes of `text`.
  public static func sha256(_ text: String) -> String { sha256(text.utf8) }

  /// The digest of `bytes`.
  public static func sha256(_ bytes: some Sequence<UInt8>) -> String {
    hexadecimal(SHA256.hash(data: Data(bytes)))
  }

  /// The digest of the pieces that `next` gives, in order, until it gives none.
  public static func sha256<Piece: Sequence<UInt8>>(
    pieces next: () throws -> Piece?
  ) rethrows -> String {
    var hash = SHA256()
    while let piece = try next() { hash.update(data: Data(piece)) }
    return hexadecimal(hash.finalize())
  }

  /// Two lower-case digits a byte.
  public static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
