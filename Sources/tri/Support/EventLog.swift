import Foundation
import LanguageModel

/// Structured events of one run, a JSON object a line.
final class EventLog {
  private let file: FileHandle?
  private let encoder = JSONEncoder()

  /// - Parameter path: Appended to; nil for no log.
  /// - Throws: ``Failure`` when the file cannot be written.
  init(path: String?) throws {
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let path else {
      file = nil
      return
    }
    if !FileManager.default.fileExists(atPath: path) {
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
    guard let handle = FileHandle(forWritingAtPath: path) else {
      throw Failure(
        73, "cannot write events to \(path)", hint: "choose a file in a writable folder")
    }
    try handle.seekToEnd()
    file = handle
  }

  /// Appends an event.
  func write(_ event: some Encodable) throws {
    guard let file else { return }
    do {
      try file.write(contentsOf: encoder.encode(event) + Data([0x0A]))
    } catch {
      throw Failure(73, "cannot write to the event log", hint: "free some space on its disk")
    }
  }
}

/// An event of `tri train`.
struct TrainEvent: Encodable {
  enum Kind: String, Encodable { case start, step, evaluation, checkpoint, end }

  var event: Kind
  var time = ISO8601DateFormatter().string(from: Date())
  var step: Int
  var loss_bpb: Double?
  var gradient_norm: Double?
  /// Mean loss of the JEPA objective's hidden positions.
  var jepa_loss: Double?
  /// The cellular automata: of the step's batch, or the means of all steps since the evaluation
  /// before.
  var nca: NCAStatistics?
  var validation_bpb: Double?
  /// Mean standard deviation of the target encoder's latents, and in how many directions they vary.
  var latent_deviation: Double?
  var latent_rank: Double?
  var checkpoint: String?
  var outcome: String?
  var seconds: Double?
  /// Largest resident size of the process so far, in bytes.
  var peak_bytes: Int?
}
