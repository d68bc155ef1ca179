internal import Synchronization

/// Configurations by their text: a sampler reads the same few dozen again and again.
public enum ConfigurationCache {
  private static let known = Mutex<[String: Configuration]>([:])
  private static let limit = 1_024

  /// Returns the configuration that a text describes, or throws `corrupt`.
  public static func configuration(_ text: String) throws -> Configuration {
    if let configuration = known.withLock({ $0[text] }) { return configuration }
    let configuration = try Configuration(parsing: text)
    known.withLock {
      if $0.count >= limit { $0 = [:] }
      $0[text] = configuration
    }
    return configuration
  }
}
