import Foundation
import Race

/// Reads `--budget`: `10m`, `2h`, `45s`, `500trials`, `1e6steps`, joined by commas.
enum BudgetOption {
  static func parse(_ text: String) throws -> Budget {
    var budget = Budget.unlimited
    func refuse(_ part: String) -> Failure {
      Failure.usage(
        "--budget has '\(part)'",
        hint: "write 10m, 2h, 45s, 500trials or 1e6steps, with commas between")
    }
    for part in text.split(separator: ",").map({ $0.trimmingCharacters(in: .whitespaces) }) {
      let unit = String(part.reversed().prefix { $0.isLetter }.reversed())
      guard let number = Double(part.dropLast(unit.count)), number > 0, number <= 1e15 else {
        throw refuse(part)
      }
      switch unit {
      case "s": budget.seconds = number
      case "m": budget.seconds = number * 60
      case "h": budget.seconds = number * 3_600
      case "d": budget.seconds = number * 86_400
      case "trials" where number == number.rounded(): budget.trials = Int(number)
      case "steps" where number == number.rounded(): budget.steps = Int(number)
      default: throw refuse(part)
      }
    }
    try budget.validate()
    return budget
  }
}
