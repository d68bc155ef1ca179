/// All that identifies a set of images: four IDX files, each with its length and hash.
package struct ImageSetManifest: Sendable, Encodable, Hashable {
  /// One of the four files.
  package struct File: FileManifest, Encodable, Hashable {
    /// The name of the set.
    package let name: String
    package let source: CorpusSource
    /// Decompressed when it is read if it ends in `.gz`.
    package let fileName: String
    package let byteCount: Int
    package let sha256: String

    enum CodingKeys: String, CodingKey {
      case source
      case fileName = "file_name"
      case byteCount = "bytes"
      case sha256
    }

    package init(
      name: String, source: CorpusSource, fileName: String, byteCount: Int, sha256: String
    ) {
      self.name = name
      self.source = source
      self.fileName = fileName
      self.byteCount = byteCount
      self.sha256 = sha256
    }
  }

  /// The name in commands and records.
  package let name: String
  /// One line for a person.
  package let summary: String
  /// The page that describes it.
  package let url: String
  package let licence: String
  package let trainImages: File, trainLabels: File, testImages: File, testLabels: File

  enum CodingKeys: String, CodingKey {
    case name, summary, url, licence
    case trainImages = "train_images"
    case trainLabels = "train_labels"
    case testImages = "test_images"
    case testLabels = "test_labels"
  }

  package init(
    name: String, summary: String, url: String, licence: String, trainImages: File,
    trainLabels: File, testImages: File, testLabels: File
  ) {
    self.name = name
    self.summary = summary
    self.url = url
    self.licence = licence
    self.trainImages = trainImages
    self.trainLabels = trainLabels
    self.testImages = testImages
    self.testLabels = testLabels
  }

  /// The four files, training images first.
  package var files: [File] { [trainImages, trainLabels, testImages, testLabels] }

  /// More than any of these files holds: MNIST's largest has 47 MB.
  private static let largestFile = 1 << 28

  /// Makes the images of the files' checked bytes.
  ///
  /// - Throws: What `read` throws, and ``CorpusError`` with code `badData`.
  func decode(_ read: (File) throws -> [UInt8]) throws -> ImageSet {
    func open(_ file: File) throws -> [UInt8] {
      let bytes = try read(file)
      guard file.fileName.hasSuffix(".gz") else { return bytes }
      do throws(GzipError) {
        return try Gzip.decode(bytes, limit: Self.largestFile)
      } catch {
        throw wrong("\(file.fileName) is no gzip file: \(error)")
      }
    }
    let (images, labels) = (try open(trainImages), try open(trainLabels))
    let (testImages, testLabels) = (try open(testImages), try open(testLabels))
    do throws(IDXError) {
      return try ImageSet(
        trainImages: images, trainLabels: labels, testImages: testImages, testLabels: testLabels)
    } catch {
      throw wrong("the files of \(name) hold no set of images: \(error)")
    }
  }

  /// The files are those of the manifest, so it is the manifest that names wrong ones.
  private func wrong(_ what: String) -> CorpusError {
    CorpusError(.badData, what, hint: "correct the manifest of \(name)")
  }
}
