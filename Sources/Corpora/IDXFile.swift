/// An array of bytes in the format of the MNIST files.
///
/// The file is: two zero bytes, the element type (08, unsigned byte), the number of dimensions, one
/// big-endian 32-bit size a dimension, then the elements, the last dimension fastest.
///
/// - Source: LeCun, Cortes & Burges, "The MNIST database of handwritten digits",
///   http://yann.lecun.com/exdb/mnist/.
package struct IDXFile: Sendable {
  /// One size a dimension.
  package let shape: [Int]
  package let elements: [UInt8]

  /// Reads a whole file.
  ///
  /// - Parameters:
  ///   - file: The file, decompressed.
  ///   - dimensions: How many it must have, at least 1: 3 for images, 1 for labels.
  /// - Throws: ``IDXError``.
  package init(_ file: [UInt8], dimensions: Int) throws(IDXError) {
    guard file.count >= 4, file.starts(with: [0, 0, 8]) else {
      throw .wrongMagic(Array(file.prefix(4)))
    }
    guard file[3] == dimensions else {
      throw .wrongDimensions(found: Int(file[3]), expected: dimensions)
    }
    let header = 4 + 4 * dimensions
    guard file.count >= header else { throw .headerTruncated }
    shape = stride(from: 4, to: header, by: 4).map { offset in
      file[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    let expected = shape.reduce(1) { product, size in
      let (next, overflows) = product.multipliedReportingOverflow(by: size)
      return overflows ? .max : next
    }
    let found = file.count - header
    guard found >= expected else { throw .truncated(bytes: found, expected: expected) }
    guard found == expected else { throw .overlong(bytes: found, expected: expected) }
    elements = Array(file[header...])
  }
}
