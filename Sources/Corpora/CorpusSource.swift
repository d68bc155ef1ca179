/// Where the bytes of a file come from when neither the cache nor a mirror has them.
package enum CorpusSource: Sendable, Codable, Hashable {
  /// A file at a public address.
  case download(url: String)
  /// A data file that a Debian package installs, decoded by ``BibleDataFile``.
  case debianPackage(package: String, file: String)
  /// A file that a Debian package installs, as it is.
  case debianFile(package: String, file: String)
  /// A seeded Markov chain, the same bytes on every machine.
  case generated(seed: UInt64, order: Int)

  enum CodingKeys: String, CodingKey {
    case download
    case debianPackage = "debian_package"
    case debianFile = "debian_file"
    case generated
  }
}
