internal import KernelInterface
public import Kernels

/// Follows a text and predicts its next byte, at the cost of one position a byte.
///
/// The model sees a window of the text's latest bytes. A window grows until it holds `context`
/// bytes; for the next byte the latest `context / 2 + 1` begin a new one, which is read in one go,
/// once in `⌈context / 2⌉` bytes. Every prediction is thus the one that a full forward pass over
/// these latest bytes gives, to rounding, and the windows are those with which the static score of
/// a text from its start is measured, but for the score's last, which the text's end may move.
///
/// What is predicted depends on the text alone: not on the pieces in which it was appended, and not
/// on the number of threads. The engine's weights must stay as they are meanwhile, or
/// ``weightsChanged()`` say that they did not; and the engine must not compute on another thread at the
/// same time.
public final class BytePredictor {
  /// Bytes that the text has so far.
  public private(set) var length = 0

  private let engine: Transformer
  private let cache: KeyValueCache
  /// Index in the text of the window's first byte.
  private var start = 0

  /// Begins with an empty text, which predicts nothing.
  ///
  /// - Throws: ``AllocationError``.
  /// - Precondition: The engine computes in float32: scores and texts do, whatever a model was
  ///   trained in.
  public init(engine: Transformer) throws(AllocationError) {
    precondition(
      engine.precision == .float32, "[BytePredictor] the engine is \(engine.precision.rawValue)")
    self.engine = engine
    cache = try KeyValueCache(
      engine.configuration, panelWidth: engine.kernels.panelWidth, lanes: engine.kernels.lanes)
  }

  /// Says that the engine's weights are others than those that read the window so far.
  ///
  /// The next bytes are predicted from the window as the new weights read it, all of it; what is
  /// predicted until bytes are appended stays.
  public func weightsChanged() { cache.count = 0 }

  /// Index in a text of `length` bytes where the window begins from which its next byte is predicted.
  public static func windowStart(length: Int, context: Int) -> Int {
    let stride = (context + 1) / 2
    return length <= context ? 0 : (length - context + stride - 1) / stride * stride
  }

  /// Appends bytes to the text; of those before the last window none is read.
  ///
  /// - Complexity: O(`bytes.count`) positions, at most `context`; every `⌈context / 2⌉` bytes also
  ///   `context / 2`. Does not allocate for one thread.
  public func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let new = bytes.baseAddress, bytes.count > 0 else { return }
    let end = length + bytes.count
    let first = Self.windowStart(length: end, context: engine.configuration.context)
    if first > start {
      // What the new window keeps of the old one moves to its front and is read again.
      let kept = max(0, length - first)
      cache.bytes.update(from: cache.bytes + (length - start - kept), count: kept)
      start = first
      cache.count = 0
    }
    let skipped = max(0, start - length)
    let held = max(0, length - start)
    (cache.bytes + held).update(from: new + skipped, count: bytes.count - skipped)
    length = end
    engine.read(end - start - cache.count, into: cache)
  }

  /// Appends one byte to the text.
  public func append(_ byte: UInt8) {
    withUnsafePointer(to: byte) { append(UnsafeBufferPointer(start: $0, count: 1)) }
  }

  /// Appends bytes to the text.
  public func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append($0) } }

  /// Logits of the next byte, 256 of them, until more bytes are appended.
  ///
  /// - Precondition: The text is not empty.
  public var logits: UnsafeBufferPointer<Float> { prediction(cache.logits) }

  /// Probabilities of the next byte, 256 of them, until more bytes are appended.
  ///
  /// - Precondition: The text is not empty.
  public var probabilities: UnsafeBufferPointer<Float> { prediction(cache.probabilities) }

  private func prediction(_ values: UnsafePointer<Float>) -> UnsafeBufferPointer<Float> {
    precondition(length > 0, "[BytePredictor] the text is empty, expected a byte at least")
    return UnsafeBufferPointer(start: values, count: ModelConfiguration.vocabulary)
  }
}
