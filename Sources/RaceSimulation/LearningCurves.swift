import Foundation
import Race
import SwiftCSV

/// Recorded learning curves of many configurations of one task.
public struct LearningCurves: Sendable {
  public let name: String
  /// Loss by configuration and epoch, [configurations × epochs]; lower is better, NaN where the run
  /// had diverged.
  public let losses: [[Double]]

  /// Number of epochs of every curve.
  public var epochs: Int { losses[0].count }

  /// Makes a task of at least two configurations with equally many epochs.
  ///
  /// - Throws: `RaceError` of code `corrupt` with the reason.
  public init(name: String, losses: [[Double]]) throws {
    func refuse(_ problem: String) throws -> Never {
      throw RaceError(
        .corrupt, "\(name): \(problem)",
        hint:
          "expected a header, then a line per configuration: its name, and its loss at each epoch")
    }
    guard losses.count > 1, let epochs = losses.first?.count, epochs > 0 else {
      try refuse("fewer than two configurations")
    }
    if let odd = losses.firstIndex(where: { $0.count != epochs }) {
      try refuse("configuration \(odd + 1) has \(losses[odd].count) epochs, the first \(epochs)")
    }
    guard losses.contains(where: { $0[epochs - 1].isFinite }) else {
      try refuse("no configuration has a finite loss at the last epoch")
    }
    self.name = name
    self.losses = losses
  }

  /// Reads comma-separated values: a header, then a line per configuration, the first column its name.
  ///
  /// - Throws: `RaceError` of code `corrupt` with the reason.
  public init(name: String, csv text: String) throws {
    func refuse(_ problem: String, _ cause: (any Error)? = nil) throws -> Never {
      throw RaceError(
        .corrupt, "\(name): \(problem)", hint: "expected comma-separated losses, or nan",
        cause: cause)
    }
    let table: CSV<Enumerated>
    do {
      table = try CSV<Enumerated>(string: text, delimiter: .comma, loadColumns: false)
    } catch {
      try refuse("no comma-separated values", error)
    }
    var losses: [[Double]] = []
    for (index, row) in table.rows.enumerated() {
      losses.append(
        try row.dropFirst().map { cell in
          guard let loss = Double(cell) else {
            try refuse("line \(index + 2): '\(cell)' is no loss")
          }
          return loss
        })
    }
    try self.init(name: name, losses: losses)
  }

  /// How far a loss is from the best one, as a share of the distance of the median from it.
  ///
  /// 0 is the best loss at the last epoch, 1 the median; capped at 2, which also stands for none.
  /// Diverged configurations count as worst in the median.
  public func regret(of loss: Double?) -> Double {
    let last = losses.map { $0[epochs - 1] }.map { $0.isFinite ? $0 : .infinity }.sorted()
    let median = (last[(last.count - 1) / 2] + last[last.count / 2]) / 2
    guard let loss, loss.isFinite else { return 2 }
    if loss == last[0] { return 0 }
    return min(2, (loss - last[0]) / (median - last[0]))
  }
}
