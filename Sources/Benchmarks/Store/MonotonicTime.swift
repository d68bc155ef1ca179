internal import Glibc

/// Clocks of the system, in microseconds.
public enum MonotonicTime {
  /// Since some moment before this process; the same for all processes of a machine, and never set.
  public static var microseconds: Int { read(CLOCK_MONOTONIC) }

  /// Processor time of this process so far, of all its threads.
  public static var processorMicroseconds: Int { read(CLOCK_PROCESS_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> Int {
    var time = timespec()
    clock_gettime(clock, &time)
    return time.tv_sec * 1_000_000 + time.tv_nsec / 1_000
  }
}
