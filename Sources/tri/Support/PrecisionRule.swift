import KernelInterface
import LanguageModel
import Race

/// Where bf16 products may be computed without the processor's help: only where the user asked for it
/// by naming a kernel variant, since they are then slower than float32 ones.
enum PrecisionRule {
  /// Refuses a precision whose products `kernels` would emulate, unless `IGLA_CPU` is set; then says
  /// on stderr that they are.
  ///
  /// - Parameters:
  ///   - precision: Of the run.
  ///   - kernels: Those that would compute it.
  ///   - remedy: How to ask for float32 where this is called.
  /// - Throws: ``Failure`` of exit code 69.
  static func check(_ precision: Precision, kernels: KernelSet, remedy: String) throws {
    if isEmulated(precision, kernels), Machine.wantedKernels == nil {
      throw Failure(
        69, "this processor has no bf16 dot product (variant \(kernels.name))",
        hint: "use \(remedy), or set IGLA_CPU=\(kernels.name) to emulate it, slowly")
    }
    note(precision, kernels: kernels)
  }

  /// Says so where products are emulated.
  static func note(_ precision: Precision, kernels: KernelSet) {
    if isEmulated(precision, kernels) {
      Console.note("\(precision.rawValue) is emulated by \(kernels.name) kernels, slowly")
    }
  }

  /// The precision of a race's configuration.
  static func precision(of configuration: Race.Configuration) -> Precision {
    configuration["precision"] == mixed ? .mixedBFloat16 : .float32
  }

  /// Mixed precision if any configuration of `space` may have it.
  static func precision(of space: SearchSpace) -> Precision {
    let values: [ParameterValue] =
      switch space.domains["precision"] {
      case .fixed(let value): [value]
      case .choice(let values): values
      default: []
      }
    let isMixed =
      values.contains(mixed) || space.startingPoints.contains { $0["precision"] == mixed }
    return isMixed ? .mixedBFloat16 : .float32
  }

  /// Mixed precision if any trial of a race may have it.
  static func precision(of settings: RaceSettings) -> Precision {
    let isPlanned =
      settings.experiment?.cells.contains { $0.configuration["precision"] == mixed } ?? false
    return isPlanned ? .mixedBFloat16 : precision(of: settings.space)
  }

  private static let mixed = ParameterValue.string(Precision.mixedBFloat16.rawValue)

  private static func isEmulated(_ precision: Precision, _ kernels: KernelSet) -> Bool {
    precision == .mixedBFloat16 && !kernels.bfloat16.inHardware
  }
}
