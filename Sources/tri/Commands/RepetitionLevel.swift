import ArgumentParser
import Corpora

/// `--limits`: how much a text may repeat itself.
enum RepetitionLevel: String, ExpressibleByArgument, CaseIterable {
  case strict
  case repetitive

  var limits: LeakLimits {
    switch self {
    case .strict: .strict
    case .repetitive: .repetitive
    }
  }
}
