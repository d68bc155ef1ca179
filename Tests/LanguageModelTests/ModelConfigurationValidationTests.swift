import LanguageModel
import Testing

@Suite struct ModelConfigurationValidationTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    var code: ConfigurationError.Code
    /// What the message must contain: the value at fault.
    var value: String
    var change: @Sendable (inout ModelConfiguration) -> Void

    init(
      _ code: ConfigurationError.Code, _ value: String,
      _ change: @escaping @Sendable (inout ModelConfiguration) -> Void
    ) {
      self.code = code
      self.value = value
      self.change = change
    }

    var testDescription: String { "\(code) \(value)" }
  }

  static let faults = [
    Fault(.width, "0") { $0.width = 0 },
    Fault(.width, "-2") { $0.width = -2 },
    Fault(.layers, "0") { $0.layers = 0 },
    Fault(.heads, "0") { $0.heads = 0 },
    Fault(.heads, "3") { $0.heads = 3 },
    Fault(.heads, "128") { $0.heads = 128 },
    Fault(.context, "0") { $0.context = 0 },
    Fault(.context, "1025") { $0.context = 1025 },
    Fault(.hidden, "0") { $0.hidden = 0 },
    Fault(.ngramOrders, "[1]") { $0.ngramOrders = [1] },
    Fault(.ngramOrders, "[2, 9]") { $0.ngramOrders = [2, 9] },
    Fault(.ngramOrders, "[2, 2]") { $0.ngramOrders = [2, 2] },
    Fault(.ngramOrders, "[3, 2]") { $0.ngramOrders = [3, 2] },
    Fault(.ngramRows, "0") { $0.ngramRows = 0 },
    Fault(.ngramRows, "1000") { $0.ngramRows = 1000 },
    Fault(.ngramRows, "-9223372036854775808") { $0.ngramRows = .min },
    Fault(.ngramWidth, "0") { $0.ngramWidth = 0 },
    Fault(.qkGain, "0.0") { $0.qkGain = 0 },
    Fault(.qkGain, "nan") { $0.qkGain = .nan },
    Fault(.qkGain, "inf") { $0.qkGain = .infinity },
    Fault(.rotaryBase, "1.0") { $0.rotaryBase = 1 },
    Fault(.rotaryBase, "inf") { $0.rotaryBase = .infinity },
    Fault(.dropout, "1.0") { $0.dropout = 1 },
    Fault(.dropout, "-0.1") { $0.dropout = -0.1 },
    Fault(.dropout, "nan") { $0.dropout = .nan },
    Fault(.ngramDropout, "1.5") { $0.ngramDropout = 1.5 },
    Fault(.size, "1048576") { $0.width = 1 << 20 },
    Fault(.size, "\(Int.max - 1)") {
      $0.width = .max - 1
      $0.heads = 1
    },
    Fault(.size, "\(Int.max)") { $0.layers = .max },
    Fault(.size, "\(Int.max)") { $0.hidden = .max },
    Fault(.size, "\(1 << 62)") { $0.ngramRows = 1 << 62 },
    Fault(.size, "\(Int.max)") { $0.ngramWidth = .max },
  ]

  @Test(arguments: faults)
  func aFaultIsNamedWithItsValueAndRemedy(_ fault: Fault) {
    var configuration = ModelConfiguration()
    fault.change(&configuration)
    let error = #expect(throws: ConfigurationError.self) { try configuration.validated() }
    #expect(error?.code == fault.code)
    #expect(error?.message.contains(fault.value) == true)
    #expect(error?.message.contains("; ") == true, "the message has no remedy")
  }

  @Test func soundConfigurationsPass() throws {
    try ModelConfiguration().validated()
    var smallest = ModelConfiguration()
    smallest.width = 2
    smallest.layers = 1
    smallest.heads = 1
    smallest.context = 1
    smallest.hidden = 1
    smallest.ngramOrders = [8]
    smallest.ngramRows = 1
    smallest.ngramWidth = 1
    smallest.ngramDropout = 0
    try smallest.validated()
  }

  @Test func ngramSizesDoNotMatterWithoutOrders() throws {
    var configuration = ModelConfiguration()
    configuration.ngramOrders = []
    configuration.ngramRows = 0
    configuration.ngramWidth = -1
    try configuration.validated()
  }

  @Test(arguments: [true, false], [[], [2, 3]])
  func theCountedElementsAreThoseLaidOut(tokenShift: Bool, orders: [Int]) {
    var configuration = ModelConfiguration()
    configuration.width = 6
    configuration.hidden = 11
    configuration.layers = 3
    configuration.tokenShift = tokenShift
    configuration.ngramOrders = orders
    configuration.ngramWidth = 5
    #expect(configuration.denseElements == ParameterLayout(configuration).count)
  }
}
