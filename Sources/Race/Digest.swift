import Crypto
import FoundationEssentials

/// SHA-256 of texts, in lower-case hexadecimal.
public enum Digest {
  /// Returns the 64 hexadecimal digits of the SHA-256 of the UTF-8 bytes of `text`.
  public static func sha256(_ text: String) -> String {
    let digits: [UInt8] = Array("0123456789abcdef".utf8)
    var hex: [UInt8] = []
    hex.reserveCapacity(64)
    for byte in SHA256.hash(data: Data(text.utf8)) {
      hex.append(digits[Int(byte >> 4)])
      hex.append(digits[Int(byte & 15)])
    }
    return String(decoding: hex, as: UTF8.self)
  }
}
