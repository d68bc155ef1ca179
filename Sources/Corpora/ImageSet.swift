/// Grey images of one size, each with a class from 0 to 9, to train on and to test on.
package struct ImageSet: Sendable {
  /// Images with their classes.
  package struct Samples: Sendable {
    /// Shape `(count, rows, columns)`, row-major; 0 is the background.
    package let pixels: [UInt8]
    /// Shape `(count)`, each below ``ImageSet/classes``.
    package let labels: [UInt8]
    package var count: Int { labels.count }

    fileprivate init(images: IDXFile, labels: IDXFile) throws(IDXError) {
      guard images.shape[0] == labels.shape[0] else {
        throw .countsDisagree(images: images.shape[0], labels: labels.shape[0])
      }
      guard !images.elements.isEmpty else { throw .empty }
      if let index = labels.elements.firstIndex(where: { $0 >= ImageSet.classes }) {
        throw .labelTooLarge(label: Int(labels.elements[index]), index: index)
      }
      pixels = images.elements
      self.labels = labels.elements
    }
  }

  package static let classes = 10

  /// Pixels of an image.
  package let rows: Int, columns: Int
  package let train: Samples, test: Samples

  /// Takes four IDX files, decompressed.
  ///
  /// - Throws: ``IDXError``.
  package init(
    trainImages: [UInt8], trainLabels: [UInt8], testImages: [UInt8], testLabels: [UInt8]
  ) throws(IDXError) {
    let images = try IDXFile(trainImages, dimensions: 3)
    let others = try IDXFile(testImages, dimensions: 3)
    let (size, otherSize) = (Array(images.shape[1...]), Array(others.shape[1...]))
    guard size == otherSize else { throw .sizesDisagree(train: size, test: otherSize) }
    train = try Samples(images: images, labels: IDXFile(trainLabels, dimensions: 1))
    test = try Samples(images: others, labels: IDXFile(testLabels, dimensions: 1))
    (rows, columns) = (size[0], size[1])
  }
}
