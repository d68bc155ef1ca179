import Foundation

/// The built `tri`.
enum Program {
  struct Absent: Error, CustomStringConvertible {
    let places: [String]
    var description: String {
      "no tri beside the tests; looked at \(places.joined(separator: ", ")). "
        + "Build it with 'swift build --product tri' in the same configuration"
    }
  }

  /// Path of the program of this very build.
  static func path() throws -> String {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
    #if DEBUG
    let configuration = "debug"
    #else
    let configuration = "release"
    #endif
    let runner = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let places = [
      runner.map { ($0 as NSString).deletingLastPathComponent + "/tri" },
      (CommandLine.arguments[0] as NSString).deletingLastPathComponent + "/tri",
      "\(package)/.build/\(configuration)/tri",
    ].compactMap(\.self)
    guard let found = places.first(where: { FileManager.default.isExecutableFile(atPath: $0) })
    else { throw Absent(places: places) }
    return found
  }
}
