import Foundation
import Testing

/// A JSON object, read by asking for members that must be there.
struct JSONObject {
  let members: [String: Any]

  init(_ data: Data) throws {
    let value = try JSONSerialization.jsonObject(with: data)
    members = try #require(value as? [String: Any], "not a JSON object")
  }

  init(_ members: [String: Any]) { self.members = members }

  var keys: Set<String> { Set(members.keys) }

  /// The member, which must be of that kind.
  func callAsFunction<Value>(_ key: String, as kind: Value.Type = Value.self) throws -> Value {
    try #require(members[key] as? Value, "'\(key)' in \(members)")
  }

  func object(_ key: String) throws -> JSONObject {
    JSONObject(try self(key, as: [String: Any].self))
  }

  func list(_ key: String) throws -> [JSONObject] {
    try self(key, as: [[String: Any]].self).map(JSONObject.init)
  }

  /// Whether the member is there and null.
  func isNull(_ key: String) -> Bool { members[key] is NSNull }
}
