/// A rounding rule that the compiler can see through.
///
/// `FloatingPointRoundingRule` may get more cases, so that each use of it is a call into the standard
/// library; it is translated once, where it comes in.
@frozen @usableFromInline
enum Rounding: Sendable {
  case toNearestOrEven
  case toNearestOrAwayFromZero
  case towardZero
  case awayFromZero
  case up
  case down

  @inlinable
  init(_ rule: FloatingPointRoundingRule) {
    switch rule {
    case .toNearestOrEven: self = .toNearestOrEven
    case .toNearestOrAwayFromZero: self = .toNearestOrAwayFromZero
    case .towardZero: self = .towardZero
    case .awayFromZero: self = .awayFromZero
    case .up: self = .up
    case .down: self = .down
    @unknown default: fatalError("[GoldenFloat] unknown rounding rule \(rule)")
    }
  }
}
