import Foundation
import GoldenFloat
import Testing

/// A C program, compiled and linked here, that calls every function of goldenfloat.h.
@Suite struct CInterfaceTests {
  /// The folder of the built products: that of this test program.
  private static let products = URL(
    fileURLWithPath: (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  ).deletingLastPathComponent()
  private static let repository = GuideTests.root

  @Test(arguments: ["goldenfloat", "goldenfloat-static"])
  func aProgramInCGetsWhatSwiftGets(_ library: String) throws {
    let scratch = FileManager.default.temporaryDirectory
      .appendingPathComponent("igla-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let object = scratch.appendingPathComponent("main.o").path
    let program = scratch.appendingPathComponent("program").path
    let source = Self.repository.appendingPathComponent("Tests/GoldenFloatTests/CInterface/main.c")
    let headers = Self.repository.appendingPathComponent("Sources/CGoldenFloat/include")
    _ = try run([
      "clang", "-std=c99", "-Wall", "-Wextra", "-Werror", "-O2", "-I", headers.path, "-c",
      source.path, "-o", object,
    ])
    let products = Self.products.path
    if library == "goldenfloat" {
      _ = try run([
        "clang", object, "-L", products, "-lgoldenfloat", "-Wl,-rpath," + products, "-o", program,
      ])
    } else {
      _ = try run([
        "swiftc", "-static-stdlib", object, products + "/libgoldenfloat-static.a", "-o", program,
      ])
    }
    let lines = try run([program]).split(separator: "\n").map(String.init)
    #expect(lines == Self.expected)
  }

  /// The lines of the C program, by the Swift library.
  private static let expected: [String] = {
    var lines: [String] = []
    var sum: UInt64 = 0
    func add(_ value: some FixedWidthInteger & UnsignedInteger) {
      sum = (sum ^ UInt64(value)) &* 0x100_0000_01B3
    }
    func add(_ value: Bool) { add(value ? 1 as UInt64 : 0) }
    func add(_ value: GF16) { add(value.bitPattern) }
    func end(_ name: String) {
      lines.append(name + " " + String(format: "%016llx", sum))
      sum = 0
    }
    let codes = (0...UInt32(UInt16.max)).map { GF16(bitPattern: UInt16($0)) }
    func second(_ x: GF16) -> GF16 {
      x.bitPattern % 5 == 0
        ? x
        : GF16(bitPattern: UInt16(truncatingIfNeeded: UInt32(x.bitPattern) &* 40_503 &+ 12_345))
    }
    func third(_ x: GF16) -> GF16 {
      GF16(bitPattern: UInt16(truncatingIfNeeded: UInt32(x.bitPattern) &* 30_011 &+ 54_321))
    }
    for x in codes { add(Float(x).bitPattern) }
    end("gf16_to_float")
    for x in codes { add(Double(x).bitPattern) }
    end("gf16_to_double")
    let rules: [FloatingPointRoundingRule] = [
      .toNearestOrEven, .toNearestOrEven, .towardZero, .up, .down, .toNearestOrAwayFromZero,
      .toNearestOrEven,
    ]
    for x in codes {
      let value = Float(bitPattern: UInt32(x.bitPattern) << 16 | UInt32(second(x).bitPattern))
      let double = Double(value) * 1.0000001
      add(GF16(value))
      add(GF16(double))
      for rule in rules {
        add(GF16(value, rounding: rule))
        add(GF16(double, rounding: rule))
        add(x.rounded(rule))
      }
    }
    end("rounding")
    func unary(_ name: String, _ function: (GF16) -> GF16) {
      for x in codes { add(function(x)) }
      end(name)
    }
    func binary(_ name: String, _ function: (GF16, GF16) -> GF16) {
      for x in codes { add(function(x, second(x))) }
      end(name)
    }
    func comparison(_ name: String, _ function: (GF16, GF16) -> Bool) {
      for x in codes { add(function(x, second(x))) }
      end(name)
    }
    unary("gf16_sqrt") { $0.squareRoot() }
    binary("gf16_add", +)
    binary("gf16_sub", -)
    binary("gf16_mul", *)
    binary("gf16_div", /)
    binary("gf16_remainder") { $0.remainder(dividingBy: $1) }
    comparison("gf16_equal", ==)
    comparison("gf16_less", <)
    comparison("gf16_less_equal", <=)
    comparison("gf16_total_order") { $0.isTotallyOrdered(belowOrEqualTo: $1) }
    unary("gf16_fma") { third($0).addingProduct($0, second($0)) }
    for x in codes {
      let text = x.description
      add(GF16(text) ?? 1)
      for byte in text.utf8 { add(byte) }
    }
    end("text")
    var x = (0..<1_003).map { GF16(bitPattern: UInt16(truncatingIfNeeded: $0 * 65)) }
    var y = x.map(second)
    for value in x { add(Float(value).bitPattern) }
    end("gf16_decode")
    for value in x { add(GF16(Float(value))) }
    end("gf16_encode")
    for (a, b) in zip(x, y) { add(a + b) }
    end("gf16_add_all")
    for (a, b) in zip(x, y) { add(a * b) }
    end("gf16_mul_all")
    for (a, b) in zip(x, y) { add(third(a).addingProduct(a, b)) }
    end("gf16_fma_all")
    x = x.map { GF16(bitPattern: $0.bitPattern & 0xBFFF) }
    y = y.map { GF16(bitPattern: $0.bitPattern & 0xBFFF) }
    add(GF16Kernels.best.dot(x.span, y.span).bitPattern)
    add(GF16.dot(x, y))
    add(GF16.zero)
    end("gf16_dot")
    return lines
  }()
}
