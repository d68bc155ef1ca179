import CAllocationCounter
import Foundation
import KernelInterface
import Kernels
import LanguageModel
import Synchronization
import Testing
import Training

/// One at a time and only when optimised: without optimisation the compiler itself allocates.
@Suite(.serialized, .enabled(if: isOptimised, "the build is not optimised"))
struct AllocationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let variant: String
    let threads: Int
    let optimizer: TrainingConfiguration.Optimizer
    let orders: [Int]
    let precision: Precision

    var testDescription: String {
      "\(variant), \(threads) threads, \(optimizer.rawValue), orders \(orders), "
        + precision.rawValue
    }
  }

  static let cases = KernelSet.available.map(\.name).flatMap { variant in
    [1, 2].flatMap { threads in
      TrainingConfiguration.Optimizer.allCases.flatMap { optimizer in
        [([], Precision.float32), ([2, 3], .float32), ([2], .mixedBFloat16)].map {
          Case(
            variant: variant, threads: threads, optimizer: optimizer, orders: $0, precision: $1)
        }
      }
    }
  }

  @Test(arguments: cases)
  func stepsAfterTheFirstDoNotAllocate(test: Case) throws {
    var configuration = Fixture.configuration(optimizer: test.optimizer)
    configuration.model.ngramOrders = test.orders
    configuration.precision = test.precision
    configuration.model.dropout = 0.1
    configuration.model.ngramDropout = 0.1
    let trainer = try Fixture.trainer(configuration, variant: test.variant, threads: test.threads)
    _ = trainer.takeStep()
    let watch = Watch(trainer.engine.crew)
    watch.begin()
    // More than an epoch: 41 windows of 24 bytes, 6 a step.
    for _ in 0..<20 { _ = trainer.takeStep() }
    #expect(watch.end(printing: true) == 0, "see stderr for who allocated")
  }

  @Test(arguments: KernelSet.available.map(\.name), JEPAConfiguration.Loss.allCases)
  func stepsWithHiddenSpansDoNotAllocate(variant: String, loss: JEPAConfiguration.Loss) throws {
    var configuration = JEPATrainingTests.configuration(warmup: 0)
    (configuration.jepa.loss, configuration.jepa.variance) = (loss, 0.5)
    let trainer = try Fixture.trainer(configuration, variant: variant, threads: 2)
    _ = trainer.takeStep()
    let watch = Watch(trainer.engine.crew)
    watch.begin()
    for _ in 0..<20 { _ = trainer.takeStep() }
    #expect(watch.end(printing: true) == 0, "see stderr for who allocated")
  }

  @Test(arguments: KernelSet.available.map(\.name), NCAConfiguration.Rule.allCases)
  func stepsWithAnAutomatonDoNotAllocate(variant: String, rule: NCAConfiguration.Rule) throws {
    var configuration = NCATrainingTests.configuration()
    configuration.nca.rule = rule
    let trainer = try Fixture.trainer(configuration, variant: variant, threads: 2)
    _ = trainer.takeStep()
    let watch = Watch(trainer.engine.crew)
    watch.begin()
    for _ in 0..<20 { _ = trainer.takeStep() }
    #expect(watch.end(printing: true) == 0, "see stderr for who allocated")
  }

  @Test(arguments: FormatTests.cases)
  func stepsInOtherFormatsDoNotAllocate(test: FormatTests.Case) throws {
    let trainer = try Fixture.trainer(test.configuration, threads: 2)
    _ = trainer.takeStep()
    let watch = Watch(trainer.engine.crew)
    watch.begin()
    for _ in 0..<20 { _ = trainer.takeStep() }
    #expect(watch.end(printing: true) == 0, "see stderr for who allocated")
  }

  /// Phases, replaced bytes, bytes beyond the next; windows grow before the watch begins.
  @Test(arguments: KernelSet.available.map(\.name))
  func stepsInPhasesDoNotAllocate(variant: String) throws {
    var configuration = try CurriculumTests.configuration(steps: 40)
    (configuration.corruption, configuration.corruptionSpan) = (0.2, 3)
    (configuration.contextStart, configuration.contextWarmup) = (12, 0.1)
    (configuration.extraBytes, configuration.tableDecay) = (2, 0.1)
    let trainer = try Fixture.trainer(configuration, variant: variant, threads: 2)
    for _ in 0..<5 { _ = trainer.takeStep() }
    let watch = Watch(trainer.engine.crew)
    watch.begin()
    for _ in 0..<30 { _ = trainer.takeStep() }
    #expect(watch.end(printing: true) == 0, "see stderr for who allocated")
  }

  /// The counter counts: without this, zero would prove nothing.
  @Test(arguments: [1, 2, 5])
  func aDeliberateAllocationOfEachMemberIsCounted(threads: Int) {
    let crew = Crew(threads: threads)
    let watch = Watch(crew)
    watch.begin()
    watch.everyMember {
      release(malloc(100))
      release(calloc(3, 7))
      release(realloc(nil, 9))
      release(aligned_alloc(64, 128))
      var memory: UnsafeMutableRawPointer?
      posix_memalign(&memory, 64, 128)
      release(memory)
    }
    #expect(watch.end() == 5 * threads)
  }

  @Test func anObjectIsCounted() {
    let watch = Watch(Crew(threads: 1))
    watch.begin()
    let object = Boxed(value: 3)
    #expect(watch.end() == 1)
    #expect(object.value == 3)
  }
}

#if DEBUG
private let isOptimised = false
#else
private let isOptimised = true
#endif

/// Frees memory where the optimiser cannot see that nothing used it.
@inline(never)
private func release(_ memory: UnsafeMutableRawPointer?) { free(memory) }

private final class Boxed {
  var value: Int
  @inline(never) init(value: Int) { self.value = value }
}

/// Counts the allocations of a crew's members, the calling thread among them.
private final class Watch: Sendable {
  private let crew: Crew
  private let total = Atomic<Int>(0)

  init(_ crew: Crew) { self.crew = crew }

  /// Calls `body` once on each member: each task waits until all have begun.
  func everyMember(_ body: @Sendable () -> Void) {
    let begun = Atomic<Int>(0)
    let threads = crew.threads
    crew.run(tasks: threads) { _, _ in
      begun.add(1, ordering: .sequentiallyConsistent)
      while begun.load(ordering: .sequentiallyConsistent) < threads { sched_yield() }
      body()
    }
  }

  func begin() {
    everyMember {
      allocation_counter_watch(true)
      self.total.subtract(allocation_counter_count(), ordering: .relaxed)
    }
  }

  /// Ends the watch.
  ///
  /// - Parameter printing: Whether each member's last allocation is shown on stderr.
  /// - Returns: Allocations since ``begin()``.
  func end(printing: Bool = false) -> Int {
    everyMember {
      allocation_counter_watch(false)
      self.total.add(allocation_counter_count(), ordering: .relaxed)
      if printing { allocation_counter_print_last() }
    }
    return total.load(ordering: .relaxed)
  }
}
