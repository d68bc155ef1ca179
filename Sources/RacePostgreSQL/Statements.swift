import Determinism
import PostgreSQLClient

/// The statements of the `.sql` resources, by name.
///
/// A resource holds statements after lines `-- name: NAME`, with parameters `:name`. The resources are
/// embedded in the program, not read from a bundle: the program can then be copied anywhere, alone.
enum Statements {
  /// A statement with the names of its parameters, `$1` first.
  struct Template: Sendable {
    var sql = ""
    var names: [String] = []
    /// Under what the server keeps it, see `Statement.name`: its name, and its text's hash lest two
    /// versions of this program mean different statements.
    var preparedName = ""
  }

  /// Makes a statement of its template and the values of its parameters; others are ignored.
  static func make(_ name: String, _ values: Values = [:]) -> Statement {
    guard let template = all[name] else {
      preconditionFailure("[Statements] there is no statement '\(name)'")
    }
    let parameters = template.names.map { parameter -> String? in
      guard let value = values[parameter] else {
        preconditionFailure("[Statements.\(name)] the parameter '\(parameter)' has no value")
      }
      return value?.columnText
    }
    return Statement(template.sql, parameters, name: template.preparedName)
  }

  private static let all: [String: Template] = {
    let resources = [
      PackageResources.race_sql, PackageResources.trials_sql, PackageResources.history_sql,
      PackageResources.registry_sql, PackageResources.schema_sql,
    ]
    return resources.reduce(into: [:]) { all, bytes in
      all.merge(parse(String(decoding: bytes, as: UTF8.self))) { first, _ in
        preconditionFailure("[Statements] two statements have one name: \(first.sql)")
      }
    }
  }()

  /// Splits a resource into its named statements.
  static func parse(_ text: String) -> [String: Template] {
    var texts: [String: String] = [:]
    var name: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("-- name: ") {
        let next = String(line.dropFirst("-- name: ".count))
        precondition(texts[next] == nil, "[Statements] '\(next)' is there twice")
        texts[next] = ""
        name = next
      } else if let name, !line.isEmpty {
        texts[name]? += line + "\n"
      }
    }
    return texts.reduce(into: [:]) { all, text in
      var template = template(text.value)
      template.preparedName = "igla_\(text.key)_\(Digest.sha256(template.sql).prefix(12))"
      all[text.key] = template
    }
  }

  /// Numbers the parameters `:name`; `::type` is a cast.
  private static func template(_ text: String) -> Template {
    var template = Template()
    var rest = Substring(text)
    while let colon = rest.firstIndex(of: ":") {
      let after = rest.index(after: colon)
      let name = rest[after...].prefix { $0.isLowercase || $0.isNumber || $0 == "_" }
      if rest[after...].first == ":" || name.isEmpty {
        let end = rest.index(after: after)
        template.sql += rest[..<end]
        rest = rest[end...]
        continue
      }
      let known = template.names.firstIndex(of: String(name))
      if known == nil { template.names.append(String(name)) }
      template.sql += rest[..<colon] + "$\((known ?? template.names.count - 1) + 1)"
      rest = rest[name.endIndex...]
    }
    template.sql += rest
    return template
  }
}
