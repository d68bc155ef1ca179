/// A file that a user names for an audit.
package enum TextFile {
  /// Reads it whole.
  ///
  /// - Throws: ``CorpusError``: `missingInput`, `permissionDenied` or `badData`.
  package static func read(_ path: String) throws -> [UInt8] {
    try RegularFile.read(path, hint: "name an existing text file")
  }
}
