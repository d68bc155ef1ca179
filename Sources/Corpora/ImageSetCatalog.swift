/// The sets of images that Igla knows by name.
package enum ImageSetCatalog {
  /// Handwritten digits, as LeCun, Cortes and Burges made them of NIST's.
  package static let mnist: ImageSetManifest = {
    func file(_ name: String, _ byteCount: Int, _ sha256: String) -> ImageSetManifest.File {
      ImageSetManifest.File(
        name: "mnist",
        source: .download(url: "https://ossci-datasets.s3.amazonaws.com/mnist/\(name)"),
        fileName: "mnist-\(name)", byteCount: byteCount, sha256: sha256)
    }
    return ImageSetManifest(
      name: "mnist", summary: "handwritten digits, 60,000 to train and 10,000 to test, 28 × 28",
      url: "http://yann.lecun.com/exdb/mnist/", licence: "CC-BY-SA-3.0",
      trainImages: file(
        "train-images-idx3-ubyte.gz", 9_912_422,
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
      trainLabels: file(
        "train-labels-idx1-ubyte.gz", 28_881,
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
      testImages: file(
        "t10k-images-idx3-ubyte.gz", 1_648_877,
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
      testLabels: file(
        "t10k-labels-idx1-ubyte.gz", 4_542,
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"))
  }()

  /// Articles of clothing, for machines that reach Debian's packages but not the public address.
  ///
  /// Debian's files lack the file name that Zalando's have in their gzip headers, so that lengths
  /// and hashes are others.
  package static let fashionMNIST: ImageSetManifest = {
    func file(_ name: String, _ byteCount: Int, _ sha256: String) -> ImageSetManifest.File {
      ImageSetManifest.File(
        name: "fashion-mnist",
        source: .debianFile(
          package: "dataset-fashion-mnist", file: "/usr/share/datasets/fashion-mnist/\(name)"),
        fileName: "fashion-mnist-\(name)", byteCount: byteCount, sha256: sha256)
    }
    return ImageSetManifest(
      name: "fashion-mnist",
      summary: "clothes in MNIST's format, from Debian's dataset-fashion-mnist",
      url: "https://github.com/zalandoresearch/fashion-mnist", licence: "MIT",
      trainImages: file(
        "train-images-idx3-ubyte.gz", 26_421_856,
        "b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7"),
      trainLabels: file(
        "train-labels-idx1-ubyte.gz", 29_491,
        "0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056"),
      testImages: file(
        "t10k-images-idx3-ubyte.gz", 4_422_079,
        "cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa"),
      testLabels: file(
        "t10k-labels-idx1-ubyte.gz", 5_125,
        "8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05"))
  }()

  package static let all = [mnist, fashionMNIST]

  /// Finds a set by name; case, and which of hyphen and underscore, do not matter.
  package static func find(_ name: String) -> ImageSetManifest? {
    let wanted = String(name.lowercased().map { $0 == "_" ? "-" : $0 })
    return all.first { $0.name == wanted }
  }

  /// Finds a set by name.
  ///
  /// - Throws: ``CorpusError`` with code `usage` that lists the names.
  package static func manifest(named name: String) throws -> ImageSetManifest {
    guard let found = find(name) else {
      throw CorpusError(
        .usage, "there is no set of images '\(name)'",
        hint: "known are " + all.map(\.name).joined(separator: ", ") + "; see tri data list")
    }
    return found
  }
}
