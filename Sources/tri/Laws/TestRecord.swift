/// The line that `make test` leaves behind: `COMMIT PASSED passed, FAILED failed, SKIPPED skipped`.
struct TestRecord {
  /// Where it is, in a checkout.
  static let path = ".build/test-record.txt"

  /// The state of the files that were tested, see ``ProjectFiles/state(of:)``.
  let commit: String
  let passed: Int
  let failed: Int
  let skipped: Int

  init?(_ line: String) {
    let words = line.split { $0 == " " || $0 == "," || $0 == "\n" }
    guard words.count == 7, words[2] == "passed", words[4] == "failed", words[6] == "skipped",
      let passed = Int(words[1]), let failed = Int(words[3]), let skipped = Int(words[5])
    else { return nil }
    commit = String(words[0])
    (self.passed, self.failed, self.skipped) = (passed, failed, skipped)
  }

  var counts: String { "\(passed) passed, \(failed) failed, \(skipped) skipped" }
}
