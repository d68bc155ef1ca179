import Determinism
import Foundation
import KernelInterface
import Kernels
import ProofManifest

/// Facts about the machine and the program that go into records.
enum Machine {
  /// The host's name.
  static let name = ProcessInfo.processInfo.hostName

  /// Cores that this process may use, and who says so.
  static var cores: AvailableCores { .now }

  /// The kernel variant: `IGLA_CPU`, or the best one.
  static func kernels() throws -> KernelSet { try KernelSet.select(wantedKernels) }

  /// The variant that `IGLA_CPU` names; nil when the choice is left to the program.
  static var wantedKernels: String? {
    let wanted = ProcessInfo.processInfo.environment["IGLA_CPU"]
    return wanted?.isEmpty == true ? nil : wanted
  }

  /// Path of this program.
  static var executable: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }

  /// SHA-256 of this program's file, 64 hexadecimal digits.
  static func executableHash() throws -> String { try executableDigest.get() }

  /// Read once a process: every run that a worker opens asks for it.
  private static let executableDigest: Result<String, Failure> = {
    let failure = Failure(70, "cannot read this program's own file \(executable)")
    guard let file = FileHandle(forReadingAtPath: executable) else { return .failure(failure) }
    // In pieces: the whole file in memory would be the peak of a small run.
    let digest = try? Digest.sha256(pieces: {
      try file.read(upToCount: 1 << 20).flatMap { $0.isEmpty ? nil : $0 }
    })
    return digest.map(Result.success) ?? .failure(failure)
  }()

  /// Who runs this: AGENT_ID, else the user and the machine (L-R13).
  static let agent: String =
    ProcessInfo.processInfo.environment["AGENT_ID"] ?? "\(NSUserName())@\(name)"

  /// The branch that records name.
  ///
  /// IGLA_BRANCH, else that of the checkout which holds this program, else that of the one around the
  /// working folder, `detached` where it is between branches. Away from any it is main, the only
  /// branch that is released (L-R12).
  static func branch() -> String {
    if let branch = ProcessInfo.processInfo.environment["IGLA_BRANCH"], !branch.isEmpty {
      return branch
    }
    let places = [(executable as NSString).deletingLastPathComponent, "."]
    guard let checkout = places.lazy.compactMap(Checkout.above).first,
      FileManager.default.fileExists(atPath: checkout.root.appending(path: ".git").path)
    else { return "main" }
    return ProjectFiles.branch(of: checkout.root) ?? "detached"
  }
}
