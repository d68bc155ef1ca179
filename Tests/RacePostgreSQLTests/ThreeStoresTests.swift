import Foundation
import Race
import RacePostgreSQL
import RaceSQLite
import RaceStoreConformance
import Testing

/// The two stores that keep a race, driven through the same unruly one.
@Suite struct ThreeStoresTests {
  @Test(arguments: 11...12 as ClosedRange<UInt64>)
  func theDatabaseAnswersAsTheFileDoes(seed: UInt64) async throws {
    try await offThread {
      let path = FileManager.default.temporaryDirectory.path + "/igla-\(UUID().uuidString).db"
      defer {
        for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
      }
      let database = try TemporaryDatabase()
      try StoreComparison.run(
        SQLiteRaceStore(path: path), database.open(), seed: seed, operations: 300,
        budget: Budget(trials: 30))
    }
  }
}
