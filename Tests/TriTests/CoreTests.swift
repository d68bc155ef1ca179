import Foundation
import Testing

@Suite(.turns)
struct CoreTests {
  /// Cores that this process may use, as the system lists them.
  private static func allowed(_ path: String = "/proc/self/status") throws -> [Int] {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let line = try #require(
      text.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
    return try line.split(separator: "\t")[1].split(separator: ",").flatMap { part in
      let ends = try part.split(separator: "-").map { try #require(Int($0)) }
      return Array(ends[0]...ends[ends.count - 1])
    }
  }

  private static func detail(_ check: String, _ run: Outcome) throws -> String {
    let found = try run.json().list("checks").first { try $0("name") == check }
    let check = try #require(found)
    return try check("detail")
  }

  @Test func theDoctorCountsTheCoresOfTheMask() async throws {
    let scratch = try Scratch()
    let cores = try Self.allowed()
    let run = try await Run(
      ["doctor", "--json"], in: scratch, [:], under: ["/usr/bin/taskset", "-c", "\(cores[0])"]
    ).finish()
    #expect(run.code == 0, "\(run.errors)")
    let detail = try Self.detail("cores", run)
    #expect(detail.hasPrefix("1, "))
    if ProcessInfo.processInfo.processorCount > 1 && cores.count > 1 {
      #expect(detail == "1, the affinity mask")
    }
    #expect(try Self.detail("memory", run).contains(" MiB, the "))
    let free = try Self.detail("cores", try await scratch.tri("doctor", "--json"))
    let count = try #require(Int(free.prefix { $0 != "," }))
    #expect((1...cores.count).contains(count), "\(free)")
  }

  /// A run without `--threads` says how many it takes.
  @Test func threadsAreAsManyAsTheCoresOfTheMask() async throws {
    let scratch = try Scratch()
    let run = try await Run(
      Scratch.train("run", steps: 2), in: scratch, [:],
      under: ["/usr/bin/taskset", "-c", "\(try Self.allowed()[0])"]
    ).finish()
    #expect(run.code == 0)
    #expect(run.errors.contains(", 1 thread\n"), "\(run.errors)")
  }

  /// Flags of the workers of a running race, each with the cores it may use.
  private static func workers(
    of run: Run, _ count: Int
  ) async throws -> [(flags: [String: String], cores: [Int])] {
    try await until("\(count) bound workers") {
      let children = run.children
      guard children.count == count || !run.process.isRunning else { return false }
      // A worker that was only just forked is not a worker yet.
      return children.allSatisfy { flags(of: $0)["--id"] != nil }
    }
    try await until("the workers to bind themselves") {
      try run.children.allSatisfy {
        let cores = flags(of: $0)["--cores"]
        return try cores == nil || cores == allowed($0).map(String.init).joined(separator: ",")
      }
    }
    return try run.children.map { (flags(of: $0), try allowed($0)) }
  }

  private static func allowed(_ pid: Int32) throws -> [Int] { try allowed("/proc/\(pid)/status") }

  private static func flags(of pid: Int32) -> [String: String] {
    let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
    let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return Dictionary(zip(words, words.dropFirst())) { first, _ in first }
  }

  private static func start(_ scratch: Scratch, _ more: String...) throws -> Run {
    try scratch.write(Scratch.space(unit: 100_000, rungs: 1), to: "space.toml")
    return try scratch.start(Scratch.race(budget: "1000trials") + more)
  }

  private static func end(_ run: Run) async throws {
    run.signal(SIGTERM)
    let outcome = try await run.finish()
    #expect(outcome.code == 143, "\(outcome.errors)")
  }

  /// Binds four workers where there are four cores, and refuses to elsewhere.
  @Test func pinnedWorkersHaveCoresOfTheirOwn() async throws {
    let scratch = try Scratch()
    let free = try Self.detail("cores", try await scratch.tri("doctor", "--json"))
    let count = try #require(Int(free.prefix { $0 != "," }))
    let refused = try await scratch.tri(
      Scratch.race(budget: "1trials", "--pin", "--workers", "16", "--threads", "\(count)"))
    expectFailure(
      refused, 64, "--pin needs \(16 * count) cores for 16 workers of \(count) thread",
      "may use \(free)", "leave --pin away")
    #expect(scratch.names(in: ".trinity").isEmpty)
    let run = try Self.start(scratch, "--pin", "--workers", "4", "--threads", "1")
    guard count >= 4 else {
      return expectFailure(try await run.finish(), 64, "--pin needs 4 cores", "may use \(free)")
    }
    let before = try await Self.workers(of: run, 4)
    let all = before.flatMap(\.cores)
    #expect(Set(all).count == all.count, "disjoint: \(all)")
    #expect(Set(all).isSubset(of: try Self.allowed()))
    // The one that comes in place of a dead one is bound as that was.
    kill(run.children[2], SIGKILL)
    try await run.says("a new one starts")
    try await until("the new worker") { run.children.count == 4 }
    let after = try await Self.workers(of: run, 4)
    #expect(Set(after.map(\.cores)) == Set(before.map(\.cores)))
    try await Self.end(run)
  }

  @Test func workersAreToldTheirShareOfTheMachine() async throws {
    let scratch = try Scratch()
    let doctor = try await scratch.tri("doctor", "--json")
    let cores = try #require(Int(try Self.detail("cores", doctor).prefix { $0 != "," }))
    let mebibytes = try #require(Int(try Self.detail("memory", doctor).prefix { $0 != " " }))
    let run = try Self.start(scratch, "--workers", "5", "--threads", "2")
    for worker in try await Self.workers(of: run, 5) {
      #expect(worker.flags["--core-share"] == "\(max(1, cores / 5))")
      let bytes = try #require(Int(worker.flags["--memory-share"] ?? ""))
      #expect((1...mebibytes / 5).contains(bytes >> 20))
      #expect(worker.flags["--cores"] == nil)
      #expect(try worker.cores == Self.allowed())
    }
    try await Self.end(run)
  }

  /// A worker by itself, which every machine can bind.
  @Test func aWorkerBindsEachOfItsThreads() async throws {
    let scratch = try Scratch()
    let race = try Self.start(scratch, "--workers", "4")
    _ = try await Self.workers(of: race, 4)
    let core = try #require(try Self.allowed().last)
    func worker(_ cores: String, _ input: Pipe? = nil) throws -> Run {
      try Run(
        ["race", "worker", "--id", "own", "--threads", "2", "--core-share", "1"]
          + ["--cores", cores], in: scratch, [:], input: input)
    }
    let lifeline = Pipe()
    let run = try worker("\(core)", lifeline)
    try await until("the worker's crew") {
      let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(run.pid)/task")
      return tasks.count > 3
    }
    for task in try FileManager.default.contentsOfDirectory(atPath: "/proc/\(run.pid)/task") {
      #expect(try Self.allowed("/proc/\(run.pid)/task/\(task)/status") == [core])
    }
    try lifeline.fileHandleForWriting.close()
    #expect(try await run.finish().code == 143)
    expectFailure(try await worker("65535").finish(), 69, "cannot be bound to the cores 65535")
    expectFailure(try await worker("all").finish(), 64, "--cores is 'all'")
    try await Self.end(race)
  }
}
