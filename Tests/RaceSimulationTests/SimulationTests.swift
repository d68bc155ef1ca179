import Race
import RaceSimulation
import Testing

@Suite struct SimulationTests {
  @Test func placeholder() {}
}
