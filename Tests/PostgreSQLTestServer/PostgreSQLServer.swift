import Foundation
package import PostgreSQLClient

/// A PostgreSQL server of the tests' own, on a socket and a port of its own.
///
/// It ends with this process, however that ends: a shell holds the other end of a pipe, stops the
/// server when the pipe closes, and removes its folder.
package final class PostgreSQLServer: Sendable {
  package let folder: String
  package let port: Int
  package let password = "pass word/%:@&'\"?#"
  private let lifeline: Pipe

  /// What is not the same in every server.
  package struct Options: Sendable {
    package var settings: [String] = []
    /// Lines of `pg_hba.conf`.
    package var access = ["local all all trust", "host all all 127.0.0.1/32 scram-sha-256"]
    /// Makes files in the server's folder before the start.
    package var prepare: @Sendable (_ folder: String) throws -> Void = { _ in }

    package init(
      settings: [String] = [], access: [String]? = nil,
      prepare: (@Sendable (_ folder: String) throws -> Void)? = nil
    ) {
      self.settings = settings
      if let access { self.access = access }
      if let prepare { self.prepare = prepare }
    }
  }

  /// The server that tests share; each has a database of its own.
  package static let shared = Result { try PostgreSQLServer() }

  /// Makes and starts a server.
  package init(_ options: Options = Options()) throws {
    let bin = try Self.programs()
    let folder = Self.base + "/igla-pg-\(getpid())-\(Self.next())"
    self.folder = folder
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try password.write(toFile: folder + "/password", atomically: true, encoding: .utf8)
    try Shell.run("chmod 755 \(folder)")
    if getuid() == 0 { try Shell.run("chown -R postgres \(folder)") }
    try Shell.run(
      Shell.asServer(
        "\(bin)/initdb -D \(folder)/data -U postgres -A trust --pwfile=\(folder)/password "
          + "-E UTF8 --locale=C --no-sync"))
    try options.prepare(folder)
    try (options.access.joined(separator: "\n") + "\n").write(
      toFile: folder + "/data/pg_hba.conf", atomically: false, encoding: .utf8)
    if getuid() == 0 { try Shell.run("chown -R postgres \(folder)") }
    port = try Self.freePort()
    let settings =
      [
        "listen_addresses=127.0.0.1", "port=\(port)", "unix_socket_directories=\(folder)",
        "fsync=off", "max_connections=200", "shared_buffers=64MB", "autovacuum_naptime=5s",
      ] + options.settings
    let command =
      "\(bin)/postgres -D \(folder)/data "
      + settings.map { "-c '\($0)'" }.joined(separator: " ")
    lifeline = Pipe()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = [
      "-c",
      "\(Shell.asServer("exec " + command)) >\(folder)/log 2>&1 & server=$!; "
        + "cat >/dev/null; kill -INT $(head -1 \(folder)/data/postmaster.pid) 2>/dev/null; "
        + "wait $server; rm -rf \(folder)",
    ]
    process.standardInput = lifeline
    // It must not keep the tests' output open after them.
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    try waitUntilReady()
  }

  private static func programs() throws -> String {
    let versions = "/usr/lib/postgresql"
    let found = (try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []
    guard let newest = found.compactMap({ Int($0) }).max() else {
      throw Missing("PostgreSQL's server is not in \(versions)", "apt-get install postgresql-15")
    }
    return "\(versions)/\(newest)/bin"
  }

  /// Where servers have their folders; a socket's path may have 107 bytes.
  private static var base: String {
    let path = FileManager.default.temporaryDirectory.path
    return path.utf8.count > 60 ? "/tmp" : path
  }

  /// A number that no other server of this process has.
  private static func next() -> Int { Int.random(in: 0..<1_000_000_000) }

  /// Returns a port of the loopback interface that nobody listens on.
  package static func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, size) == 0 && getsockname(descriptor, $0, &size) == 0
      }
    }
    guard bound else { throw Missing("no port is free", "end other programs") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  package func waitUntilReady() throws {
    let deadline = ContinuousClock.now + .seconds(60)
    while true {
      do {
        _ = try connect("postgres")
        return
      } catch {
        guard ContinuousClock.now < deadline else {
          let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
          throw Missing("PostgreSQL does not start: \(error)\n\(log.suffix(2_000))", "see its log")
        }
        usleep(50_000)
      }
    }
  }

  /// An address over the socket, as the database's owner.
  package func address(_ database: String, user: String = "postgres") -> String {
    "postgresql:///\(database)?host=\(folder)&port=\(port)&user=\(user)"
  }

  /// An address over TCP, with the password.
  package func networkAddress(
    _ database: String, host: String = "127.0.0.1", password: String? = nil, _ more: String = ""
  ) -> String {
    let secret =
      (password ?? self.password)
      .addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    return "postgres://postgres:\(secret)@\(host):\(port)/\(database)\(more)"
  }

  package func connect(_ database: String) throws -> Connection {
    try Connection(ConnectionSettings(address(database)), until: .now + .seconds(10))
  }

  /// Runs statements in a database and returns the rows of the last.
  @discardableResult
  package func execute(_ database: String, _ statements: String...) throws -> [[String?]] {
    try connect(database).run(
      statements.map { Statement($0) }, until: .now + .seconds(30)
    ).last?.rows ?? []
  }

  /// Kills one of the server's processes: all others end at once too, and the database recovers from
  /// its log.
  package func crash() throws {
    let deadline = ContinuousClock.now + .seconds(60)
    var rows: [[String?]] = []
    // It may be recovering from the last time.
    while rows.isEmpty, ContinuousClock.now < deadline {
      let found = try? execute(
        "postgres", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'background writer'")
      rows = found ?? []
      if rows.isEmpty { usleep(50_000) }
    }
    guard let process = rows.first?[0].flatMap({ Int32($0) }) else {
      throw Missing("the server has no writer", "see \(folder)/log")
    }
    kill(process, SIGKILL)
  }

  /// Stops all of the server's processes where they are, or lets them go on: a server that is there and
  /// says nothing.
  package func freeze(_ isFrozen: Bool = true) throws {
    let file = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
    guard let main = file.split(separator: "\n").first.flatMap({ Int32($0) }) else {
      throw Missing("the server has no main process", "see \(folder)/log")
    }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    let children = names.compactMap { Int32($0) }.filter { process in
      let text = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
      // The parent is the second field after the name, which is in parentheses.
      let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
      return fields.count > 2 && Int32(fields[2]) == main
    }
    for process in [main] + children { kill(process, isFrozen ? SIGSTOP : SIGCONT) }
  }

  /// Ends the server now.
  package func end() { try? lifeline.fileHandleForWriting.close() }

  deinit { end() }
}
