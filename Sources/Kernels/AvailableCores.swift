/// How many cores' worth of time this process may use, and who says so.
///
/// The least of the affinity mask and the quotas of processor time that its control group and those
/// above it have, each rounded up.
public struct AvailableCores: Sendable, Hashable, CustomStringConvertible {
  /// Who sets the number.
  public enum Source: String, Sendable, Hashable {
    /// All cores of the machine may be used.
    case machine = "all that the machine has"
    case affinity = "the affinity mask"
    case quota = "the CPU quota of the control group"
  }

  /// At least 1.
  public let count: Int
  public let source: Source

  /// - Parameters:
  ///   - affinity: Cores in the affinity mask.
  ///   - online: Cores of the machine.
  ///   - quota: Cores' worth of time, rounded up; nil where no group limits it.
  package init(affinity: Int, online: Int, quota: Int?) {
    if let quota, quota < affinity {
      (count, source) = (max(1, quota), .quota)
    } else {
      (count, source) = (max(1, affinity), affinity < online ? .affinity : .machine)
    }
  }

  /// For this process as it is now; reads a few small files.
  public static var now: AvailableCores {
    AvailableCores(
      affinity: CoreSet.ofThread.numbers.count, online: CoreSet.online,
      quota: ControlGroup.folders(of: "cpu").compactMap(quota).min())
  }

  /// `2, all that the machine has`.
  public var description: String { "\(count), \(source.rawValue)" }

  /// What a group's files say; nil for no limit.
  private static func quota(in folder: ControlGroup.Folder) -> Int? {
    folder.isUnified
      ? folder.read("cpu.max").flatMap { quota(maximum: $0) }
      : folder.read("cpu.cfs_quota_us").flatMap { quota in
        folder.read("cpu.cfs_period_us").flatMap { Self.quota(quota, period: $0) }
      }
  }

  /// Cores' worth of time, rounded up, that a `cpu.max` of version 2 grants: `max 100000` or
  /// `150000 100000`, microseconds in each period.
  ///
  /// - Returns: nil for no limit, and for what is none of these texts.
  package static func quota(maximum text: String) -> Int? {
    let words = text.split(whereSeparator: \.isWhitespace)
    return words.count == 2 ? quota(String(words[0]), period: String(words[1])) : nil
  }

  /// The same of version 1, whose two numbers are in files of their own; a quota of -1 is none.
  package static func quota(_ quota: String, period: String) -> Int? {
    guard let quota = Int(quota), let period = Int(period), quota > 0, period > 0 else {
      return nil
    }
    return (quota - 1) / period + 1
  }
}
