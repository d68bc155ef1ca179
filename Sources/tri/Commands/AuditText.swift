import Corpora
import Foundation

/// A leak audit as a person reads it.
enum AuditText {
  static func text(of report: LeakAuditReport) -> String {
    var lines = ["\(report.subject)  sha256 \(report.sha256)"]
    for check in report.checks {
      lines.append("\(mark(check.passed))  \(check.name): \(check.detail)")
    }
    for comparison in report.comparisons {
      lines.append(
        "\(mark(comparison.passed))  \(comparison.heldOut) "
          + "(\(comparison.heldOutBytes.grouped) bytes) in \(comparison.training) "
          + "(\(comparison.trainingBytes.grouped) bytes)")
      lines += comparison.measures.map(line)
      lines.append(
        "        longest run of shared 64-byte windows: "
          + "\(comparison.longestRunBytes.grouped) bytes (limit \(comparison.longestRunLimit.grouped))"
      )
    }
    if report.comparisons.contains(where: { $0.heldOut == "test" }) {
      lines.append("note  test was hashed and compared here, not scored")
    }
    lines.append(report.passed ? "verdict: passed" : "verdict: LEAK")
    return lines.joined(separator: "\n")
  }

  private static func line(_ measure: OverlapMeasure) -> String {
    var text =
      "        \(measure.kind.title): \(measure.count.grouped) of \(measure.total.grouped), "
      + "\(percent(measure.share)) (limit \(percent(measure.limit)))"
    if let heldOut = measure.firstHeldOutOffset, let training = measure.firstTrainingOffset {
      text += ", first at byte \(heldOut.grouped), also at \(training.grouped)"
    }
    return text + (measure.passed ? "" : "  EXCEEDED")
  }

  private static func mark(_ passed: Bool) -> String { passed ? "ok  " : "FAIL" }

  private static func percent(_ share: Double) -> String {
    String(format: "%.3f %%", 100 * share)
  }
}
