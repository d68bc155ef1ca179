/// The corpora that Igla knows by name.
package enum CorpusCatalog {
  /// The corpus of the race, with the last tenth as test, like nanoGPT's split of the same file.
  package static let tinyShakespeare = CorpusManifest(
    name: "tiny_shakespeare", aliases: ["tinyshakespeare", "shakespeare"],
    summary: "40,000 lines of Shakespeare's plays, as Karpathy's char-rnn has them",
    url:
      "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt",
    licence: "public domain",
    source: .download(
      url:
        "https://raw.githubusercontent.com/karpathy/char-rnn/master/data/tinyshakespeare/input.txt"
    ),
    fileName: "tinyshakespeare.txt", byteCount: 1_115_394,
    sha256: "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
    ranges: SplitRanges(
      validationStart: 892_314, testStart: 1_003_854, byteCount: 1_115_394))

  /// The King James Bible, for machines that reach Debian's packages but not the public address.
  ///
  /// One verse a line with its reference, as `bible -f Gen1:1-Rev22:21` prints it. The cuts are
  /// the first verses that begin after eight and nine tenths of the bytes.
  package static let kingJames = CorpusManifest(
    name: "kjv", aliases: ["king_james", "kingjames", "bible"],
    summary: "the King James Bible, one verse a line, from Debian's bible-kjv-text",
    url: "https://packages.debian.org/bible-kjv-text",
    licence: "public domain (Crown printing patent in the United Kingdom)",
    source: .debianPackage(package: "bible-kjv-text", file: "/usr/lib/bible.data"),
    fileName: "kjv.txt", byteCount: 4_404_412,
    sha256: "cd45f0c9cedab8e4439bd6486c8952c77cc8b0ecc5d1f6ae3513f2039f47229d",
    ranges: SplitRanges(
      validationStart: 3_523_599, testStart: 3_964_055, byteCount: 4_404_412),
    limits: .repetitive)

  /// The chain behind ``markov``.
  package static let markovSource = MarkovSource(seed: 1_618_033, order: 2)

  /// A generated text of known entropy, for tests of the measurement itself.
  package static let markov = CorpusManifest(
    name: "markov", aliases: ["synthetic"],
    summary: "a seeded Markov chain of order 2 over eight letters, of known entropy rate",
    url: "https://en.wikipedia.org/wiki/Markov_chain", licence: "CC0-1.0",
    source: .generated(seed: 1_618_033, order: 2),
    fileName: "markov.txt", byteCount: 200_000,
    sha256: "c3d88f52eb7499552794cc8f84aca3b291ef8e67acd13e34c7085c24f7e02132",
    ranges: SplitRanges(validationStart: 160_000, testStart: 180_000, byteCount: 200_000))

  /// All of them, the race's first.
  package static let all = [tinyShakespeare, kingJames, markov]

  /// Finds a corpus by name or alias; case and hyphens do not matter.
  ///
  /// - Throws: ``CorpusError`` with code `usage` that lists the names, also for a set of images.
  package static func manifest(named name: String) throws -> CorpusManifest {
    let wanted = String(name.lowercased().map { $0 == "-" ? "_" : $0 })
    if let found = all.first(where: { $0.name == wanted || $0.aliases.contains(wanted) }) {
      return found
    }
    let names = all.map(\.name).joined(separator: ", ")
    if let images = ImageSetCatalog.find(name) {
      throw CorpusError(
        .usage, "\(images.name) is a set of images, not a text",
        hint: "use one of \(names); images are for tri bench mnist --data \(images.name)")
    }
    throw CorpusError(
      .usage, "there is no corpus '\(name)'", hint: "known are \(names); see tri data list")
  }
}
