import ArgumentParser
import Corpora
import Foundation

/// `tri data list`.
struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "Show the known corpora and sets of images, and whether they are here.",
    discussion: """
      'cached' means: in the cache, with the right length and SHA-256 (checked now). 'damaged' \
      means that the cached copy was cut short or altered. A corpus is a text that models learn \
      from; a set of images is four files, for tri bench mnist alone.

      EXAMPLES:
        tri data list
        tri data list --json | jq '.corpora[].name'
      """)

  @Flag(name: .long, help: "Print JSON.")
  var json = false

  func run() throws {
    let cache = try CorpusCache(environment: ProcessInfo.processInfo.environment)
    let rows = CorpusCatalog.all.map { DataListReport.Row($0, cache: cache) }
    let report = DataListReport(
      cache: cache.folder, mirror: cache.mirror?.place, corpora: rows,
      imageSets: ImageSetCatalog.all.map { ImageSetRow($0, cache: cache) })
    print(json ? try DataJSON.text(report) : report.text)
  }
}
