import Foundation
import Race
import RacePostgreSQL
import RaceSQLite

/// Where a race is kept.
enum StorePlace {
  /// An SQLite file.
  case file(String)
  /// A PostgreSQL server; the address may hold a password and is not for messages.
  case server(address: String, PostgreSQLPlace)

  /// What messages call it.
  var name: String {
    switch self {
    case .file(let path): path
    case .server(_, let place): place.name
    }
  }

  /// Whether several machines may use it at once, so that no lock on this one speaks for it.
  var isShared: Bool {
    if case .server = self { true } else { false }
  }

  /// The path beside which checkpoints, logs and experience are kept.
  ///
  /// Of a server's race they are in `.trinity` of the working folder, by the server and the database.
  var path: String {
    switch self {
    case .file(let path): path
    case .server(_, let place): StoreOption.folder(StoreOption.standard) + "/" + place.fileName
    }
  }

  /// Opens the store; with `create`, a missing one is made.
  ///
  /// A worker is patient with a server that cannot be reached at first: it may be starting again.
  func open(create: Bool = false, isWorker: Bool = false) throws -> any RaceStore {
    switch self {
    case .file(let path): try StorePlace.open(path, create: create)
    case .server(let address, _):
      try PostgreSQLRaceStore(
        address: address, create: create, isPatientAtFirst: isWorker,
        cutOff: { Interruption.cutOff(of: $0) })
    }
  }

  /// Opens the store if there is one.
  func openExisting() throws -> (any RaceStore)? {
    do {
      return try open()
    } catch let failure as Failure where failure.exitCode == 66 {
      return nil
    } catch let error as RaceError where error.code == .notFound {
      return nil
    }
  }

  private static func open(_ path: String, create: Bool) throws -> SQLiteRaceStore {
    if create {
      let folder = (path as NSString).deletingLastPathComponent
      if !folder.isEmpty {
        do {
          try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        } catch {
          throw Failure(
            73, "cannot make the folder \(folder)", hint: "choose a store in a writable folder")
        }
      }
    } else if !FileManager.default.fileExists(atPath: path) {
      throw Failure(
        66, "there is no race at \(path)",
        hint: "start one with 'tri race start', or name its store with --store sqlite:PATH")
    }
    return try SQLiteRaceStore(path: path, create: create)
  }

  /// What a worker process of this store is told in its arguments and its environment; an address is
  /// in the latter alone, which other users cannot read.
  var forWorkers: (arguments: [String], environment: [String: String]) {
    switch self {
    case .file(let path): (["--store", "sqlite:" + path], [:])
    case .server(let address, _): ([], [StoreOption.variables[0]: address])
    }
  }
}
