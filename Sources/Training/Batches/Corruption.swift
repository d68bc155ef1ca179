internal import Glibc
internal import Kernels

/// Puts bytes from elsewhere in the text in the place of some of a window's.
///
/// At every place, also just before the window, a span of ``span`` bytes starts with the probability
/// `1 − (1 − share)^(1/span)`, so that each byte of the window lies in one with probability `share`. A
/// span's bytes stand together in the text, too.
struct Corruption {
  static let longestSpan = 64

  let span: Int
  private let seed: UInt64
  private let threshold: UInt32

  /// - Returns: nil for a run that replaces nothing.
  init?(_ configuration: TrainingConfiguration) {
    if configuration.corruption == 0 { return nil }
    span = configuration.corruptionSpan
    seed = UInt64(configuration.seed)
    threshold = CounterRandom.threshold(
      1 - pow(1 - configuration.corruption, 1 / Double(configuration.corruptionSpan)))
  }

  /// Changes one window of a step, from 0; the same way whenever it is asked.
  ///
  /// - Precondition: `text` has at least ``span`` bytes.
  func apply(
    to window: UnsafeMutableBufferPointer<UInt8>, number: Int, step: Int, text: [UInt8]
  ) {
    let random = CounterRandom(seed: seed, 0xC0_44, UInt64(step), UInt64(number))
    let places = UInt64(text.count - span + 1)
    for i in 0..<(window.count + span - 1) {
      if random.bits(UInt32(2 * i)) >= threshold { continue }
      let source = Int((UInt64(random.bits(UInt32(2 * i + 1))) * places) >> 32)
      let start = i - (span - 1)
      for t in max(0, start)..<min(window.count, start + span) {
        window[t] = text[source + t - start]
      }
    }
  }
}
