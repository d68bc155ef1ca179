import Corpora
import KernelInterface
import Kernels

/// On what a trial trains and with what: the same for every trial of a process.
///
/// Make it before anything is loaded: it measures the program as it is.
struct TrialSetting {
  /// The text that a run scores at its end or on the way, for which it holds a second engine.
  enum Scored {
    case nothing
    case validation
    case test
  }

  let manifest: CorpusManifest
  /// Part of the corpus that it trains on.
  let split: Corpora.Split
  let scored: Scored
  let kernels: KernelSet
  let threads: Int
  /// Cores that the threads have.
  let cores: Int
  /// Bytes that the process may have, and who says so.
  let limit: (bytes: Int, source: String)
  /// Bytes that the program takes besides what its trials need.
  let programBytes: Int

  /// What the program itself has in memory beyond what it has when it plans: more of its code and
  /// of Foundation's, and the stacks and heaps of its threads.
  private static let programGrowth = 8 << 20
  private static let threadGrowth = 64 << 10

  /// - Parameters:
  ///   - manifest: Of the corpus.
  ///   - split: Part of the corpus to train on.
  ///   - scored: What is scored.
  ///   - kernels: The processor variant to compute with.
  ///   - threads: Threads of a trial.
  ///   - share: What of the machine this process has to itself; nil for all of it.
  init(
    _ manifest: CorpusManifest, split: Corpora.Split, scored: Scored, kernels: KernelSet,
    threads: Int, share: WorkerShare? = nil
  ) {
    self.manifest = manifest
    self.split = split
    self.scored = scored
    self.kernels = kernels
    self.threads = threads
    cores = share?.cores ?? Machine.cores.count
    let all = Machine.memoryLimit()
    limit =
      share?.bytes.map { (min($0, all.bytes), "a worker's share of \(all.source)") } ?? all
    programBytes = Machine.residentBytes + Self.programGrowth + 2 * threads * Self.threadGrowth
  }

  /// Bytes of the text that is trained on.
  var textBytes: Int {
    (split == .train ? manifest.ranges.train : manifest.ranges.trainAndValidation).count
  }
}
