/// The statements of the `.sql` resources, by name.
///
/// A resource holds statements after lines `-- name: NAME`. The resources are embedded in the
/// program, not read from a bundle: the program can then be copied anywhere, alone.
enum Statements {
  /// Returns the text of a statement.
  static subscript(name: String) -> String {
    guard let text = all[name] else {
      preconditionFailure("[Statements] there is no statement '\(name)'")
    }
    return text
  }

  private static let all: [String: String] = {
    let resources = [
      PackageResources.races_sql, PackageResources.trials_sql, PackageResources.results_sql,
      PackageResources.history_sql, PackageResources.registry_sql,
    ]
    return resources.reduce(into: [:]) { all, bytes in
      all.merge(parse(String(decoding: bytes, as: UTF8.self))) { first, _ in
        preconditionFailure("[Statements] two statements have one name: \(first)")
      }
    }
  }()

  /// Splits a resource into its named statements.
  static func parse(_ text: String) -> [String: String] {
    var statements: [String: String] = [:]
    var name: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("-- name: ") {
        let next = String(line.dropFirst("-- name: ".count))
        precondition(statements[next] == nil, "[Statements] '\(next)' is there twice")
        statements[next] = ""
        name = next
      } else if let name, !line.isEmpty {
        statements[name]? += line + "\n"
      }
    }
    return statements
  }
}
