internal import Determinism
import Glibc

/// The values that one parameter of a search may take.
public enum Domain: Hashable, Sendable {
  case fixed(ParameterValue)
  /// Integers from `min` to `max`, both included, that differ from `min` by multiples of `step`.
  case integer(min: Int, max: Int, log: Bool = false, step: Int = 1)
  /// Real numbers from `min` to `max`, drawn to four significant digits.
  case real(min: Double, max: Double, log: Bool = false)
  case choice([ParameterValue])

  /// Throws `configuration` with a remedy when the domain holds no value.
  func validate(name: String) throws {
    func refuse(_ problem: String, _ hint: String) throws -> Never {
      throw RaceError(.configuration, "parameter '\(name)': \(problem)", hint: hint)
    }
    switch self {
    case .fixed(.double(let value)) where !value.isFinite:
      try refuse("the value is not finite", "give a finite number")
    case .fixed: break
    case .integer(let min, let max, let log, let step):
      if min > max { try refuse("min \(min) is above max \(max)", "swap min and max") }
      if step < 1 { try refuse("step is \(step)", "use a step of 1 or more") }
      if log, min <= 0 {
        try refuse("a logarithmic range cannot start at \(min)", "use min ≥ 1, or log = false")
      }
      if max.subtractingReportingOverflow(min).overflow {
        try refuse("the range \(min)…\(max) is too wide", "narrow it")
      }
    case .real(let min, let max, let log):
      if !min.isFinite || !max.isFinite {
        try refuse("the range \(min)…\(max) is not finite", "give two finite numbers")
      }
      if min > max { try refuse("min \(min) is above max \(max)", "swap min and max") }
      if log, min <= 0 {
        try refuse("a logarithmic range cannot start at \(min)", "use min > 0, or log = false")
      }
    case .choice(let values):
      if values.isEmpty { try refuse("no choice is given", "list at least one value") }
      if Set(values.map(\.normalized)).count != values.count {
        try refuse("a choice is listed twice", "remove the repetition")
      }
    }
  }

  /// The same domain with its values as JSON reads them back.
  var normalized: Domain {
    switch self {
    case .fixed(let value): .fixed(value.normalized)
    case .choice(let values): .choice(values.map(\.normalized))
    case .integer, .real: self
    }
  }

  /// Draws one value; uniform, or uniform in the logarithm.
  func sample(_ generator: inout SplitMix64) -> ParameterValue {
    switch self {
    case .choice(let values): return values[generator.index(below: values.count)]
    case .integer(let min, let max, log: false, let step):
      return .int(min + step * generator.index(below: (max - min) / step + 1))
    case .fixed(let value): return value
    case .integer, .real: return value(at: generator.unit())
    }
  }

  /// The value at a coordinate in [0, 1); equal lengths are equally likely in ``sample(_:)``.
  func value(at unit: Double) -> ParameterValue {
    switch self {
    case .fixed(let value): return value
    case .choice(let values):
      return values[Swift.max(0, Swift.min(values.count - 1, Int(unit * Double(values.count))))]
    case .integer(let min, let max, let log, let step):
      let steps = (max - min) / step
      var index = Glibc.floor(unit * Double(steps + 1))
      if log {
        let low = Glibc.log(Double(min) - 0.5)
        let high = Glibc.log(Double(min + steps * step) + 0.5)
        index = ((Glibc.exp(low + (high - low) * unit) - Double(min)) / Double(step)).rounded()
      }
      return .int(min + step * Swift.max(0, Swift.min(steps, Int(index))))
    case .real(let min, let max, let log):
      let value =
        log
        ? Glibc.exp(Glibc.log(min) + (Glibc.log(max) - Glibc.log(min)) * unit)
        : min + (max - min) * unit
      return .double(Swift.max(min, Swift.min(max, Domain.rounded(value))))
    }
  }

  /// The coordinate of a value, within [0, 1]; the middle of its part where values are discrete, and
  /// `nil` for one that the domain does not hold.
  func unit(of value: ParameterValue) -> Double? {
    switch self {
    case .fixed: return nil
    case .choice(let values):
      return values.firstIndex(of: value).map { (Double($0) + 0.5) / Double(values.count) }
    case .integer(let min, let max, let log, let step):
      guard let number = value.number, number >= Double(min), number <= Double(max) else {
        return nil
      }
      let steps = (max - min) / step
      guard log else {
        return ((number - Double(min)) / Double(step) + 0.5) / Double(steps + 1)
      }
      let low = Glibc.log(Double(min) - 0.5)
      let high = Glibc.log(Double(min + steps * step) + 0.5)
      return (Glibc.log(number) - low) / (high - low)
    case .real(let min, let max, let log):
      guard let number = value.number, number >= min, number <= max else { return nil }
      guard max > min else { return 0.5 }
      return log
        ? (Glibc.log(number) - Glibc.log(min)) / (Glibc.log(max) - Glibc.log(min))
        : (number - min) / (max - min)
    }
  }

  /// Returns the number to four significant digits, so that it reads well and does not hang on
  /// the last bit of a C library's logarithm.
  static func rounded(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    let exponent = Int(Glibc.floor(Glibc.log10(abs(value)))) - 3
    let digits = (value / Glibc.pow(10, Double(exponent))).rounded()
    return Double("\(Int(digits))e\(exponent)") ?? value
  }
}

extension Domain: Codable {
  private enum Key: String, CodingKey {
    case fixed, kind, min, max, log, step, choice
  }

  public init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: Key.self)
    if let value = try box.decodeIfPresent(ParameterValue.self, forKey: .fixed) {
      self = .fixed(value)
      return
    }
    if let values = try box.decodeIfPresent([ParameterValue].self, forKey: .choice) {
      self = .choice(values)
      return
    }
    let log = try box.decodeIfPresent(Bool.self, forKey: .log) ?? false
    switch try box.decode(String.self, forKey: .kind) {
    case "integer":
      self = .integer(
        min: try box.decode(Int.self, forKey: .min), max: try box.decode(Int.self, forKey: .max),
        log: log, step: try box.decodeIfPresent(Int.self, forKey: .step) ?? 1)
    case "real":
      self = .real(
        min: try box.decode(Double.self, forKey: .min),
        max: try box.decode(Double.self, forKey: .max), log: log)
    case let other:
      throw RaceError(
        .configuration, "unknown kind of range '\(other)'", hint: "use integer or real")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var box = encoder.container(keyedBy: Key.self)
    switch self {
    case .fixed(let value): try box.encode(value, forKey: .fixed)
    case .choice(let values): try box.encode(values, forKey: .choice)
    case .integer(let min, let max, let log, let step):
      try box.encode("integer", forKey: .kind)
      try box.encode(min, forKey: .min)
      try box.encode(max, forKey: .max)
      try box.encode(log, forKey: .log)
      try box.encode(step, forKey: .step)
    case .real(let min, let max, let log):
      try box.encode("real", forKey: .kind)
      try box.encode(min, forKey: .min)
      try box.encode(max, forKey: .max)
      try box.encode(log, forKey: .log)
    }
  }
}
