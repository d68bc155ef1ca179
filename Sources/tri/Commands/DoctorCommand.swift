import ArgumentParser
import Corpora
import Foundation
import KernelInterface
import Kernels
import Race

/// `tri doctor`.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what this machine has, what is missing, and the command that mends it.",
    discussion: "Exit code 0 when a race can run here, 69 when something it needs is missing.")

  @OptionGroup var place: StoreArguments

  struct Check: Encodable {
    let name: String
    /// ok, note (works without) or missing.
    let state: String
    let detail: String
    let remedy: String?
  }

  func run() throws {
    let checks = [
      processor(), cores(), memory(), hugePages(), disk(), corpus(), kingJames(), race(),
    ]
    if place.json {
      try Console.json(["checks": checks])
    } else {
      for check in checks {
        try Console.result(
          check.state.padding(toLength: 8, withPad: " ", startingAt: 0) + check.name + ": "
            + check.detail)
        if let remedy = check.remedy { try Console.result("        mend: " + remedy) }
      }
    }
    if checks.contains(where: { $0.state == "missing" }) { throw ExitCode(69) }
  }

  private func processor() -> Check {
    let names = KernelSet.available.map(\.name)
    do {
      let chosen = try Machine.kernels()
      return Check(
        name: "processor", state: "ok",
        detail:
          "kernels \(names.joined(separator: ", ")), using \(chosen.name), "
          + (chosen.bfloat16.inHardware ? "bf16 dot products" : "no bf16 dot product"),
        remedy: nil)
    } catch {
      let failure = Failure(error)
      return Check(
        name: "processor", state: "missing", detail: failure?.message ?? "\(error)",
        remedy: failure?.hint)
    }
  }

  private func cores() -> Check {
    Check(name: "cores", state: "ok", detail: Machine.cores.description, remedy: nil)
  }

  private func memory() -> Check {
    let (bytes, source) = Machine.memoryLimit()
    let enough = bytes >= 1 << 31
    return Check(
      name: "memory", state: enough ? "ok" : "note", detail: "\(bytes >> 20) MiB, \(source)",
      remedy: enough ? nil : "race with fewer workers or smaller n-gram tables")
  }

  private func hugePages() -> Check {
    let path = "/sys/kernel/mm/transparent_hugepage/enabled"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let on = text.contains("[madvise]") || text.contains("[always]")
    return Check(
      name: "huge pages", state: on ? "ok" : "note",
      detail: on ? "used" : "not available; training is somewhat slower",
      remedy: on ? nil : "echo madvise > \(path)   (as root)")
  }

  private func disk() -> Check {
    let attributes = try? FileManager.default.attributesOfFileSystem(forPath: ".")
    let free: Int64 = (attributes?[.systemFreeSize] as? NSNumber)?.int64Value ?? 0
    let enough = free >= Int64(5) << 30
    return Check(
      name: "disk", state: enough ? "ok" : "note", detail: "\(free >> 20) MiB free here",
      remedy: enough ? nil : "a race of ten minutes keeps about 2 GiB of checkpoints; free some")
  }

  private func corpus() -> Check {
    let manifest = CorpusCatalog.tinyShakespeare
    do {
      let cache = try CorpusCache(environment: ProcessInfo.processInfo.environment)
      _ = try cache.load(manifest)
      return Check(
        name: manifest.name, state: "ok", detail: cache.path(of: manifest), remedy: nil)
    } catch {
      return Check(
        name: manifest.name, state: "note",
        detail: (error as? CorpusError)?.message ?? "\(error)",
        remedy: (error as? CorpusError)?.hint ?? "tri data fetch")
    }
  }

  private func kingJames() -> Check {
    let there = FileManager.default.fileExists(atPath: "/usr/lib/bible.data")
    return Check(
      name: "kjv", state: there ? "ok" : "note",
      detail: there ? "/usr/lib/bible.data" : "the package bible-kjv-text is not installed",
      remedy: there ? nil : "apt-get install bible-kjv-text   (or make setup)")
  }

  private func race() -> Check {
    do {
      let place = try StoreOption.resolve(place.store)
      guard let store = try place.openExisting(), try store.activeRace() != nil else {
        return Check(
          name: "race", state: "note", detail: "none at \(place.name)",
          remedy: "tri race start --profile quick --budget 10m")
      }
      let broken = try store.firstBreak()
      let standing = EventText.status(try store.summary(at: .now))
      return Check(
        name: "race", state: broken == nil ? "ok" : "missing",
        detail: broken ?? standing,
        remedy: broken == nil ? nil : "trust nothing after that entry; use another store")
    } catch {
      let failure = Failure(error)
      return Check(
        name: "race", state: "missing", detail: failure?.message ?? "\(error)",
        remedy: failure?.hint)
    }
  }
}
