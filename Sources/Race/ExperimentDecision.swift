/// What an ablation decided while it ran; made once, and then part of the race's record.
public struct ExperimentDecision: Hashable, Sendable, Codable {
  public enum Kind: String, Sendable, Codable {
    /// How many seeds a lever has at a stage.
    case seeds
    /// How many steps a lever has at equal processor time.
    case steps
  }

  public var kind: Kind
  /// Place of the lever in ``Experiment/cells``.
  public var cell: Int
  public var stage: Assignment.Stage
  /// Seeds or steps; `nil` where the stage cannot be had.
  public var value: Int?
  /// The reason as a sentence.
  public var why: String
  /// The figures that it follows from.
  public var evidence: [String: JSONValue]

  public init(
    kind: Kind, cell: Int, stage: Assignment.Stage, value: Int?, why: String,
    evidence: [String: JSONValue] = [:]
  ) {
    self.kind = kind
    self.cell = cell
    self.stage = stage
    self.value = value
    self.why = why
    self.evidence = evidence
  }
}
