/// What a worker of a ``SyntheticRace`` did, a line of numbers each, so that it can be read also from
/// a process that was killed.
public struct SyntheticWorkLog: Hashable, Sendable {
  /// A rung whose report was acknowledged, with the claim that came with the answer.
  public struct Rung: Hashable, Sendable {
    public var trial: Int
    public var rung: Int
    public var token: Int
    /// When it was acknowledged, by ``MonotonicTime``.
    public var ended: Int
    /// How long report and claim took together.
    public var microseconds: Int

    public init(trial: Int, rung: Int, token: Int, ended: Int, microseconds: Int) {
      self.trial = trial
      self.rung = rung
      self.token = token
      self.ended = ended
      self.microseconds = microseconds
    }
  }

  /// What a worker sums up at its end.
  public struct Totals: Hashable, Sendable {
    public var processorMicroseconds = 0
    public var statements = 0
    public var roundTrips = 0
    /// Operations that were tried again, and lookups that were not expected.
    public var retries = 0
    public var detours = 0
    public var lostLeases = 0

    public init() {}
  }

  /// Microseconds from the start of the process until it was connected, registered, and had its first
  /// trial; `nil` while it is not there yet.
  public var connected: Int?
  public var registered: Int?
  public var claimed: Int?
  /// Processor time that the process had used until then.
  public var claimedProcessor: Int?
  public var rungs: [Rung] = []
  /// Microseconds of each heartbeat.
  public var heartbeats: [Int] = []
  /// `nil` for a worker that did not come to its end.
  public var totals: Totals?

  public init() {}

  /// One line of the log.
  public enum Line: Hashable, Sendable {
    case connected(Int), registered(Int), heartbeat(Int)
    case claimed(Int, processor: Int)
    case rung(Rung)
    case totals(Totals)

    public var text: String {
      switch self {
      case .connected(let time): "connected \(time)"
      case .registered(let time): "registered \(time)"
      case .claimed(let time, let processor): "claimed \(time) \(processor)"
      case .heartbeat(let time): "heartbeat \(time)"
      case .rung(let rung):
        "rung \(rung.trial) \(rung.rung) \(rung.token) \(rung.ended) \(rung.microseconds)"
      case .totals(let sum):
        "totals \(sum.processorMicroseconds) \(sum.statements) \(sum.roundTrips) \(sum.retries) "
          + "\(sum.detours) \(sum.lostLeases)"
      }
    }

    /// Reads a line; `nil` for one that is none, such as one that was cut off.
    init?(_ text: Substring) {
      let words = text.split(separator: " ")
      let numbers = words.dropFirst().compactMap { Int($0) }
      guard let kind = words.first, numbers.count == words.count - 1 else { return nil }
      switch (kind, numbers.count) {
      case ("connected", 1): self = .connected(numbers[0])
      case ("registered", 1): self = .registered(numbers[0])
      case ("claimed", 2): self = .claimed(numbers[0], processor: numbers[1])
      case ("heartbeat", 1): self = .heartbeat(numbers[0])
      case ("rung", 5):
        self = .rung(
          Rung(
            trial: numbers[0], rung: numbers[1], token: numbers[2], ended: numbers[3],
            microseconds: numbers[4]))
      case ("totals", 6):
        var sum = Totals()
        sum.processorMicroseconds = numbers[0]
        sum.statements = numbers[1]
        sum.roundTrips = numbers[2]
        sum.retries = numbers[3]
        sum.detours = numbers[4]
        sum.lostLeases = numbers[5]
        self = .totals(sum)
      default: return nil
      }
    }
  }

  /// Reads the lines of a log; what is after the last line break was cut off and is left out.
  public init(_ text: String) {
    let whole = text.lastIndex(of: "\n").map { text[..<$0] } ?? ""
    for line in whole.split(separator: "\n") {
      switch Line(line) {
      case .connected(let time): connected = time
      case .registered(let time): registered = time
      case .claimed(let time, let processor): (claimed, claimedProcessor) = (time, processor)
      case .heartbeat(let time): heartbeats.append(time)
      case .rung(let rung): rungs.append(rung)
      case .totals(let sum): totals = sum
      case nil: break
      }
    }
  }
}
