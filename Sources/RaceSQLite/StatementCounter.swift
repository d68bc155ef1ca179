import Synchronization

/// How many statements a store has run.
final class StatementCounter: Sendable {
  private let number = Atomic<Int>(0)

  var count: Int { number.load(ordering: .relaxed) }

  func add(_ more: Int = 1) { number.add(more, ordering: .relaxed) }
}
