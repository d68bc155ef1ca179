import Testing

import Corpora

@Suite struct IDXFileTests {
  private func error(_ file: [UInt8], dimensions: Int) -> IDXError? {
    do throws(IDXError) {
      _ = try IDXFile(file, dimensions: dimensions)
      return nil
    } catch {
      return error
    }
  }

  /// Written byte by byte, as the format's page describes it.
  @Test func shapeAndElementsAreRead() throws {
    let file: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60]
    let array = try IDXFile(file, dimensions: 2)
    #expect(array.shape == [2, 3])
    #expect(array.elements == [10, 20, 30, 40, 50, 60])
    #expect(IDXFixture.idx([2, 3], [10, 20, 30, 40, 50, 60]) == file)
    #expect(
      try IDXFile(IDXFixture.idx([258], [UInt8](repeating: 1, count: 258)), dimensions: 1)
        .shape == [258])
  }

  @Test(
    arguments: [
      [], [0, 0, 8], [0, 0, 9, 1, 0, 0, 0, 0], [0, 1, 8, 1, 0, 0, 0, 0], [31, 139, 8, 1],
    ]
      as [[UInt8]])
  func anotherMagicIsNamed(file: [UInt8]) {
    #expect(error(file, dimensions: 1) == .wrongMagic(Array(file.prefix(4))))
  }

  @Test func anotherNumberOfDimensionsIsNamed() {
    let labels = IDXFixture.idx([2], [1, 2])
    #expect(error(labels, dimensions: 3) == .wrongDimensions(found: 1, expected: 3))
    let images = IDXFixture.idx([1, 1, 2], [1, 2])
    #expect(error(images, dimensions: 1) == .wrongDimensions(found: 3, expected: 1))
  }

  @Test func everyTruncationIsFound() {
    let file = IDXFixture.idx([2, 2, 2], Array(1...8))
    for length in 4..<16 {
      #expect(error(Array(file.prefix(length)), dimensions: 3) == .headerTruncated)
    }
    for length in 16..<24 {
      #expect(
        error(Array(file.prefix(length)), dimensions: 3)
          == .truncated(bytes: length - 16, expected: 8))
    }
    #expect(error(file + [0], dimensions: 3) == .overlong(bytes: 9, expected: 8))
  }

  @Test func sizesWhoseProductOverflowsDoNotTrap() {
    let file = [0, 0, 8, 3] + [UInt8](repeating: 255, count: 12) + [1]
    #expect(error(file, dimensions: 3) == .truncated(bytes: 1, expected: .max))
  }
}
