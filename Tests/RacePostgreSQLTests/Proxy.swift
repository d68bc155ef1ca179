import Determinism
import Foundation
import PostgreSQLTestServer
import Synchronization

/// A way to a server that fails on request: it cuts connections before a message arrives, or after
/// the server acted on it and before the answer is heard.
final class Proxy: Sendable {
  /// What becomes of a message of the client.
  enum Fate: Sendable {
    case pass
    /// The connection ends and the server never sees the message.
    case lost
    /// The server acts on the message, and the connection ends before the client hears of it.
    case unanswered
    /// Nothing ends, and nothing is heard: as where a cable is pulled.
    case silent
  }

  struct Counts: Sendable {
    var messages = 0
    var lost = 0
    var unanswered = 0
    /// What the first messages of clients were, to see what they say before anything is encrypted.
    var openings: [[UInt8]] = []
  }

  let port: Int
  private let listener: Int32
  private let target: Int
  private let fate: @Sendable (_ message: Int) -> Fate
  private let state = Mutex(Counts())

  var counts: Counts { state.withLock { $0 } }

  /// Listens on a port of its own and passes on to `target` on the loopback interface.
  init(to target: Int, fate: @escaping @Sendable (_ message: Int) -> Fate) throws {
    self.target = target
    self.fate = fate
    port = try PostgreSQLServer.freePort()
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var on: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
    guard Self.call(listener, port, bind), listen(listener, 64) == 0 else {
      throw Missing("port \(port) cannot be listened on", "end other programs")
    }
    let (listener, handle) = (listener, handle)
    Thread.detachNewThread {
      while true {
        let client = accept(listener, nil, nil)
        if client < 0 { return }
        Thread.detachNewThread { handle(client) }
      }
    }
  }

  /// Cuts about `share` of all messages, as `seed` decides, from the `first` on.
  convenience init(to target: Int, seed: UInt64, share: Double, first: Int) throws {
    let generator = Mutex(SplitMix64(seed: seed))
    try self.init(to: target) { message in
      let draw = generator.withLock { $0.unit() }
      guard message >= first, draw < share else { return .pass }
      return draw < share / 2 ? .lost : .unanswered
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  private static func call(
    _ descriptor: Int32, _ port: Int,
    _ function: (Int32, UnsafePointer<sockaddr>?, socklen_t) -> Int32
  ) -> Bool {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = in_port_t(port).bigEndian
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        function(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private var handle: @Sendable (Int32) -> Void {
    { [weak self] client in self?.serve(client) }
  }

  private func serve(_ client: Int32) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(client)
      close(server)
    }
    guard Self.call(server, target, connect) else { return }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var opening: [UInt8] = []
    while true {
      var ready = [pollfd(fd: client, events: Int16(POLLIN), revents: 0)]
      ready.append(pollfd(fd: server, events: Int16(POLLIN), revents: 0))
      guard poll(&ready, 2, -1) > 0 else { return }
      if ready[1].revents != 0 {
        let count = read(server, &bytes, bytes.count)
        guard count > 0, Self.pass(bytes[..<count], to: client) else { return }
      }
      guard ready[0].revents != 0 else { continue }
      let count = read(client, &bytes, bytes.count)
      guard count > 0 else { return }
      if opening.count < 4_096 { opening += bytes[..<count] }
      let number = state.withLock { counts in
        counts.messages += 1
        if counts.openings.count < 8 { counts.openings.append(opening) }
        return counts.messages
      }
      switch fate(number) {
      case .pass:
        guard Self.pass(bytes[..<count], to: server) else { return }
      case .lost:
        state.withLock { $0.lost += 1 }
        return
      case .silent:
        while read(client, &bytes, bytes.count) > 0 {}
        return
      case .unanswered:
        guard Self.pass(bytes[..<count], to: server) else { return }
        // The server has acted once it answers; what the message still lacks goes there too.
        while true {
          guard poll(&ready, 2, -1) > 0 else { return }
          if ready[1].revents != 0 {
            _ = read(server, &bytes, bytes.count)
            state.withLock { $0.unanswered += 1 }
            return
          }
          let more = read(client, &bytes, bytes.count)
          guard more > 0, Self.pass(bytes[..<more], to: server) else { return }
        }
      }
    }
  }

  private static func pass(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
