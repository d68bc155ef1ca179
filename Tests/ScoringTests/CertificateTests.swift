import Determinism
import KernelInterface
import LanguageModel
import Scoring
import Testing

/// The file of a certificate.
@Suite struct CertificateTests {
  static let header = Certificate.Header(
    corpus: "text", corpusSHA256: String(repeating: "ab", count: 32), split: "validation",
    splitBytes: 90, track: "closed", modelSHA256: String(repeating: "12", count: 32),
    kernels: "portable", adaptation: nil)
  static let payload: [UInt8] = (0..<40).map { UInt8($0 * 5) }

  @Test func aFileComesBack() throws {
    for adaptation in [nil, DynamicEvaluation()] {
      var header = Self.header
      header.adaptation = adaptation
      header.column = adaptation == nil ? "static" : "adaptive"
      let certificate = try Certificate(header: header, payload: Self.payload)
      let file = try certificate.file()
      #expect(file.count == certificate.overhead + Self.payload.count)
      let back = try Certificate(file: file)
      #expect(back == certificate)
      #expect(back.bitsPerByte == 320.0 / 90)
    }
  }

  /// Every cut and every turned bit is seen, and so is anything behind the end.
  @Test func aDamagedFileIsRefused() throws {
    let file = try Certificate(header: Self.header, payload: Self.payload).file()
    for length in 0..<file.count {
      #expect(throws: CertificateError.self) { try Certificate(file: Array(file.prefix(length))) }
    }
    for index in file.indices {
      for bit in 0..<8 {
        var other = file
        other[index] ^= 1 << bit
        #expect(throws: CertificateError.self) { try Certificate(file: other) }
      }
    }
    #expect(throws: CertificateError.self) { try Certificate(file: file + [0]) }
    var older = file
    older[8] = 9
    let error = #expect(throws: CertificateError.self) { try Certificate(file: older) }
    #expect(error?.code == .version && error?.message.contains("version 9") == true)
    let other = #expect(throws: CertificateError.self) { try Certificate(file: [1, 2, 3]) }
    #expect(other?.code == .notACertificate)
  }

  @Test func anyBytesAreRefused() throws {
    var random = SplitMix64(seed: 11)
    let start = Array(try Certificate(header: Self.header, payload: []).file().prefix(24))
    for _ in 0..<20_000 {
      var file = random.index(below: 2) == 0 ? start : []
      for i in file.indices.dropFirst(12) where random.index(below: 3) == 0 {
        file[i] = UInt8(random.index(below: 256))
      }
      file += (0..<random.index(below: 200)).map { _ in UInt8(random.index(below: 256)) }
      #expect(throws: CertificateError.self) { try Certificate(file: file) }
    }
  }

  /// The digest is of every weight and every switch, and of nothing else.
  @Test func theDigestSeesEachWeight() throws {
    let engine = try StaticScorerTests.engine("portable")
    let digest = ModelDigest.sha256(of: engine)
    #expect(digest.count == 64)
    #expect(try ModelDigest.sha256(of: StaticScorerTests.engine("portable", threads: 2)) == digest)
    for tensor in engine.layout.tensors {
      for i in [tensor.range.lowerBound, tensor.range.upperBound - 1] {
        let old = engine.parameters[i]
        engine.parameters[i] = old.nextUp
        #expect(ModelDigest.sha256(of: engine) != digest, "\(tensor.name)")
        engine.parameters[i] = old
      }
    }
    engine.tables[engine.layout.tableCount - 1] += 1
    #expect(ModelDigest.sha256(of: engine) != digest)
    var configuration = StaticScorerTests.configuration()
    configuration.rotaryBase = 9_999
    let other = try Transformer(
      configuration: configuration, kernels: engine.kernels, threads: 1, batch: 0)
    other.initialise(seed: 5)
    let same = try Transformer(
      configuration: StaticScorerTests.configuration(), kernels: engine.kernels, threads: 1,
      batch: 0)
    same.initialise(seed: 5)
    #expect(ModelDigest.sha256(of: other) != ModelDigest.sha256(of: same))
  }
}
