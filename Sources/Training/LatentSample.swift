internal import Kernels
internal import LanguageModel

/// Memory for the target encoder's latents of some windows and for their statistics, reserved with the
/// run's.
struct LatentSample {
  /// Positions that are looked at: all of a small batch, a bounded part of a large one.
  let positions: Int
  private let width: Int
  private let latents: FloatArena
  private let scratch: UnsafeMutableBufferPointer<Double>
  private let scratchArena: FloatArena

  /// Several times as many as any width in use, so that rank is not a matter of their number.
  static let mostPositions = 4_096

  /// - Returns: nil for a run without the JEPA objective.
  init?(_ configuration: TrainingConfiguration) throws(AllocationError) {
    guard configuration.objective.hasJEPA else { return nil }
    let C = configuration.model.width
    ArenaTally.begin("latent_statistics")
    positions = min(configuration.batch * configuration.model.context, Self.mostPositions)
    width = C
    latents = try FloatArena(count: positions * C)
    scratchArena = try FloatArena(
      count: C * C * MemoryLayout<Double>.stride / MemoryLayout<Float>.stride)
    let base = UnsafeMutableRawPointer(scratchArena.base)
    scratch = UnsafeMutableBufferPointer(
      start: base.bindMemory(to: Double.self, capacity: C * C), count: C * C)
  }

  /// The statistics of the first positions of windows that stand one behind the other in `bytes`.
  func statistics(
    of bytes: UnsafeBufferPointer<UInt8>, length: Int, by encoder: Transformer
  ) -> LatentStatistics {
    let windows = (positions + length - 1) / length
    let (C, positions) = (width, positions)
    let out = SendableMutablePointer(latents.base)
    encoder.latents(
      starts: (0..<windows).map { $0 * length }, of: bytes, length: length
    ) { window, rows in
      let first = window * length
      (out.pointer + first * C).update(
        from: rows.baseAddress.unsafelyUnwrapped, count: min(length, positions - first) * C)
    }
    return LatentStatistics(
      UnsafeBufferPointer(latents.buffer), width: C, scratch: scratch)
  }
}
