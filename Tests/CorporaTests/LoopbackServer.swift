import Dispatch
import Foundation

/// An HTTP server on a loopback port that gives every path the same kind of answer.
final class LoopbackServer {
  /// What it answers.
  enum Answer: Sendable {
    /// 200 with these bytes below the given path, 404 elsewhere.
    case file(path: String, bytes: [UInt8])
    /// 200, a length of the whole, but only the first half of the bytes, then the end.
    case half([UInt8])
    case status(Int)
    /// Takes the connection and says nothing.
    case silence
  }

  let port: UInt16
  private let listener: Int32
  private let finished = DispatchSemaphore(value: 0)

  var url: String { "http://127.0.0.1:\(port)" }

  init(_ answer: Answer) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(listener, generic, length) == 0 && listen(listener, 8) == 0
          && getsockname(listener, generic, &length) == 0
      }
    }
    guard listener >= 0, bound else { throw POSIXError(.EADDRNOTAVAIL) }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    let finished = finished
    Thread.detachNewThread {
      var open: [Int32] = []
      while case let client = accept(listener, nil, nil), client >= 0 {
        Self.serve(client, answer)
        if case .silence = answer { open.append(client) } else { close(client) }
      }
      for client in open { close(client) }
      finished.signal()
    }
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    finished.wait()
    close(listener)
  }

  private static func serve(_ client: Int32, _ answer: Answer) {
    var request: [UInt8] = []
    while !request.suffix(4).elementsEqual(Array("\r\n\r\n".utf8)) {
      var byte: UInt8 = 0
      guard unsafe recv(client, &byte, 1, 0) == 1 else { return }
      request.append(byte)
    }
    let path = String(decoding: request, as: UTF8.self).split(separator: " ").dropFirst().first
    switch answer {
    case .file(let wanted, let bytes) where path.map(String.init) == wanted:
      send(client, head(200, bytes.count) + bytes)
    case .file:
      send(client, head(404, 0))
    case .half(let bytes):
      send(client, head(200, bytes.count) + bytes.prefix(bytes.count / 2))
    case .status(let code):
      send(client, head(code, 0))
    case .silence:
      break
    }
  }

  private static func head(_ status: Int, _ length: Int) -> [UInt8] {
    Array("HTTP/1.1 \(status) X\r\nContent-Length: \(length)\r\nConnection: close\r\n\r\n".utf8)
  }

  private static func send(_ client: Int32, _ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let part = unsafe bytes[sent...].withUnsafeBytes { buffer in
        unsafe Foundation.send(
          client, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      }
      guard part > 0 else { return }
      sent += part
    }
  }
}
