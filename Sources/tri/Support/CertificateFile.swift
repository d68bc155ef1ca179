import Foundation
import Scoring

/// Certificates as files.
enum CertificateFile {
  /// - Throws: ``Failure`` with exit code 66, or `CertificateError`.
  static func read(_ path: String) throws -> Certificate {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure(
        66, "there is no certificate \(path) that can be read",
        hint: "name a file that 'tri eval --certify' wrote")
    }
    return try Certificate(file: [UInt8](data))
  }

  /// - Throws: ``Failure`` with exit code 73.
  static func write(_ certificate: Certificate, to path: String) throws {
    try OutputFile.write(Data(try certificate.file()), to: path)
  }
}

/// A certificate as `tri eval` shows it.
struct CertificateReport: Encodable {
  let file: String
  let certified_bpb: Double
  /// By the sum of −log₂ p on the same path.
  let evaluated_bpb: Double
  /// The static score of all windows at once; null in the adaptive column.
  let batched_bpb: Double?
  let payload_bytes: Int
  let header_bytes: Int
  let split_bytes: Int
  let track: String
  let kernels: String
  let model_sha256: String
  let seconds: Double
  let bytes_per_second: Double
  /// Whether it was decoded and compared, rather than made.
  let decoded: Bool

  var text: String {
    (decoded ? "  checked   " : "  certified ")
      + "\(decimal(certified_bpb, 4)) BPB: \(payload_bytes) bytes of code for \(split_bytes), "
      + (decoded ? "decoded bit for bit, " : "")
      + "sum of -log2 p \(decimal(evaluated_bpb, 4))"
      + (batched_bpb.map { ", all windows at once \(decimal($0, 4))" } ?? "")
      + "\n            header \(header_bytes) bytes, kernels \(kernels), model "
      + "\(model_sha256.prefix(16)), \(Int(bytes_per_second)) bytes/s, \(file)"
  }
}

/// How the weights learnt, as `tri eval --adaptive` shows it.
struct AdaptationReport: Encodable {
  let rate: Double
  let bytes_per_step: Int
  let momentum: Double
  let decay: Double
  let layer_share: Double
  let last_layers: Int?
  let steps: Int?
  /// Beside an engine that only scores, without the activations of a window.
  let memory_bytes: Int

  var text: String {
    "  learnt    rate \(rate), a step every \(bytes_per_step) bytes"
      + (momentum > 0 ? ", momentum \(momentum)" : "") + (decay > 0 ? ", decay \(decay)" : "")
      + (layer_share < 1 ? ", \(layer_share) a layer" : "")
      + (last_layers.map { ", the last \($0) blocks" } ?? "")
      + (steps.map { ", \($0) steps" } ?? "")
      + ", \(memory_bytes / 1_048_576) MiB beside the model"
  }
}
