import GRDB
public import Race

extension SQLiteRecords {
  public func append(_ event: RaceEvent) throws {
    try execute(
      "insert_event",
      [
        "ordinal": event.ordinal, "trial": event.trial, "sequence": event.sequence,
        "kind": event.kind.rawValue, "detail": event.detail.canonical,
        "time": event.time.microseconds, "previous": event.previous, "hash": event.hash,
      ])
  }

  public func events(trial: Int) throws -> [RaceEvent] {
    try rows("events_of_trial", ["trial": trial]).map(RaceEvent.init(row:))
  }

  public func events(after ordinal: Int, limit: Int) throws -> [RaceEvent] {
    try rows("events_after", ["ordinal": ordinal, "limit": limit]).map(RaceEvent.init(row:))
  }

  public func append(_ entry: LedgerEntry) throws {
    try execute(
      "insert_entry",
      [
        "ordinal": entry.ordinal, "kind": entry.kind.rawValue, "detail": entry.detail.canonical,
        "time": entry.time.microseconds, "previous": entry.previous, "hash": entry.hash,
      ])
  }

  public func ledger() throws -> [LedgerEntry] { try rows("ledger").map(LedgerEntry.init(row:)) }

  public func add(_ checkpoint: Checkpoint, trial: Int) throws {
    try execute(
      "put_checkpoint",
      [
        "trial": trial, "step": checkpoint.step, "path": checkpoint.path,
        "sha256": checkpoint.sha256,
      ])
  }

  public func checkpoints(trial: Int) throws -> [Checkpoint] {
    try rows("checkpoints", ["trial": trial]).map {
      Checkpoint(step: $0["step"], path: $0["path"], sha256: $0["sha256"])
    }
  }

  public func add(_ sample: Sample, trial: Int) throws {
    try execute(
      "put_sample", ["trial": trial, "step": sample.step, "bpb": sample.bitsPerByte])
  }

  public func samples(trial: Int) throws -> [Sample] {
    try rows("samples", ["trial": trial]).map {
      Sample(step: $0["step"], bitsPerByte: $0["bpb"])
    }
  }
}

extension RaceEvent {
  init(row: Row) throws {
    self.init(
      ordinal: row["ordinal"], trial: row["trial"], sequence: row["sequence"],
      kind: try row.known("kind", as: Kind.self), detail: try JSONValue(parsing: row["detail"]),
      time: Instant(microseconds: row["time"]), previous: row["previous"], hash: row["hash"])
  }
}

extension LedgerEntry {
  init(row: Row) throws {
    self.init(
      ordinal: row["ordinal"], kind: try row.known("kind", as: Kind.self),
      detail: try JSONValue(parsing: row["detail"]), time: Instant(microseconds: row["time"]),
      previous: row["previous"], hash: row["hash"])
  }
}
