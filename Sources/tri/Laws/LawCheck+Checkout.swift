import Foundation
import ProofManifest

/// The laws about the project's own files: L-R1, L-R4, L-R5, L-R14.
extension LawCheck {
  /// L-R1: no scripts; an image's recipe calls no shell script and no downloader.
  func swiftOnly(_ finding: inout LawFinding) throws {
    guard let checkout else { return }
    let files = try ProjectFiles.paths(in: checkout.root)
    let scripts = files.filter { file in [".py", ".sh", ".ipynb"].contains { file.hasSuffix($0) } }
    let swift = files.count { $0.hasSuffix(".swift") }
    finding.add(
      .checkout,
      breach: scripts.isEmpty
        ? nil : "\(LawCheck.list(scripts)): write it in Swift, or as a target of the Makefile",
      holds: "\(files.count) files, \(swift) of Swift, no .py, .sh or .ipynb")
    for recipe in files where recipe == "Dockerfile" || recipe.hasSuffix("/Dockerfile") {
      let words = try checkout.text(recipe).split { !$0.isLetter && !$0.isNumber && $0 != "." }
      let alien = ["curl", "wget", "python", "python3", "pip"].filter { name in
        words.contains { $0 == name }
      }
      finding.add(
        .checkout,
        breach: alien.isEmpty ? nil : "\(recipe) calls \(alien.joined(separator: ", "))",
        holds: "\(recipe) calls no script and no downloader")
    }
  }

  /// L-R4: `make test` leaves a line with its counts and the commit that it ran on.
  func tests(_ finding: inout LawFinding) {
    guard let checkout else { return }
    guard let line = try? checkout.text(TestRecord.path), let record = TestRecord(line) else {
      finding.add(.checkout, .unknown, "no run of the tests is on record here: run make test")
      return
    }
    if record.failed > 0 || record.skipped > 0 || record.passed == 0 {
      finding.add(.checkout, .breach, "the last run of make test: \(record.counts)")
    } else if record.commit != ProjectFiles.state(of: checkout.root) {
      finding.add(
        .checkout, .unknown,
        "\(record.counts) at \(record.commit); the files have changed since: run make test")
    } else {
      finding.add(.checkout, .holds, "\(record.counts) at \(record.commit)")
    }
  }

  /// L-R5: the formatter, and warnings as errors in every target.
  func style(_ finding: inout LawFinding) throws {
    guard let checkout else { return }
    let manifest = try checkout.text("Package.swift")
    finding.add(
      .checkout,
      breach: manifest.contains(".treatAllWarnings(as: .error)")
        ? nil : "Package.swift does not treat warnings as errors",
      holds: "Package.swift makes a warning an error")
    switch try ProjectFiles.lint(checkout.root) {
    case nil:
      finding.add(
        .checkout, .unknown,
        "there is no Swift toolchain here to ask the formatter: install Swift, or run make check")
    case let complaints?:
      finding.add(
        .checkout,
        breach: complaints.isEmpty ? nil : "swift format: \(LawCheck.list(complaints))",
        holds: "swift format lint --strict has no complaint")
    }
  }

  /// L-R14: what `tri race start` asks for as well.
  func proofs(_ finding: inout LawFinding) {
    let folder = checkout?.root.path ?? FileManager.default.temporaryDirectory.path
    do {
      let check = try ManifestCheck.run(in: folder)
      finding.add(checkout == nil ? .program : .checkout, .holds, check.description)
    } catch {
      finding.add(checkout == nil ? .program : .checkout, .breach, error.message)
    }
  }

  /// Evidence that a rule's function and its test are where they are said to be.
  func tie(
    _ declaration: String, in file: String, test: String, in testFile: String,
    _ finding: inout LawFinding
  ) {
    guard let checkout else { return }
    let found =
      (try? checkout.text(file))?.contains(declaration) == true
      && (try? checkout.text(testFile))?.contains("func \(test)(") == true
    finding.add(
      .checkout,
      breach: found ? nil : "\(file) has no '\(declaration)', or \(testFile) no test '\(test)'",
      holds: "\(file), tested by \(test); L-R4 says whether it passes")
  }
}
