internal import Foundation
internal import Glibc

/// Replaces files so that a reader, or a crash, sees the old content or the new, never a part.
public enum AtomicFile {
  /// Writes what `body` puts, then makes it the content of `path` and asks the disk to keep it.
  ///
  /// - Parameters:
  ///   - path: Its folder is made if it is missing.
  ///   - keepingPrevious: Whether the content before stays as `path` with `.previous` appended.
  ///   - body: Calls its argument with consecutive pieces.
  /// - Throws: ``TrainingError`` of code `cannotWrite`; `path` is then as before.
  public static func write(
    to path: String, keepingPrevious: Bool = false,
    _ body: (_ put: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let folder = (path as NSString).deletingLastPathComponent
    func failure(_ what: String) -> TrainingError {
      let reason = String(cString: strerror(errno))
      return TrainingError(
        .cannotWrite, "cannot \(what) \(path): \(reason)",
        hint: errno == ENOSPC
          ? "free some space on the disk, or choose another folder"
          : "choose a folder that this user may write to")
    }
    if !folder.isEmpty {
      do {
        try FileManager.default.createDirectory(
          atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw TrainingError(
          .cannotWrite, "cannot make the folder \(folder)",
          hint: "choose a folder that this user may write to", cause: error)
      }
    }
    sweep(folder.isEmpty ? "." : folder)
    let temporary = path + ".\(getpid()).partial"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw failure("write") }
    do {
      try body { piece in try put(piece, into: file, failure) }
      guard fsync(file) == 0 else { throw failure("write") }
    } catch {
      close(file)
      unlink(temporary)
      throw error
    }
    // Also a close that fails gives the descriptor back.
    guard close(file) == 0 else {
      let failed = failure("write")
      unlink(temporary)
      throw failed
    }
    if keepingPrevious && access(path, F_OK) == 0 {
      let previous = path + ".previous"
      unlink(previous)
      // A second name for the old content, so that `path` itself never goes missing.
      // Another process that saves the same content at the same time may have made it already.
      guard link(path, previous) == 0 || errno == EEXIST else {
        let error = failure("keep the previous content of")
        unlink(temporary)
        throw error
      }
    }
    guard rename(temporary, path) == 0 else {
      let error = failure("replace")
      unlink(temporary)
      throw error
    }
    let directory = open(folder.isEmpty ? "." : folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// Deletes what processes that were killed in the middle of a write left behind.
  private static func sweep(_ folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names where name.hasSuffix(".partial") {
      let number = name.dropLast(".partial".count).split(separator: ".").last.flatMap { Int32($0) }
      guard let number, number != getpid(), kill(number, 0) != 0, errno == ESRCH else { continue }
      unlink(folder + "/" + name)
    }
  }

  private static func put(
    _ piece: UnsafeRawBufferPointer, into file: Int32, _ failure: (String) -> TrainingError
  ) throws {
    var done = 0
    while done < piece.count {
      guard let base = piece.baseAddress else { return }
      let written = Glibc.write(file, base + done, piece.count - done)
      if written < 0 {
        if errno == EINTR { continue }
        throw failure("write")
      }
      done += written
    }
  }
}
