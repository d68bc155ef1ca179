import Determinism
import Race
import RaceStoreConformance
import Testing

@Suite struct HashChainTests {
  private func events() throws -> (events: [RaceEvent], head: ChainHead) {
    let store = InMemoryRaceStore()
    try TestRace.begin(store, TestRace.settings())
    for _ in 0..<4 { _ = try store.claim(worker: "w0", at: TestRace.at(0)) }
    let race = try #require(store.activeRace())
    return (try store.events(after: 0, limit: 100), race.events)
  }

  @Test func aWholeChainHasNoBreak() throws {
    let (events, head) = try events()
    #expect(events.count == 9)
    #expect(HashChain.firstBreak(in: events, head: head) == nil)
  }

  @Test func aChangedEntryIsNamed() throws {
    var (events, head) = try events()
    events[4].detail = .object(["bpb": .number(1.0)])
    let broken = HashChain.firstBreak(in: events, head: head)
    #expect(broken?.description == "entry 5 was changed after it was written")
    events[4].hash = HashChain.hash(previous: events[4].previous, content: events[4].content)
    #expect(HashChain.firstBreak(in: events, head: head)?.ordinal == 6)
  }

  @Test func aDroppedEntryIsNamedEvenAtTheEnd() throws {
    let (events, head) = try events()
    var middle = events
    middle.remove(at: 3)
    #expect(HashChain.firstBreak(in: middle, head: head)?.ordinal == 4)
    #expect(HashChain.firstBreak(in: events.dropLast(), head: head)?.ordinal == 9)
    #expect(HashChain.firstBreak(in: events.dropLast()) == nil, "without the head it is unseen")
  }

  @Test func sha256IsSha256() {
    #expect(
      Digest.sha256("abc")
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
