/// Says why bytes are no IDX file, or why files do not belong together.
package enum IDXError: Error, Sendable, Hashable {
  /// It does not begin with two zeros and 08, the type of unsigned bytes.
  case wrongMagic([UInt8])
  case wrongDimensions(found: Int, expected: Int)
  /// It ends before the sizes of its dimensions do.
  case headerTruncated
  /// It has fewer bytes after its header than that says.
  case truncated(bytes: Int, expected: Int)
  /// It has more bytes after its header than that says.
  case overlong(bytes: Int, expected: Int)
  case countsDisagree(images: Int, labels: Int)
  /// Training and test images differ in size.
  case sizesDisagree(train: [Int], test: [Int])
  case labelTooLarge(label: Int, index: Int)
  /// There is no image, or images have no pixel.
  case empty
}

extension IDXError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .wrongMagic(let bytes):
      "it begins with "
        + (bytes.isEmpty ? "nothing" : bytes.map { "\($0)" }.joined(separator: " "))
        + ", not with 0 0 8 and the number of dimensions"
    case .wrongDimensions(let found, let expected):
      "it has \(found) dimensions, expected \(expected)"
    case .headerTruncated: "it ends within its header"
    case .truncated(let bytes, let expected), .overlong(let bytes, let expected):
      "it has \(bytes.grouped) bytes of data, its header says \(expected.grouped)"
    case .countsDisagree(let images, let labels):
      "\(images.grouped) images have \(labels.grouped) labels"
    case .sizesDisagree(let train, let test): "training images are \(train), test images \(test)"
    case .labelTooLarge(let label, let index): "label \(index) is \(label), expected 0 to 9"
    case .empty: "there is no image or no pixel"
    }
  }
}
