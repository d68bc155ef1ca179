internal import CLibPQ
internal import Glibc

/// One connection to a server, driven through libpq's asynchronous interface.
///
/// Nothing waits without a deadline: the socket is polled, and at the deadline the connection is
/// closed. Statements travel in pipeline mode, many to a round trip. TLS, its modes and the name that
/// is sent for it (SNI) are libpq's, as the address says.
///
/// A statement with a name is prepared when it is first sent, where the process that answers is the one
/// that was connected to. Where it is another there is a pooler in between, which may hand out another
/// server for each transaction: there all statements are unnamed.
///
/// Use it from one thread at a time; a call blocks its thread, see ``WorkThread``.
public final class Connection {
  private let handle: OpaquePointer
  private let settings: ConnectionSettings
  private let cutOff: CutOff?
  /// When the present round trip, or the connecting, began.
  private var began = ContinuousClock.now

  /// By when a wait that began at a moment has to be over although its own deadline is later.
  ///
  /// `nil` while there is no hurry. It is asked several times a second.
  public typealias CutOff = @Sendable (_ began: ContinuousClock.Instant) -> ContinuousClock.Instant?
  public private(set) var traffic = Traffic()
  /// Whether statements are prepared; `nil` before it is known who answers.
  private var prepares: Bool?
  private var prepared: Set<String> = []

  /// What the server answers to, in order.
  private enum Step {
    case preparation(of: String)
    case statement
    /// Which process serves this connection.
    case whoAnswers
  }

  /// Connects, and throws `connection`, `security`, `authentication` or `timeout`.
  public init(
    _ settings: ConnectionSettings, until deadline: ContinuousClock.Instant,
    cutOff: CutOff? = nil
  ) throws(PostgreSQLError) {
    self.settings = settings
    self.cutOff = cutOff
    handle = try Connection.start(settings)
    traffic.connections = 1
    // With the code in the text: there is no other way to learn why a connection was refused.
    PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
    PQsetNoticeProcessor(handle, { _, _ in }, nil)
    // What throws here ends the connection in `deinit`.
    try connect(until: deadline)
    PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
  }

  deinit { PQfinish(handle) }

  /// Whether the connection may still be used.
  public var isOpen: Bool { PQstatus(handle) == CONNECTION_OK }

  /// Whether the bytes on the way are encrypted.
  public var isEncrypted: Bool { PQsslInUse(handle) == 1 }

  /// Whether a transaction is open on the server, as far as is known.
  public var isInTransaction: Bool {
    let status = PQtransactionStatus(handle)
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
  }

  // MARK: Connecting

  private static func start(
    _ settings: ConnectionSettings
  ) throws(PostgreSQLError) -> OpaquePointer {
    var keywords = settings.keywords
    // A peer that is gone without a word is noticed, also where no deadline is waiting.
    for (name, value) in [
      ("client_encoding", "UTF8"), ("application_name", "igla"), ("keepalives_idle", "10"),
      ("keepalives_interval", "5"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
    ] where keywords[name] == nil { keywords[name] = value }
    let names = keywords.keys.sorted()
    var handle: OpaquePointer?
    withCStrings(names) { names in
      withCStrings(keywords.keys.sorted().map { keywords[$0] ?? "" }) { values in
        handle = PQconnectStartParams(names, values, 0)
      }
    }
    guard let handle else { throw PostgreSQLError(.connection, "no memory for a connection") }
    return handle
  }

  private func connect(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
    guard PQstatus(handle) != CONNECTION_BAD else { throw refusal() }
    var state = PGRES_POLLING_WRITING
    while state != PGRES_POLLING_OK {
      let events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT
      try wait(for: Int16(events), until: deadline, "connecting to \(settings.place)")
      state = PQconnectPoll(handle)
      if state == PGRES_POLLING_FAILED { throw refusal() }
    }
    guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
      throw PostgreSQLError(.connection, "\(settings.place) cannot take statements in a row")
    }
  }

  /// Makes the failure of a connection attempt from libpq's text.
  private func refusal() -> PostgreSQLError {
    let text = String(cString: PQerrorMessage(handle))
    return ConnectionRefusal.error(text, settings)
  }

