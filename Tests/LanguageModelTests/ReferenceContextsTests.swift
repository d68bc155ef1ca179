import LanguageModel
import Testing

/// The embeddings of an encoder of contexts, by hand.
@Suite struct ReferenceContextsTests {
  /// Byte `v` at distance `i` gives `(100·i + v, 0)`.
  static let tables: [[Double]] = (0..<3).map { distance in
    (0..<256).flatMap { byte -> [Double] in [Double(100 * distance + byte), 0] }
  }

  @Test func aPositionSumsTheBytesBeforeItByDistance() {
    let out = Reference.contexts(
      [5, 7, 11, 13], tables: Self.tables, weights: [1, 0.5, 0.25], width: 2)
    let expected: [Double] = [5, 0, 7 + 52.5, 0, 11 + 53.5 + 51.25, 0, 13 + 55.5 + 51.75, 0]
    #expect(out == expected)
  }

  @Test func itsGradientReturnsToTheRowsThatWereRead() {
    let gradient: [Double] = [1, 2, 1]
    let d = Reference.contextsBackward(
      gradient, inputs: [3, 4, 3], weights: [1, 0.5], width: 1)
    #expect(d[0][3] == 2 && d[0][4] == 2)
    #expect(d[1][3] == 0.5 * 2 && d[1][4] == 0.5 * 1)
    #expect(d.joined().filter { $0 != 0 }.count == 4)
  }

  @Test func centredRowsHaveNoMean() {
    #expect(Reference.centredRows([1, 2, 6, -1, 0, 1], width: 3) == [-2, -1, 3, -1, 0, 1])
  }

  /// The earlier programs' weights, of four contexts and of six.
  @Test(
    arguments: zip([4, 6], [[0.7, 0.3, 0.2, 0.15], [0.7, 0.45, 0.3, 0.2, 0.13, 0.08]]))
  func weightsAreThoseOfTheEarlierPrograms(contexts: Int, weights: [Double]) {
    var configuration = ModelConfiguration()
    configuration.contexts = contexts
    #expect((0..<contexts).map(configuration.contextWeight) == weights)
  }
}
