import GRDB
public import Race

/// The counted leaves by which a rank follows without reading all results, see `migration_0003.sql`.
extension SQLiteRecords {
  /// Results of a leaf at most, and those that one keeps when it is cut.
  private static let capacity = 256
  private static let half = 128

  /// Where a result stands in its rung; what diverged comes last.
  private func place(_ key: RankKey, _ rung: Int) -> Values {
    ["rung": rung, "score": key.bitsPerByte ?? .infinity, "trial": key.trial]
  }

  /// Number of results of a rung that come before `key`.
  ///
  /// Reads one leaf, and one entry more for each 128 to 256 results.
  public func countBetter(than key: RankKey, rung: Int) throws -> Int {
    var values = place(key, rung)
    guard let leaf = try row("leaf", values) else { return 0 }
    values["leaf_score"] = leaf["score"] as Double
    values["leaf_trial"] = leaf["trial"] as Int
    return try integer("count_better", values) ?? 0
  }

  /// Counts a new result.
  func count(_ result: RungResult) throws {
    try execute("count_result", ["rung": result.rung])
    let values = place(result.key, result.rung)
    try execute("insert_place", values)
    guard let leaf = try row("leaf", values) else {
      try execute(
        "insert_leaf",
        ["rung": result.rung, "score": -Double.infinity, "trial": 0, "results": 1])
      return
    }
    let first: Values = [
      "rung": result.rung, "score": leaf["score"] as Double, "trial": leaf["trial"] as Int,
    ]
    let results = (leaf["results"] as Int) + 1
    try execute("count_leaf", first.merging(["results": results]) { $1 })
    if results <= Self.capacity { return }
    guard let middle = try row("place_within", first.merging(["offset": Self.half]) { $1 }) else {
      throw RaceError(
        .corrupt, "the ranks of rung \(result.rung) are not those of its results",
        hint: "keep the file, and report this")
    }
    try execute("count_leaf", first.merging(["results": Self.half]) { $1 })
    try execute(
      "insert_leaf",
      [
        "rung": result.rung, "score": middle["score"] as Double, "trial": middle["trial"] as Int,
        "results": results - Self.half,
      ])
  }
}
