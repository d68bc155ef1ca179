public import Invariants

/// The numbers of steps at which trials report: `unit · eta^k`, for k = 0 ..< count, the top one
/// cut off at `limit`.
///
/// Products of integers, never powers of floating-point numbers.
public struct RungLadder: Hashable, Sendable, Codable {
  public let unit: Int
  public let eta: Int
  public let count: Int
  /// Steps of a whole training, where the top rung would be above; `nil` for none.
  public let limit: Int?

  /// Makes a ladder, or throws `configuration` with a remedy.
  public init(
    unit: Int = ProvenConstants.rungUnit, eta: Int = ProvenConstants.rungEta,
    count: Int = ProvenConstants.rungCount, limit: Int? = nil
  ) throws {
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
      if let limit, limit <= steps {
        try refuse("a limit of \(limit) steps is not above the rung below", "use fewer rungs")
      }
      steps = product
    }
    if let limit, limit < 1 || limit > steps {
      try refuse("a limit of \(limit) steps", "use 1 to \(steps), or leave it away")
    }
    self.unit = unit
    self.eta = eta
    self.count = count
    self.limit = limit
  }

  public var top: Int { count - 1 }

  /// Returns the steps of a rung.
  public func steps(_ rung: Int) -> Int {
    precondition(
      0 <= rung && rung < count, "[RungLadder.steps] rung is \(rung), expected 0..<\(count)")
    var steps = unit
    for _ in 0..<rung { steps *= eta }
    return rung == top ? min(steps, limit ?? steps) : steps
  }

  public var topSteps: Int { steps(top) }

  private enum CodingKeys: String, CodingKey {
    case unit, eta, count, limit
  }

  public init(from decoder: any Decoder) throws {
    let box = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      unit: try box.decode(Int.self, forKey: .unit), eta: try box.decode(Int.self, forKey: .eta),
      count: try box.decode(Int.self, forKey: .count),
      limit: try box.decodeIfPresent(Int.self, forKey: .limit))
  }
}
