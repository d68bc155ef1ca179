import Dispatch
import Foundation
import FoundationNetworking
import Synchronization

/// Collects what the server sends and wakes the thread that waits for it.
final class DownloadReceiver: NSObject, URLSessionDataDelegate, Sendable {
  /// How a download ended.
  enum Outcome: Sendable {
    case bytes([UInt8])
    case status(Int)
    case tooLong
    case failure(String)
  }

  private struct State {
    var bytes: [UInt8] = []
    var outcome: Outcome?
  }

  private let limit: Int
  private let state = Mutex(State())
  private let changed = DispatchSemaphore(value: 0)

  /// Accepts at most `limit` bytes.
  init(limit: Int) { self.limit = limit }

  /// Waits until something happened; false if nothing did in that time.
  func wait(seconds: Double) -> Bool {
    changed.wait(timeout: .now() + seconds) == .success
  }

  /// The bytes received so far, and the end if it has come.
  func snapshot() -> (received: Int, outcome: Outcome?) {
    state.withLock { ($0.bytes.count, $0.outcome) }
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    let code = (response as? HTTPURLResponse)?.statusCode ?? 0
    if code != 200 { end(.status(code)) }
    completionHandler(code == 200 ? .allow : .cancel)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let tooLong = state.withLock { state in
      guard state.bytes.count + data.count <= limit else { return true }
      state.bytes.append(contentsOf: data)
      return false
    }
    if tooLong {
      end(.tooLong)
      dataTask.cancel()
    } else {
      changed.signal()
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    if let error {
      end(.failure(error.localizedDescription))
    } else {
      end(.bytes(state.withLock { $0.bytes }))
    }
  }

  /// Keeps the first outcome: what follows a cancel is only its echo.
  private func end(_ outcome: Outcome) {
    state.withLock { state in
      if state.outcome == nil { state.outcome = outcome }
    }
    changed.signal()
  }
}
