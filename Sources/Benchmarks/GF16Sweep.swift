internal import GoldenFloat
public import GoldenFloatOracle
internal import Kernels
internal import Synchronization

/// Every input of an operation of GF16, compared bit for bit with exact integer arithmetic.
public struct GF16Sweep: Sendable, Encodable {
  /// What is swept: all 2³² pairs of codes, or all 2³² patterns of a `Float`.
  public enum Operation: String, CaseIterable, Sendable, Encodable {
    case add, subtract, multiply, divide, convert
  }

  /// How results are rounded.
  public typealias Rounding = GF16Oracle.Rounding

  public let operation: Operation
  public let rounding: Rounding
  /// Inputs compared; with the bulk kernel too where there is one.
  public let inputs: Int
  public let mismatches: Int
  /// The first few inputs that differ, as `a b got expected` in hexadecimal.
  public let examples: [String]
  /// Kernels whose results were compared beside the scalar ones.
  public let kernels: [String]

  /// Compares the inputs whose high half is in `high`, on the crew's threads.
  ///
  /// - Parameters:
  ///   - operation: What is computed.
  ///   - rounding: How its results are rounded.
  ///   - high: The halves; codes of the first operand, or of the pattern of a `Float`.
  ///   - threads: Threads that share the work.
  ///   - progress: Called now and then, on any thread, with the share that is done.
  /// - Returns: The counts, and the first inputs that differ.
  public static func run(
    _ operation: Operation, _ rounding: Rounding, high: ClosedRange<UInt16> = 0...0xFFFF,
    threads: Int, progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) -> GF16Sweep {
    let found = Mutex<[String]>([])
    let mismatches = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    let kernels = rounding == .nearestEven ? bulkKernels(operation) : []
    Crew(threads: threads).run(tasks: high.count) { task, _ in
      let a = high.lowerBound + UInt16(task)
      let expected = [UInt16](unsafeUninitializedCapacity: 65_536) { buffer, count in
        for b in 0...UInt16.max {
          buffer[Int(b)] = oracle(operation, a, b, rounding)
        }
        count = 65_536
      }
      func compare(_ b: UInt16, _ got: UInt16) {
        guard got != expected[Int(b)] else { return }
        mismatches.add(1, ordering: .relaxed)
        found.withLock { list in
          if list.count < 10 {
            list.append([a, b, got, expected[Int(b)]].map(\.hexadecimal).joined(separator: " "))
          }
        }
      }
      for b in 0...UInt16.max {
        compare(b, library(operation, a, b, rounding))
      }
      for variant in kernels {
        let results = bulk(variant, operation, a)
        for b in 0...UInt16.max { compare(b, results[Int(b)].bitPattern) }
      }
      let count = done.add(1, ordering: .relaxed).newValue
      if count % 256 == 0 { progress(Double(count) / Double(high.count)) }
    }
    return GF16Sweep(
      operation: operation, rounding: rounding, inputs: high.count * 65_536,
      mismatches: mismatches.load(ordering: .relaxed), examples: found.withLock { $0 },
      kernels: kernels.map(\.name))
  }

  private static func bulkKernels(_ operation: Operation) -> [GF16Kernels] {
    switch operation {
    case .add, .multiply, .convert: GF16Kernels.available
    case .subtract, .divide: []
    }
  }

  /// What exact arithmetic gives for the codes `a`, `b`, or the `Float` of those halves.
  private static func oracle(
    _ operation: Operation, _ a: UInt16, _ b: UInt16, _ rounding: Rounding
  ) -> UInt16 {
    switch operation {
    case .add: GF16Oracle.sum(a, b, rounding)
    case .subtract: GF16Oracle.difference(a, b, rounding)
    case .multiply: GF16Oracle.product(a, b, rounding)
    case .divide: GF16Oracle.quotient(a, b, rounding)
    case .convert: GF16Oracle.code(float: UInt32(a) << 16 | UInt32(b), rounding)
    }
  }

  /// What the library gives, by its operators where the rounding is theirs.
  private static func library(
    _ operation: Operation, _ a: UInt16, _ b: UInt16, _ rounding: Rounding
  ) -> UInt16 {
    let (x, y) = (GF16(bitPattern: a), GF16(bitPattern: b))
    let float = Float(bitPattern: UInt32(a) << 16 | UInt32(b))
    if rounding == .nearestEven {
      switch operation {
      case .add: return (x + y).bitPattern
      case .subtract: return (x - y).bitPattern
      case .multiply: return (x * y).bitPattern
      case .divide: return (x / y).bitPattern
      case .convert: return GF16(float).bitPattern
      }
    }
    let rule = rounding.rule
    switch operation {
    case .add: return x.adding(y, rounding: rule).bitPattern
    case .subtract: return x.subtracting(y, rounding: rule).bitPattern
    case .multiply: return x.multiplied(by: y, rounding: rule).bitPattern
    case .divide: return x.divided(by: y, rounding: rule).bitPattern
    case .convert: return GF16(float, rounding: rule).bitPattern
    }
  }

  private static let allCodes = (0...UInt16.max).map { GF16(bitPattern: $0) }

  private static func bulk(
    _ kernels: GF16Kernels, _ operation: Operation, _ a: UInt16
  ) -> [GF16] {
    var out = [GF16](repeating: 0, count: 65_536)
    var span = out.mutableSpan
    if operation == .convert {
      let x = (0...UInt16.max).map { Float(bitPattern: UInt32(a) << 16 | UInt32($0)) }
      kernels.encode(x.span, into: &span)
      return out
    }
    let x = [GF16](repeating: GF16(bitPattern: a), count: 65_536)
    if operation == .add {
      kernels.add(x.span, allCodes.span, into: &span)
    } else {
      kernels.multiply(x.span, allCodes.span, into: &span)
    }
    return out
  }
}

extension GF16Oracle.Rounding {
  /// The library's name for it.
  fileprivate var rule: FloatingPointRoundingRule {
    switch self {
    case .nearestEven: .toNearestOrEven
    case .nearestAway: .toNearestOrAwayFromZero
    case .towardZero: .towardZero
    case .up: .up
    case .down: .down
    }
  }
}
