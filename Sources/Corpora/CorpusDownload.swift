import Foundation
import FoundationNetworking

/// One download over HTTP into memory, with limits on its time and size.
package struct CorpusDownload {
  /// How long to wait.
  package struct Timeouts: Sendable, Hashable {
    /// For the first byte and between two pieces, in seconds.
    package var idle: Double
    /// For the whole file, in seconds.
    package var total: Double

    package init(idle: Double = 20, total: Double = 600) {
      self.idle = idle
      self.total = total
    }
  }

  package let url: String
  /// The length that the manifest promises; a server that sends more is cut off.
  package let expectedBytes: Int
  package var timeouts = Timeouts()

  /// Downloads, blocking the calling thread.
  ///
  /// - Parameter progress: Called on the calling thread with the bytes received so far.
  /// - Throws: ``CorpusError``: `missingInput` if the server says there is no such file,
  ///   `unavailable` for all other trouble, `badData` if it sends more than expected.
  /// - Returns: What the server sent, not yet checked.
  package func run(progress: (Int) -> Void) throws -> [UInt8] {
    guard let address = URL(string: url), let host = address.host else {
      throw CorpusError(.usage, "'\(url)' is not a URL", hint: CorpusCache.mirrorHint)
    }
    var request = URLRequest(url: address)
    request.timeoutInterval = timeouts.idle
    request.cachePolicy = .reloadIgnoringLocalCacheData
    let receiver = DownloadReceiver(limit: expectedBytes)
    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = timeouts.idle
    configuration.timeoutIntervalForResource = timeouts.total
    let session = URLSession(configuration: configuration, delegate: receiver, delegateQueue: nil)
    defer { session.invalidateAndCancel() }
    session.dataTask(with: request).resume()

    let deadline = ContinuousClock.now + .seconds(timeouts.total)
    var reported = 0
    while true {
      let left = (deadline - .now) / .seconds(1)
      guard left > 0, receiver.wait(seconds: min(left, timeouts.idle)) else {
        let seconds = left > 0 ? timeouts.idle : timeouts.total
        throw CorpusError(
          .unavailable,
          "\(host) did not send the file: \(Int(seconds.rounded(.up))) s without an answer",
          hint: CorpusCache.mirrorHint)
      }
      let state = receiver.snapshot()
      if state.received != reported {
        reported = state.received
        progress(reported)
      }
      if let outcome = state.outcome { return try result(of: outcome, host: host) }
    }
  }

  private func result(of outcome: DownloadReceiver.Outcome, host: String) throws -> [UInt8] {
    switch outcome {
    case .bytes(let bytes):
      return bytes
    case .status(let code) where code == 404 || code == 410:
      throw CorpusError(
        .missingInput, "\(host) has no such file (HTTP \(code)): \(url)",
        hint: CorpusCache.mirrorHint)
    case .status(let code):
      throw CorpusError(
        .unavailable, "\(host) answers HTTP \(code) for \(url)", hint: CorpusCache.mirrorHint)
    case .tooLong:
      throw CorpusError(
        .badData, "\(url) is longer than the \(expectedBytes.grouped) bytes expected",
        hint: CorpusCache.mirrorHint)
    case .failure(let reason):
      throw CorpusError(
        .unavailable, "cannot download \(url)", hint: CorpusCache.mirrorHint, cause: reason)
    }
  }
}
