/// The slow, obvious version of the model, which judges the fast one.
///
/// Each layer is a pair of pure functions, `layer` and `layerBackward`, over flat row-major arrays.
/// A backward function takes the gradient of the loss in the layer's result, `dOut`, and the
/// layer's own inputs; it recomputes what it needs and returns the gradients in those inputs. Sums
/// run in index order in `Scalar`. Nothing here is meant to be quick.
///
/// The shape legend is that of ``ModelConfiguration``, with `n` for the bytes of the one sequence.
public enum Reference {
  /// Number of rows of a `(rows, width)` array with `count` elements.
  static func rowCount(_ operation: StaticString, count: Int, width: Int) -> Int {
    precondition(
      width > 0 && count % width == 0,
      "[\(operation)] the array has \(count) elements, expected a multiple of \(width)")
    return count / width
  }

  /// Traps unless an array has the number of elements that its partner's shape calls for.
  static func require(_ operation: StaticString, count: Int, is expected: Int) {
    precondition(
      count == expected, "[\(operation)] the array has \(count) elements, expected \(expected)")
  }

  /// Returns `a + b`, element by element.
  static func sum<Scalar: ReferenceScalar>(_ a: [Scalar], _ b: [Scalar]) -> [Scalar] {
    require("sum", count: b.count, is: a.count)
    return zip(a, b).map { $0 + $1 }
  }

  /// Returns `count` zeros.
  static func zeros<Scalar: ReferenceScalar>(_ count: Int) -> [Scalar] {
    [Scalar](repeating: 0, count: count)
  }
}
