/// Where the three parts of a corpus lie in its file: byte ranges, each half open.
package struct SplitRanges: Sendable, Codable, Hashable {
  package let train: Range<Int>
  package let validation: Range<Int>
  package let test: Range<Int>

  package init(train: Range<Int>, validation: Range<Int>, test: Range<Int>) {
    self.train = train
    self.validation = validation
    self.test = test
  }

  /// Cuts `byteCount` bytes at the two offsets given.
  package init(validationStart: Int, testStart: Int, byteCount: Int) {
    precondition(
      0 < validationStart && validationStart < testStart && testStart < byteCount,
      "[SplitRanges] cuts \(validationStart), \(testStart) in \(byteCount) bytes")
    train = 0..<validationStart
    validation = validationStart..<testStart
    test = testStart..<byteCount
  }

  /// Train and validation as one range; they touch, by ``checks(byteCount:)``.
  package var trainAndValidation: Range<Int> { train.lowerBound..<validation.upperBound }

  /// The named checks that make a split honest, each with what was found.
  ///
  /// - Parameter byteCount: The length of the whole file.
  /// - Returns: Order, disjointness, cover and byte denominators, always in this order.
  package func checks(byteCount: Int) -> [AuditCheck] {
    let inOrder =
      train.upperBound <= validation.lowerBound && validation.upperBound <= test.lowerBound
    let disjoint =
      !train.overlaps(validation) && !validation.overlaps(test) && !train.overlaps(test)
    let covers =
      train.lowerBound == 0 && train.upperBound == validation.lowerBound
      && validation.upperBound == test.lowerBound && test.upperBound == byteCount
    let sum = train.count + validation.count + test.count
    let filled = !train.isEmpty && !validation.isEmpty && !test.isEmpty
    return [
      AuditCheck(
        "splits_in_order", inOrder, "train \(train), validation \(validation), test \(test)"),
      AuditCheck("splits_disjoint", disjoint, "no byte belongs to two splits"),
      AuditCheck("splits_cover_file", covers, "file has \(byteCount.grouped) bytes"),
      AuditCheck(
        "byte_denominators", filled && sum == byteCount,
        "\(train.count.grouped) + \(validation.count.grouped) + \(test.count.grouped) = \(sum.grouped)"
      ),
    ]
  }
}
