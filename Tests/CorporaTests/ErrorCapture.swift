import Corpora

/// Runs `body` and returns the corpus error it throws; nil if it throws none.
func corpusError(_ body: () throws -> Void) -> CorpusError? {
  do {
    try body()
    return nil
  } catch {
    return error as? CorpusError
  }
}
