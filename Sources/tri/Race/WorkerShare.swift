/// What of the machine a worker of a race has to itself.
struct WorkerShare {
  /// Cores; nil for all that the process may use.
  var cores: Int?
  /// Bytes of memory; nil for all.
  var bytes: Int?
}
