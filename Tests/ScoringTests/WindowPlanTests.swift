import Kernels
import Scoring
import Testing

@Suite struct WindowPlanTests {
  /// Many random (range, context, stride), small enough that every edge is met often.
  static let plans: [(range: Range<Int>, context: Int, stride: Int)] = {
    let random = CounterRandom(seed: 17)
    return (0..<3_000).map { index in
      func draw(_ k: Int, _ limit: Int) -> Int {
        Int(random.bits(UInt32(index * 8 + k))) % limit
      }
      let context = 1 + draw(0, 24)
      let start = draw(1, 3) == 0 ? 0 : draw(2, 60)
      return (start..<(start + draw(3, 90)), context, 1 + draw(4, context))
    }
  }()

  @Test func everyByteIsScoredOnceAndInOrder() {
    for (range, context, stride) in Self.plans {
      let plan = WindowPlan(range: range, context: context, stride: stride)
      let scored = plan.windows.flatMap { Array($0.scored) }
      #expect(plan.uncovered == (range.contains(0) ? 1 : 0))
      #expect(Array(repeating: 0, count: plan.uncovered) + scored == Array(range))
    }
  }

  @Test func aScoredByteHasItsContextWhereTheTextHasIt() {
    for (range, context, stride) in Self.plans {
      let plan = WindowPlan(range: range, context: context, stride: stride)
      for window in plan.windows {
        #expect((1...context).contains(window.length) && window.start >= 0)
        #expect(!window.scored.isEmpty)
        // Targets are the bytes one later than the inputs, and the last target ends the window.
        #expect(window.scored.upperBound == window.start + window.length + 1)
        #expect(window.scored.lowerBound > window.start)
        for byte in window.scored {
          #expect(byte - window.start >= min(byte, context - stride + 1))
        }
      }
    }
  }

  @Test func noWindowMoreThanNeeded() {
    for (range, context, stride) in Self.plans {
      let plan = WindowPlan(range: range, context: context, stride: stride)
      #expect(plan.windows.count <= (range.count + stride - 1) / stride)
      // Every window but those at the text's start and the range's end scores `stride` bytes.
      for window in plan.windows.dropFirst().dropLast() { #expect(window.scored.count >= stride) }
    }
  }

  @Test func anEmptyRangeNeedsNoWindow() {
    for start in [0, 5] {
      let plan = WindowPlan(range: start..<start, context: 4, stride: 2)
      #expect(plan.windows.isEmpty && plan.uncovered == 0)
    }
  }

  @Test func theTextsFirstByteAloneHasNoWindow() {
    let plan = WindowPlan(range: 0..<1, context: 4, stride: 2)
    #expect(plan.windows.isEmpty && plan.uncovered == 1)
  }
}
