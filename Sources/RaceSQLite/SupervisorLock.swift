import Glibc
import Race

/// The right to supervise a store: one process at a time, given back when it ends in any way.
///
/// An advisory lock of the operating system on `PATH.lock`, which holds the process number of the
/// owner. The file stays; the lock is what counts. Workers do not inherit it.
public final class SupervisorLock: Sendable {
  public let path: String
  private let descriptor: Int32

  /// Takes the lock of the store at `store`, or throws `storeLocked` naming its owner.
  public init(store: String) throws {
    path = store + ".lock"
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw RaceError(
        .cannotWrite, "\(path) cannot be written: \(unsafe String(cString: strerror(errno)))",
        hint: "name a store in a folder that you may write to")
    }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      // From here on `deinit` closes the file, also where this throws.
      let owner = SupervisorLock.readOwner(descriptor)
      throw RaceError(
        .storeLocked, "\(store) is already being raced by process \(owner ?? "unknown")",
        hint: owner.map {
          "watch it with 'tri race status', end it with 'kill \($0)', or name "
            + "another store"
        } ?? "wait for it, or name another store")
    }
    let line = "\(getpid())\n"
    let emptied = ftruncate(descriptor, 0) == 0
    let written = unsafe pwrite(descriptor, line, line.utf8.count, 0)
    guard emptied, written == line.utf8.count else {
      throw RaceError(.cannotWrite, "\(path) cannot be written", hint: "free some disk space")
    }
  }

  deinit {
    if descriptor >= 0 { close(descriptor) }
  }

  private static func readOwner(_ descriptor: Int32) -> String? {
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
    guard count > 0 else { return nil }
    let digits = bytes.prefix(count).prefix { (48...57).contains($0) }
    return digits.isEmpty ? nil : String(decoding: digits, as: UTF8.self)
  }
}
