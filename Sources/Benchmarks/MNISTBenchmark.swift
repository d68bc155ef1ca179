package import Corpora
package import KernelInterface
package import Kernels
internal import Synchronization

/// What rounding to 16 bits costs a small image classifier in test accuracy (BENCH-004b).
///
/// For each seed one network is trained in `Float` and tested as it is and rounded in every way, and
/// one is trained with each rounding, from the same initial parameters and in the same order, and
/// tested with it. So each figure has a partner in `Float`.
package struct MNISTBenchmark: Sendable, Equatable, Encodable {
  /// What is rounded; no activations without weights.
  package enum Rounded: String, Sendable, Encodable {
    case nothing, weights
    case weightsAndActivations = "weights and activations"
  }

  /// One way to round.
  package struct Row: Sendable, Equatable, Encodable {
    /// `Float`, or the 16-bit format.
    package let format: String
    package let rounded: Rounded
    /// Whether it was rounded in training too, and not only in the test.
    package let trainedRounded: Bool
    /// Test images whose class was found, one count a seed.
    package let correct: [Int]
    /// In per cent of the test images.
    package let accuracy: MeanInterval
    /// Accuracy less that of `Float` with the same seed, in percentage points; nil for `Float`.
    package let gap: MeanInterval?

    private enum CodingKeys: String, CodingKey {
      case format, rounded, correct
      case trainedRounded = "trained_rounded"
      case accuracy = "accuracy_percent"
      case gap = "gap_to_float_points"
    }
  }

  /// Sizes of the layers: pixels, hidden units, classes.
  package let layers: [Int]
  package let trainImages: Int, testImages: Int
  package let recipe: ClassifierRecipe
  package let seeds: [UInt64]
  /// The kernels' variant; another may round sums otherwise.
  package let kernels: String
  package let rows: [Row]

  /// The roundings that are compared, in the order of the table.
  private static let roundings = [false, true].flatMap { activations in
    SixteenBitFormat.allCases.map { NetworkRounding($0, activations: activations) }
  }

  /// Trains and tests on the threads of a crew, a network at a time on each.
  ///
  /// - Parameters:
  ///   - images: To train and to test on.
  ///   - recipe: How each network is trained.
  ///   - hidden: Units of the hidden layer.
  ///   - seeds: At least two.
  ///   - kernels: The processor variant to compute with.
  ///   - threads: At least 1; no result depends on it.
  ///   - progress: Called on any thread with the networks trained so far and in all.
  /// - Throws: `AllocationError`.
  /// - Returns: A row for `Float`, six for rounding after training, six for rounding in training.
  package static func run(
    _ images: ImageSet, _ recipe: ClassifierRecipe, hidden: Int = 128, seeds: [UInt64],
    kernels: KernelSet, threads: Int,
    progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws(AllocationError) -> MNISTBenchmark {
    let shape = ImageClassifier.Shape(
      inputs: images.rows * images.columns, hidden: hidden, classes: ImageSet.classes)
    var members: [ImageClassifier] = []
    for _ in 0..<threads {
      members.append(try ImageClassifier(shape, batch: recipe.batch, kernels: kernels))
    }
    let networks = members
    let tests = 1 + 2 * roundings.count
    let counts = Mutex(
      [[Int]](repeating: [Int](repeating: 0, count: seeds.count), count: tests))
    let done = Atomic<Int>(0)
    let trainings = 1 + roundings.count
    let tasks = trainings * seeds.count
    Crew(threads: threads).run(tasks: tasks) { task, member in
      let (seed, training) = (task / trainings, task % trainings)
      let network = networks[member]
      func test(_ rounding: NetworkRounding?, as row: Int) {
        let correct = network.correct(in: images.test, rounding: rounding)
        counts.withLock { $0[row][seed] = correct }
      }
      if training == 0 {
        network.train(on: images.train, recipe, seed: seeds[seed], rounding: nil)
        test(nil, as: 0)
        for (i, rounding) in roundings.enumerated() { test(rounding, as: 1 + i) }
      } else {
        let rounding = roundings[training - 1]
        network.train(on: images.train, recipe, seed: seeds[seed], rounding: rounding)
        test(rounding, as: roundings.count + training)
      }
      progress(done.add(1, ordering: .relaxed).newValue, tasks)
    }
    return MNISTBenchmark(
      layers: [shape.inputs, shape.hidden, shape.classes], trainImages: images.train.count,
      testImages: images.test.count, recipe: recipe, seeds: seeds, kernels: kernels.name,
      rows: rows(counts.withLock { $0 }, of: images.test.count))
  }

  /// The table of the counts of correct images, those of `Float` first.
  private static func rows(_ counts: [[Int]], of images: Int) -> [Row] {
    let names: [(NetworkRounding?, Bool)] =
      [(nil, false)] + roundings.map { ($0, false) } + roundings.map { ($0, true) }
    func percent(_ count: Int) -> Double { 100 * Double(count) / Double(images) }
    return zip(names, counts).map { name, correct in
      let (rounding, trainedRounded) = name
      let gaps = zip(correct, counts[0]).map { percent($0 - $1) }
      return Row(
        format: rounding?.format.rawValue ?? "Float",
        rounded: rounding.map { $0.activations ? .weightsAndActivations : .weights } ?? .nothing,
        trainedRounded: trainedRounded, correct: correct,
        accuracy: MeanInterval(correct.map(percent)),
        gap: rounding == nil ? nil : MeanInterval(gaps))
    }
  }

  private enum CodingKeys: String, CodingKey {
    case layers, recipe, seeds, kernels, rows
    case trainImages = "train_images"
    case testImages = "test_images"
  }
}
