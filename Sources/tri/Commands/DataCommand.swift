import ArgumentParser

/// The group `tri data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "List, fetch and audit the corpora that models learn from.",
    discussion: """
      A corpus is a manifest: a name, an address, a licence, a length, a SHA-256 and three byte \
      ranges (train, validation, test). Every load checks length and hash; a copy that differs \
      by one byte is refused. A set of images, for tri bench mnist, is four files, each with a \
      manifest of its own; no model of text can learn from it.

      Corpora are kept in $IGLA_DATA, else $XDG_CACHE_HOME/igla/corpora, else \
      ~/.cache/igla/corpora. If $IGLA_DATA_MIRROR names a folder or URL, it is tried before the \
      public address.

      EXAMPLES:
        tri data list                        what is known, and what is here
        tri data fetch tiny_shakespeare      download, check, keep
        tri data audit                       does held-out text occur in train?
      """,
    subcommands: [DataListCommand.self, DataFetchCommand.self, DataAuditCommand.self])
}
