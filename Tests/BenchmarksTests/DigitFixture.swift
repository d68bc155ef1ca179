import Corpora
import Kernels

/// A small set of images that a perceptron can learn: a bright spot whose place is the class.
enum DigitFixture {
  /// Images of 6 × 8 pixels: dim noise everywhere, and 3 × 1 bright pixels for the class.
  ///
  /// Through IDX files in memory, as the real sets come.
  static func images(train: Int = 600, test: Int = 200, seed: UInt64 = 1) throws -> ImageSet {
    let (trainImages, trainLabels) = files(count: train, random: CounterRandom(seed: seed, 0))
    let (testImages, testLabels) = files(count: test, random: CounterRandom(seed: seed, 1))
    return try ImageSet(
      trainImages: trainImages, trainLabels: trainLabels, testImages: testImages,
      testLabels: testLabels)
  }

  private static func files(count: Int, random: CounterRandom) -> ([UInt8], [UInt8]) {
    let labels = (0..<count).map { UInt8($0 % 10) }
    var pixels = (0..<count * 48).map { UInt8(random.bits(UInt32($0)) % 120) }
    for (image, label) in labels.enumerated() {
      for row in 0..<3 {
        let pixel = image * 48 + (Int(label) / 5 * 3 + row) * 8 + Int(label) % 5
        pixels[pixel] = 150 + UInt8(random.bits(UInt32(count * 48 + image * 3 + row)) % 100)
      }
    }
    return (idx([count, 6, 8], pixels), idx([count], labels))
  }

  private static func idx(_ shape: [Int], _ elements: [UInt8]) -> [UInt8] {
    let sizes = shape.flatMap { size in
      stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: size >> $0) }
    }
    return [0, 0, 8, UInt8(shape.count)] + sizes + elements
  }
}
