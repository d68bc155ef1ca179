import Foundation
import Kernels
import Testing

/// Against the C library, whose functions are right to an ulp or so.
@Suite struct PlainMathTests {
  @Test func logarithmAndExponentialAreThoseOfTheLibrary() {
    for i in 1...20_000 {
      let x = pow(10, Double(i - 10_000) / 40)
      let own = PlainMath.logarithm(x)
      #expect(abs(own - log(x)) <= 4 * max(log(x).magnitude.ulp, 0x1p-52 * 1e-3), "ln \(x)")
      let y = Double(i - 10_000) / 15
      #expect(abs(PlainMath.exponential(y) / exp(y) - 1) < 4 * 0x1p-52, "exp \(y)")
    }
    #expect(PlainMath.logarithm(1) == 0)
    #expect(PlainMath.exponential(0) == 1)
    #expect(PlainMath.power(0.5, 10_000) == 0)
    #expect(PlainMath.power(1, 0) == 1)
  }

  @Test func anglesAreTurnedAsTheLibraryDoes() {
    for i in 0..<200_000 {
      let angle = Double(i) * 1.234_567 + Double(i % 7) * 1e-9 - 100_000
      let (cosine, sine) = PlainMath.cosineAndSine(angle)
      #expect(abs(cosine - cos(angle)) < 1e-15 && abs(sine - sin(angle)) < 1e-15, "\(angle)")
    }
  }

  /// Models that were trained when the table was the library's have the same one.
  @Test(arguments: [(64, 10_000.0), (16, 10_000.0), (32, 500.0), (7, 10_000.0)])
  func theRotaryTableIsThatOfTheLibrary(headSize: Int, base: Double) {
    var different = 0
    for t in 0..<1_024 {
      for i in 0..<(headSize / 2) {
        let exponent = -2 * Double(i) / Double(headSize)
        let angle = Double(t) * pow(base, exponent)
        let own = PlainMath.cosineAndSine(Double(t) * PlainMath.power(base, exponent))
        if Float(own.cosine) != Float(cos(angle)) { different += 1 }
        if Float(own.sine) != Float(sin(angle)) { different += 1 }
      }
    }
    #expect(different == 0)
  }
}
