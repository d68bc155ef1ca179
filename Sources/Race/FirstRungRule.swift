/// Lets trials with a certain value start at a higher rung.
///
/// The race does not know what a parameter means; the caller says, for example, that `objective`
/// = `jepa` starts at the rung that follows its warm-up.
public struct FirstRungRule: Hashable, Sendable, Codable {
  public var parameter: String
  public var value: ParameterValue
  public var rung: Int

  public init(parameter: String, value: ParameterValue, rung: Int) {
    self.parameter = parameter
    self.value = value
    self.rung = rung
  }
}
