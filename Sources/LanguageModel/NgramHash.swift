/// Maps the last few bytes of a window to a row of a hash table.
public enum NgramHash {
  /// The row for the `order` bytes that end at `position`, or nil where the window holds fewer.
  ///
  /// The bytes are mixed by a multiplicative hash with an odd 64-bit constant and the order as salt;
  /// low bits of the mixed hash choose the row. Two contexts may share a row.
  /// - Parameters:
  ///   - bytes: The window, first byte first.
  ///   - position: Index of the current byte.
  ///   - order: Number of bytes, current one included; 2…8.
  ///   - rows: Rows of the table; a power of two.
  /// - Returns: A row in `0..<rows`, or nil near the window's start.
  @inlinable
  public static func row(
    _ bytes: UnsafePointer<UInt8>, position: Int, order: Int, rows: Int
  ) -> Int? {
    guard position + 1 >= order else { return nil }
    var key = UInt64(truncatingIfNeeded: order)
    for back in 0..<order {
      key = unsafe key << 8 | UInt64(bytes[position - back])
      if back == 6 { key = key &* 0x9E37_79B9_7F4A_7C15 }
    }
    var hash = key &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 29
    hash = hash &* 0xBF58_476D_1CE4_E5B9
    hash ^= hash >> 32
    return Int(truncatingIfNeeded: hash & UInt64(rows - 1))
  }
}