  /// Waits until the socket is ready, and throws `timeout` at the deadline.
  private func wait(
    for events: Int16, until deadline: ContinuousClock.Instant, _ what: @autoclosure () -> String
  ) throws(PostgreSQLError) {
    while true {
      let left = min(deadline, cutOff?(began) ?? deadline) - .now
      let milliseconds =
        left.components.seconds * 1_000
        + left.components.attoseconds / 1_000_000_000_000_000
      guard left > .zero else {
        throw PostgreSQLError(.timeout, "\(what()) took too long")
      }
      var request = pollfd(fd: PQsocket(handle), events: events, revents: 0)
      guard request.fd >= 0 else { throw broken() }
      let most = cutOff == nil ? Int64(Int32.max) : 100
      let ready = poll(&request, 1, Int32(clamping: min(milliseconds + 1, most)))
      if ready > 0 { return }
      if ready < 0 && errno != EINTR {
        throw PostgreSQLError(.connection, "waiting for \(settings.place) failed (\(errno))")
      }
    }
  }

  // MARK: Statements

  /// Sends all statements at once, waits for all answers, and returns a table for each.
  ///
  /// One round trip. They are one implicit transaction unless they open one. The first that the
  /// server refuses ends the batch: the others are not run, and its error is thrown; a transaction
  /// opened before is then to be rolled back.
  ///
  /// - Throws: `server`; or `connection` or `timeout`, after which the connection is closed and it
  ///   is not known which statements ran.
  public func run(
    _ batch: [Statement], until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) -> [ResultTable] {
    began = .now
    do throws(PostgreSQLError) {
      var steps: [Step] = []
      for statement in batch { try send(statement, &steps) }
      if prepares == nil {
        try sendUnnamed(Statement("SELECT pg_backend_pid()"))
        steps.append(.whoAnswers)
      }
      guard PQpipelineSync(handle) == 1 else { throw broken() }
      traffic.roundTrips += 1
      traffic.statements += batch.count
      return try receive(steps, until: deadline)
    } catch {
      if error.kind != .server || !isOpen { close() }
      throw error
    }
  }

  private func send(_ statement: Statement, _ steps: inout [Step]) throws(PostgreSQLError) {
    guard prepares == true, let name = statement.name else {
      try sendUnnamed(statement)
      return steps.append(.statement)
    }
    try check(statement)
    let isPrepared =
      prepared.contains(name)
      || steps.contains { if case .preparation(name) = $0 { true } else { false } }
    if !isPrepared {
      guard PQsendPrepare(handle, name, statement.sql, 0, nil) == 1 else { throw broken() }
      steps.append(.preparation(of: name))
    }
    var sent: Int32 = 0
    withCStrings(statement.parameters) { values in
      sent = PQsendQueryPrepared(
        handle, name, Int32(statement.parameters.count), values, nil, nil, 0)
    }
    guard sent == 1 else { throw broken() }
    steps.append(.statement)
  }

  private func sendUnnamed(_ statement: Statement) throws(PostgreSQLError) {
    try check(statement)
    var sent: Int32 = 0
    withCStrings(statement.parameters) { values in
      sent = PQsendQueryParams(
        handle, statement.sql, Int32(statement.parameters.count), nil, values, nil, nil, 0)
    }
    guard sent == 1 else { throw broken() }
  }

  private func check(_ statement: Statement) throws(PostgreSQLError) {
    if statement.sql.utf8.contains(0) || statement.parameters.contains(where: hasZero) {
      throw PostgreSQLError(.server, "a text with a zero byte cannot be stored", sqlState: "22021")
    }
  }

  private func hasZero(_ text: String?) -> Bool { text?.utf8.contains(0) ?? false }

