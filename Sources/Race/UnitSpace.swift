/// The parameters of a space that vary, as coordinates in [0, 1].
struct UnitSpace {
  /// Sorted.
  let names: [String]
  let domains: [Domain]
  /// Number of values without an order; `nil` for a parameter with one.
  let categories: [Int?]

  init(_ space: SearchSpace) {
    let varied = space.domains.filter { if case .fixed = $0.value { false } else { true } }
      .sorted { $0.key < $1.key }
    names = varied.map(\.key)
    domains = varied.map(\.value)
    categories = domains.map(\.categories)
  }

  /// One coordinate a parameter; `nil` where the configuration has no value of the domain.
  func coordinates(of configuration: Configuration) -> [Double?] {
    zip(names, domains).map { name, domain in configuration[name].flatMap(domain.unit(of:)) }
  }
}

extension Domain {
  /// Number of values, if they have no order: a choice other than of rising numbers.
  var categories: Int? {
    guard case .choice(let values) = self else { return nil }
    let numbers = values.compactMap(\.number)
    let rises = numbers.count == values.count && zip(numbers, numbers.dropFirst()).allSatisfy(<)
    return rises ? nil : values.count
  }
}
