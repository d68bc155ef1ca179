import Foundation

/// A file that the user named for a result.
enum OutputFile {
  /// Writes the whole file or nothing; replaces one that is there.
  ///
  /// - Throws: ``Failure`` with exit code 73.
  static func write(_ text: String, to path: String) throws {
    try write(Data(text.utf8), to: path)
  }

  /// Writes the whole file or nothing; replaces one that is there.
  ///
  /// - Throws: ``Failure`` with exit code 73.
  static func write(_ data: Data, to path: String) throws {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw Failure(
        73, "cannot write \(path)", hint: "name a file in a folder that you may write to")
    }
  }
}
