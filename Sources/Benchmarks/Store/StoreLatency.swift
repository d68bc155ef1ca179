/// How long reports and claims took, by how large the race was.
public struct StoreLatency: Hashable, Sendable, Encodable {
  /// Numbers of the trials that the race had then, from and to.
  public let from: Int
  public let to: Int
  public let count: Int
  public let p50_ms: Double
  public let p99_ms: Double

  /// Sums up times in any order, at least one.
  init(from: Int, to: Int, _ microseconds: [Int]) {
    self.from = from
    self.to = to
    count = microseconds.count
    p50_ms = Self.quantile(0.5, of: microseconds) / 1_000
    p99_ms = Self.quantile(0.99, of: microseconds) / 1_000
  }

  /// The smallest value that `share` of all are not above (nearest rank).
  ///
  /// - Precondition: `values` is not empty, and `share` is in (0, 1].
  public static func quantile(_ share: Double, of values: [Int]) -> Double {
    precondition(!values.isEmpty, "[StoreLatency.quantile] no values")
    let rank = Int((share * Double(values.count)).rounded(.up))
    return Double(values.sorted()[max(0, min(values.count, rank) - 1)])
  }

  /// Groups rungs by the trials that the race had when they ended: the first hundred of this sitting,
  /// then by powers of ten, then the last hundred.
  ///
  /// The rungs are those of all workers; `before` is how many trials the race had at first.
  public static func byPosition(
    _ rungs: [SyntheticWorkLog.Rung], before: Int
  ) -> [StoreLatency] {
    var size = before
    let placed = rungs.sorted { $0.ended < $1.ended }.map { rung in
      size = max(size, rung.trial)
      return (size: size, microseconds: rung.microseconds)
    }
    let last = size
    var edges = [before, before + 100]
    var power = 1_000
    while power < last {
      if power > before + 100 { edges.append(power) }
      power *= 10
    }
    edges.append(last)
    var ranges = zip(edges, edges.dropFirst()).map { ($0, min($1, last)) }
    if last - before > 200 { ranges.append((last - 100, last)) }
    return ranges.compactMap { lower, upper in
      let values = placed.filter { $0.size > lower && $0.size <= upper }.map(\.microseconds)
      return values.isEmpty ? nil : StoreLatency(from: lower + 1, to: upper, values)
    }
  }
}
