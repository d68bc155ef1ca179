import Corpora

/// One file in the JSON of `tri data fetch`.
struct DataFetchRow: Encodable {
  let name: String
  let path: String
  let bytes: Int
  let sha256: String

  init(_ manifest: some FileManifest, path: String) {
    name = manifest.name
    self.path = path
    bytes = manifest.byteCount
    sha256 = manifest.sha256
  }
}
