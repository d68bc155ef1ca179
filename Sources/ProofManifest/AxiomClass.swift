/// The kinds of axioms that a theorem may rest on: those of the standard library's real numbers and
/// of classical logic, and no others.
public enum AxiomClass: String, Hashable, Sendable, Codable, CaseIterable {
  /// Limits of what can be decided of real numbers.
  case realNumbers = "real numbers"
  /// Functions with equal values are equal.
  case functionExtensionality = "function extensionality"
  /// A statement is true or false.
  case classicalLogic = "classical logic"

  /// The axioms of the class, as Coq names them.
  public var axioms: [String] {
    switch self {
    case .realNumbers:
      ["ClassicalDedekindReals.sig_forall_dec", "ClassicalDedekindReals.sig_not_dec"]
    case .functionExtensionality: ["FunctionalExtensionality.functional_extensionality_dep"]
    case .classicalLogic: ["Classical_Prop.classic"]
    }
  }

  /// Every axiom that is allowed.
  public static var allowed: Set<String> { Set(allCases.flatMap(\.axioms)) }

  /// The classes of those axioms, in the order of the cases.
  public static func classes(of axioms: some Sequence<String>) -> [AxiomClass] {
    let found = Set(axioms)
    return allCases.filter { !found.isDisjoint(with: $0.axioms) }
  }
}