  /// Reads the answers up to the end of the batch, and throws the first error.
  private func receive(
    _ steps: [Step], until deadline: ContinuousClock.Instant
  ) throws(PostgreSQLError) -> [ResultTable] {
    var tables: [ResultTable] = []
    tables.reserveCapacity(steps.count)
    var left = steps[...]
    var failure: PostgreSQLError?
    while true {
      try fill(until: deadline)
      // After each statement libpq gives one `nil`.
      guard let result = PQgetResult(handle) else { continue }
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_PIPELINE_SYNC:
        if let failure { throw failure }
        return tables
      case PGRES_TUPLES_OK, PGRES_COMMAND_OK:
        switch left.popFirst() {
        case .preparation(let name): prepared.insert(name)
        case .whoAnswers: prepares = table(result).rows.first?.first == "\(PQbackendPID(handle))"
        case .statement, nil: tables.append(table(result))
        }
      case PGRES_PIPELINE_ABORTED:
        left = left.dropFirst()
      default:
        left = left.dropFirst()
        let error = serverError(result)
        // Whoever answers does not know what was prepared: from here on nothing is.
        if ["26000", "42P05"].contains(error.sqlState) { prepares = false }
        // Without the server's code it is the way to the server that failed.
        if error.kind != .server || !isOpen { throw failure ?? error }
        failure = failure ?? error
      }
    }
  }

  /// Sends and reads until the next result is there.
  private func fill(until deadline: ContinuousClock.Instant) throws(PostgreSQLError) {
    while true {
      let unsent = PQflush(handle)
      if unsent < 0 { throw broken() }
      if PQisBusy(handle) == 0 { return }
      let events = unsent == 1 ? POLLIN | POLLOUT : POLLIN
      try wait(for: Int16(events), until: deadline, "an answer of \(settings.place)")
      // What the server said before it hung up is still to be read.
      if PQconsumeInput(handle) == 0 && PQisBusy(handle) == 1 { throw broken() }
    }
  }

  private func table(_ result: OpaquePointer) -> ResultTable {
    let columns = (0..<PQnfields(result)).map { String(cString: PQfname(result, $0)) }
    let rows = (0..<PQntuples(result)).map { row in
      (0..<Int32(columns.count)).map { column -> String? in
        if PQgetisnull(result, row, column) == 1 { return nil }
        let bytes = UnsafeRawBufferPointer(
          start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        return String(decoding: bytes, as: UTF8.self)
      }
    }
    return ResultTable(
      columns: columns, rows: rows, changed: Int(String(cString: PQcmdTuples(result))) ?? 0)
  }

  private func serverError(_ result: OpaquePointer) -> PostgreSQLError {
    func field(_ code: Character) -> String? {
      guard let ascii = code.asciiValue else { return nil }
      return PQresultErrorField(result, Int32(ascii)).map { String(cString: $0) }
    }
    guard let state = field("C") else { return broken() }
    let message = settings.redacted(field("M") ?? "no reason given")
    // FATAL ends the connection, and with it what is known of the transaction.
    return PostgreSQLError(
      field("V") == "ERROR" ? .server : .connection, message, sqlState: state,
      constraint: field("n"))
  }

  private func broken() -> PostgreSQLError {
    let text = String(cString: PQerrorMessage(handle))
    let line = text.split(separator: "\n").first.map(String.init) ?? "no reason given"
    return PostgreSQLError(
      .connection, "the connection to \(settings.place) broke: \(settings.redacted(line))")
  }

  /// Ends the connection at once; nothing can be sent any more.
  public func close() {
    let socket = PQsocket(handle)
    // libpq frees its memory in `deinit`; the server learns of it now.
    if socket >= 0 { shutdown(socket, Int32(SHUT_RDWR)) }
    isClosed = true
  }

  private var isClosed = false

  /// Whether another batch can be sent.
  public var isUsable: Bool { !isClosed && isOpen }
}

/// Runs `body` with a C array of C strings, ended by a null pointer; `nil` is a null pointer.
private func withCStrings(
  _ texts: [String?], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Void
) {
  let copies = texts.map { $0.map { strdup($0) } ?? nil }
  defer { for copy in copies { free(copy) } }
  let pointers = copies.map { $0.map { UnsafePointer($0) } } + [nil]
  pointers.withUnsafeBufferPointer { buffer in
    if let base = buffer.baseAddress { body(base) }
  }
}

private func withCStrings(
  _ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Void
) {
  withCStrings(texts.map(Optional.some), body)
}
