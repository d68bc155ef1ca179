import Foundation
import Testing

@Suite(.turns)
struct CheckpointDamageTests {
  private static let file = "run/checkpoint.safetensors"

  /// A scratch folder with a checkpoint of 20 steps.
  private func trained() async throws -> Scratch {
    let scratch = try Scratch()
    let run = try await scratch.tri(Scratch.train("run"))
    try #require(run.code == 0, "\(run.errors)")
    return scratch
  }

  enum Damage: CaseIterable {
    case empty, cutInTheHeader, cutInTheData, oneByteShort, oneByteLong
    case bitInTheLength, bitInTheHeader, bitInTheFirstTensor, bitInTheLastByte, otherFile

    func apply(to file: String, in scratch: Scratch) throws {
      let data = try scratch.read(file)
      let header = 8 + data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      switch self {
      case .empty: try scratch.write(Data(), to: file)
      case .cutInTheHeader: try scratch.write(data.prefix(100), to: file)
      case .cutInTheData: try scratch.write(data.prefix(data.count / 2), to: file)
      case .oneByteShort: try scratch.write(data.dropLast(), to: file)
      case .oneByteLong: try scratch.write(data + Data([0]), to: file)
      case .bitInTheLength: try scratch.flipBit(of: file, at: 7)
      case .bitInTheHeader:
        // In the digits of the step: the JSON stays JSON.
        let range = try #require(data.range(of: Data("\"igla.step\":\"".utf8)))
        try scratch.flipBit(of: file, at: range.upperBound)
      case .bitInTheFirstTensor: try scratch.flipBit(of: file, at: header)
      case .bitInTheLastByte: try scratch.flipBit(of: file, at: -1)
      case .otherFile: try scratch.write("to be or not to be, that is the question", to: file)
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func aDamagedCheckpointIsRefusedByEveryReader(damage: Damage) async throws {
    let scratch = try await trained()
    try damage.apply(to: Self.file, in: scratch)
    let damaged = try scratch.read(Self.file)
    expectFailure(
      try await scratch.tri("eval", "--checkpoint", Self.file), 65, "not an intact checkpoint")
    expectFailure(
      try await scratch.tri("generate", "--checkpoint", Self.file), 65, "not an intact checkpoint")
    let again = try await scratch.tri(Scratch.train("run"))
    expectFailure(again, 65, "not an intact checkpoint", "--fresh")
    #expect(again.output.isEmpty)
    #expect(try scratch.read(Self.file) == damaged, "left for inspection")
  }

  @Test func thePreviousCheckpointServesAndSaysSo() async throws {
    let scratch = try await trained()
    let whole = try scratch.read(Self.file)
    // A second save leaves the first one as the previous.
    _ = try await scratch.tri(Scratch.train("run", "--fresh"))
    #expect(scratch.exists(Self.file + ".previous"))
    try scratch.flipBit(of: Self.file, at: -1)
    let score = try await scratch.tri("eval", "--checkpoint", Self.file)
    #expect(score.code == 0)
    #expect(score.errors.contains("warning: "))
    #expect(score.errors.contains("using \(Self.file).previous at step 20"))
    let again = try await scratch.tri(Scratch.train("run"))
    #expect(again.code == 0)
    #expect(again.errors.contains("using \(Self.file).previous"))
    #expect(try scratch.read(Self.file) == whole, "the damaged one was replaced")
  }

  @Test func aCheckpointOfAnotherConfigurationIsRefused() async throws {
    let scratch = try await trained()
    let bytes = try scratch.read(Self.file)
    let run = try await scratch.tri(Scratch.train("run", "--lr", "0.001"))
    expectFailure(run, 65, "another configuration", "lr is", "--fresh")
    let longer = try await scratch.tri(Scratch.train("run", steps: 40))
    expectFailure(longer, 65, "steps is 20 there and 40 here")
    #expect(try scratch.read(Self.file) == bytes)
  }

  @Test func aCheckpointOfAnotherCorpusIsRefused() async throws {
    let scratch = try await trained()
    let run = try await scratch.tri(Scratch.train("run", "--train-on", "train+validation"))
    expectFailure(run, 65, "trained on train of markov", "--fresh")
  }

  @Test func aFullDiskLeavesNothingHalfWritten() async throws {
    let scratch = try Scratch()
    guard let disk = try? FullDisk(at: scratch.path("disk"), bytes: 65_536) else {
      // Mounting needs root. The device that is always full stands in, for another file.
      let run = try await scratch.tri(Scratch.train("run", "--events", "/dev/full"))
      expectFailure(run, 73, "free some space")
      return
    }
    defer { disk.unmount() }
    let run = try await scratch.tri(Scratch.train("disk/run"))
    expectFailure(run, 73, "free some space")
    #expect(scratch.files(below: "disk").isEmpty)
  }
}

/// A disk that is soon full.
private struct FullDisk {
  let path: String

  init(at path: String, bytes: Int) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    guard mount("tmpfs", path, "tmpfs", 0, "size=\(bytes)") == 0 else {
      throw CocoaError(.fileWriteNoPermission)
    }
  }

  func unmount() { umount2(path, 0) }
}
