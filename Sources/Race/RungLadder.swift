/// The numbers of steps at which trials report: `unit · eta^k`, for k = 0 ..< count.
///
/// Products of integers, never powers of floating-point numbers.
public struct RungLadder: Hashable, Sendable, Codable {
  public let unit: Int
  public let eta: Int
  public let count: Int

  /// Makes a ladder, or throws `configuration` with a remedy.
  public init(unit: Int = 1_000, eta: Int = 3, count: Int = 4) throws {
    func refuse(_ problem: String, _ hint: String) throws -> Never {
      throw RaceError(.configuration, problem, hint: hint)
    }
    if unit < 1 { try refuse("the rung unit is \(unit)", "use 1 step or more") }
    if eta < 2 { try refuse("eta is \(eta)", "use 2 or more; 3 is the default") }
    if count < 1 { try refuse("the ladder has \(count) rungs", "use 1 or more") }
    var steps = unit
    for _ in 1..<count {
      let (product, overflow) = steps.multipliedReportingOverflow(by: eta)
      if overflow { try refuse("the top rung is too high", "use fewer rungs") }
      steps = product
    }
    self.unit = unit
    self.eta = eta
    self.count = count
  }

  public var top: Int { count - 1 }

  /// Returns the steps of a rung.
  public func steps(_ rung: Int) -> Int {
    precondition(
      0 <= rung && rung < count, "[RungLadder.steps] rung is \(rung), expected 0..<\(count)")
    var steps = unit
    for _ in 0..<rung { steps *= eta }
    return steps
  }

  public var topSteps: Int { steps(top) }

  private enum CodingKeys: String, CodingKey {
    case unit, eta, count
  }

  public init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      unit: try box.decode(Int.self, forKey: .unit), eta: try box.decode(Int.self, forKey: .eta),
      count: try box.decode(Int.self, forKey: .count))
  }
}
