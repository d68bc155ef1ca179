/// Something that happened, with enough in it to explain why.
public struct RaceEvent: Hashable, Sendable {
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case raceCreated = "race_created"
    case raceStopped = "race_stopped"
    case raceResumed = "race_resumed"
    case raceWon = "race_won"
    case budgetChanged = "budget_changed"
    case sessionBegan = "session_began"
    case sessionEnded = "session_ended"
    case proposed, enqueued, claimed, checkpointed, reported, promoted, drained, released
    case expired, failed, gaveUp = "gave_up", stopped
    case verified
    case planned, decided
  }

  /// Place in the whole race, from 1.
  public var ordinal: Int
  /// The trial, or 0 for the race itself.
  public var trial: Int
  /// Place among the events of the trial, from 1.
  public var sequence: Int
  public var kind: Kind
  public var detail: JSONValue
  public var time: Instant
  /// Hash of the event before this one in the race.
  public var previous: String
  /// SHA-256 of `previous` and the canonical JSON of this event.
  public var hash: String

  public init(
    ordinal: Int, trial: Int, sequence: Int, kind: Kind, detail: JSONValue, time: Instant,
    previous: String, hash: String
  ) {
    self.ordinal = ordinal
    self.trial = trial
    self.sequence = sequence
    self.kind = kind
    self.detail = detail
    self.time = time
    self.previous = previous
    self.hash = hash
  }
}

extension RaceEvent: ChainLink {
  public var content: JSONValue {
    .object([
      "ordinal": .int(ordinal), "trial": .int(trial), "sequence": .int(sequence),
      "kind": .string(kind.rawValue), "detail": detail, "time": .int(Int(time.microseconds)),
    ])
  }
}
