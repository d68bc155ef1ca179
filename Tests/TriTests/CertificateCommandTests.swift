import Foundation
import Testing

/// `tri eval --certify`, `--check` and `--adaptive`, from outside.
@Suite(.turns)
struct CertificateCommandTests {
  private static let file = "run/checkpoint.safetensors"

  private func trained(_ seed: Int = 1_000) async throws -> Scratch {
    let scratch = try Scratch()
    let run = try await scratch.tri(Scratch.train("run", steps: 60) + ["--seed", "\(seed)"])
    try #require(run.code == 0, "\(run.errors)")
    return scratch
  }

  private static func eval(_ more: String...) -> [String] {
    ["eval", "--checkpoint", file] + more
  }

  @Test(arguments: [[], ["--adaptive", "--adaptive-rate", "0.001"]])
  func aCertificateIsMadeAndChecked(adaptive: [String]) async throws {
    let scratch = try await trained()
    let made = try await scratch.tri(Self.eval("--certify", "a", "--json") + adaptive)
    try #require(made.code == 0, "\(made.errors)")
    let report = try made.json()
    let certificate = try report.object("certificate")
    let column = adaptive.isEmpty ? "static" : "adaptive"
    #expect(try report("column", as: String.self) == column)
    let certified = try certificate("certified_bpb", as: Double.self)
    let bytes = try report("bytes", as: Int.self)
    let payload = try certificate("payload_bytes", as: Int.self)
    #expect(certified == 8 * Double(payload) / Double(bytes))
    #expect(try abs(certified - report("bpb", as: Double.self)) < 0.001 + 16 / Double(bytes))
    #expect(try certificate("kernels", as: String.self) == "portable")
    let size = try scratch.read("a").count
    #expect(try size == payload + certificate("header_bytes", as: Int.self))

    // Another number of threads; the certificate says split, column and settings.
    for threads in ["1", "2"] {
      let checked = try await scratch.tri(Self.eval("--check", "a", "--json", "--threads", threads))
      #expect(checked.code == 0, "\(checked.errors)")
      let found = try checked.json().object("certificate")
      #expect(try found("decoded", as: Bool.self))
      #expect(try found("certified_bpb", as: Double.self) == certified)
      #expect(try checked.json()("column", as: String.self) == column)
    }
    let again = try await scratch.tri(Self.eval("--certify", "b") + adaptive)
    #expect(again.code == 0)
    #expect(again.text.contains("certified"))
    #expect(try scratch.read("b") == scratch.read("a"), "the same bytes each time")
  }

  @Test func theCheckpointStaysAsItIs() async throws {
    let scratch = try await trained()
    let before = try scratch.read(Self.file)
    let score = try await scratch.tri(Self.eval("--adaptive", "--json"))
    #expect(score.code == 0, "\(score.errors)")
    let report = try score.json()
    #expect(try report("column", as: String.self) == "adaptive")
    let adaptation = try report.object("adaptation")
    #expect(try adaptation("steps", as: Int.self) > 0)
    #expect(try adaptation("memory_bytes", as: Int.self) > 0)
    #expect(try scratch.read(Self.file) == before)
  }

  @Test func anythingButTheCertificateIsRefused() async throws {
    let scratch = try await trained()
    let made = try await scratch.tri(Self.eval("--certify", "good"))
    try #require(made.code == 0, "\(made.errors)")
    let data = try scratch.read("good")
    try scratch.write(data.dropLast(), to: "cut")
    try scratch.write(Data(data.prefix(20)), to: "stub")
    try scratch.write(data + Data([0]), to: "longer")
    try scratch.copy("good", to: "turned")
    try scratch.flipBit(of: "turned", at: -3)
    try scratch.write("hello", to: "text")
    for (name, reason) in [
      ("cut", "cut"), ("stub", "cut"), ("longer", "longer"), ("turned", "altered"),
      ("text", "does not begin"),
    ] {
      expectFailure(try await scratch.tri(Self.eval("--check", name)), 65, reason)
    }
    expectFailure(try await scratch.tri(Self.eval("--check", "absent")), 66, "absent")
    expectFailure(
      try await scratch.tri(Self.eval("--check", "good", "--split", "test")), 65, "validation")
    // Another model of the same sizes.
    let other = try await scratch.tri(Scratch.train("other", steps: 20) + ["--seed", "1001"])
    try #require(other.code == 0)
    expectFailure(
      try await scratch.tri(
        "eval", "--checkpoint", "other/checkpoint.safetensors", "--check", "good"),
      65, "the model")
  }

  @Test func contradictionsAreRefused() async throws {
    let scratch = try await trained()
    expectFailure(
      try await scratch.tri(Self.eval("--certify", "a", "--check", "b")), 64, "both given")
    expectFailure(try await scratch.tri(Self.eval("--adaptive", "--audit")), 64, "--audit")
    expectFailure(try await scratch.tri(Self.eval("--adaptive-rate", "1e-3")), 64, "--adaptive")
    expectFailure(
      try await scratch.tri(Self.eval("--adaptive", "--adaptive-rate", "0")), 64, "rate of 0")
    expectFailure(
      try await scratch.tri(Self.eval("--adaptive", "--adaptive-bytes", "0")), 64, "0 bytes")
    expectFailure(
      try await scratch.tri(Self.eval("--certify", "no/such/folder/a")), 73, "cannot write")
  }

  /// A certificate of test opens test, when it is made and when it is checked.
  @Test func openingsOfTestAreRecorded() async throws {
    let scratch = try await trained()
    let store = ["--store", "sqlite:ledger/race.db"]
    let made = try await scratch.tri(Self.eval("--split", "test", "--certify", "t") + store)
    #expect(made.code == 0, "\(made.errors)")
    let checked = try await scratch.tri(Self.eval("--check", "t") + store)
    #expect(checked.code == 0, "\(checked.errors)")
    let entries = try scratch.text("ledger/ledger.jsonl").split(separator: "\n")
    #expect(entries.count == 2)
    #expect(entries[0].contains("--certify") && entries[1].contains("--check"))
    // A certificate of something else is refused before test is opened for it.
    try scratch.flipBit(of: "t", at: 60)
    _ = try await scratch.tri(Self.eval("--check", "t") + store)
    let after = try scratch.text("ledger/ledger.jsonl").split(separator: "\n")
    #expect(after.count == 2)
  }

  /// The variant that made it is named, and used again.
  @Test func anotherVariantIsNamed() async throws {
    let scratch = try await trained()
    let made = try await scratch.tri(
      Self.eval("--certify", "v", "--json"), environment: ["IGLA_CPU": "avx2"])
    // On a processor without it, that is what is said.
    guard made.code == 0 else { return expectFailure(made, 69, "avx2") }
    #expect(try made.json().object("certificate")("kernels", as: String.self) == "avx2")
    let checked = try await scratch.tri(
      Self.eval("--check", "v"), environment: ["IGLA_CPU": "portable"])
    #expect(checked.code == 0, "\(checked.errors)")
    #expect(checked.text.contains("kernels avx2"))
  }
}
