internal import Glibc

/// Where one thread's time goes: a tree of named spans.
///
/// A span inside a span is its child, so that a step reads as a call tree. Times are wall time of
/// the monotonic clock; reading it costs some tens of nanoseconds a span.
///
/// For one thread at a time: an engine that is profiled runs on one.
public final class Profile: @unchecked Sendable {
  /// One kind of span at one place of the tree.
  public struct Node: Sendable {
    /// What it is.
    public let label: String
    /// Index of the span around it; −1 for an outermost one.
    public let parent: Int
    /// Indices of the spans inside it, in order of their first entry.
    public internal(set) var children: [Int] = []
    /// Time between entry and exit, children included.
    public internal(set) var nanoseconds: UInt64 = 0
    /// Number of entries.
    public internal(set) var calls = 0
    /// Floating-point operations counted for it, children not included.
    public internal(set) var operations = 0.0
  }

  /// All spans; a parent stands before its children.
  public private(set) var nodes: [Node] = []
  private var outermost: [Int] = []
  private var current = -1

  public init() {}

  /// Runs `body` as a span inside the one that is running.
  public func measure<Result>(
    _ label: StaticString, operations: Double = 0, _ body: () -> Result
  ) -> Result {
    let around = current
    let index = find(label, in: around)
    current = index
    let start = now()
    let result = body()
    nodes[index].nanoseconds += now() - start
    nodes[index].calls += 1
    nodes[index].operations += operations
    current = around
    return result
  }

  /// Forgets every figure, keeping nothing.
  ///
  /// - Precondition: No span is running.
  public func reset() {
    precondition(current == -1, "[Profile.reset] a span is running")
    nodes = []
    outermost = []
  }

  private func find(_ label: StaticString, in parent: Int) -> Int {
    let siblings = parent < 0 ? outermost : nodes[parent].children
    let name = label.description
    if let found = siblings.first(where: { nodes[$0].label == name }) { return found }
    nodes.append(Node(label: name, parent: parent))
    let index = nodes.count - 1
    if parent < 0 { outermost.append(index) } else { nodes[parent].children.append(index) }
    return index
  }

  private func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
  }
}

extension Profile.Node {
  /// Sum over spans of this label wherever they stand; see ``Profile/byLabel``.
  public struct Total: Sendable {
    public let label: String
    /// Time inside these spans but outside of spans inside them.
    public var nanoseconds: UInt64 = 0
    public var calls = 0
    public var operations = 0.0
  }
}

extension Profile {
  /// Time of a span that no span inside it accounts for.
  public func ownNanoseconds(_ index: Int) -> UInt64 {
    let inside = nodes[index].children.reduce(UInt64(0)) { $0 + nodes[$1].nanoseconds }
    return nodes[index].nanoseconds - min(inside, nodes[index].nanoseconds)
  }

  /// Own time by label, most first.
  public var byLabel: [Node.Total] {
    var totals: [String: Node.Total] = [:]
    for index in nodes.indices {
      let node = nodes[index]
      var total = totals[node.label] ?? Node.Total(label: node.label)
      total.nanoseconds += ownNanoseconds(index)
      total.calls += node.calls
      total.operations += node.operations
      totals[node.label] = total
    }
    return totals.values.sorted { ($1.nanoseconds, $0.label) < ($0.nanoseconds, $1.label) }
  }

  /// Time of the outermost spans together.
  public var nanoseconds: UInt64 { outermost.reduce(0) { $0 + nodes[$1].nanoseconds } }
}
