public import KernelInterface
public import Kernels

/// What one core of this machine can do at most.
public struct MachinePeak: Sendable, Encodable {
  /// The variant that computed, as `IGLA_CPU` spells it.
  public let kernels: String
  /// Multiplications and additions in registers, 10⁹ a second.
  public let float32GFLOPS: Double
  /// The same of bf16 pairs, where the processor has their dot product; nil elsewhere.
  public let bfloat16GFLOPS: Double?
  /// Memory read, written, and read twice and written (`out = a·x + b·y`), 10⁹ bytes a second, at
  /// sizes that usually fit into the first, second and last cache, and one that fits into none.
  public let bandwidth: [Bandwidth]

  public struct Bandwidth: Sendable, Encodable {
    /// Bytes of the arrays together.
    public let bytes: Int
    public let read: Double, write: Double, triad: Double
  }

  /// Measures for about `seconds` on the calling thread; best of five a figure.
  ///
  /// - Throws: `AllocationError` when the machine refuses 192 MiB.
  public static func measure(
    _ kernels: KernelSet, seconds: Double = 3
  ) throws(AllocationError) -> MachinePeak {
    let sizes = [24 << 10, 384 << 10, 6 << 20, 192 << 20]
    let share = seconds / Double(2 + 3 * sizes.count) / 5
    let peak = best(of: 5, share) { count in
      let chains = 4_096 * count
      keep(kernels.multiplyAddChains(chains))
      return 24 * Double(chains) * Double(kernels.lanes)
    }
    let pairs = kernels.bfloat16
    let pairPeak =
      pairs.inHardware
      ? best(of: 5, share) { count in
        let chains = 4_096 * count
        keep(pairs.multiplyAddChains(chains))
        return 48 * Double(chains) * Double(kernels.lanes)
      } : nil
    var plan = ArenaPlan()
    _ = plan.place(sizes[sizes.count - 1] / MemoryLayout<Float>.stride)
    let arena = try FloatArena(count: plan.count)
    arena.clear()
    let rows = sizes.map { bytes in
      let count = bytes / MemoryLayout<Float>.stride
      let third = count / 3 / 16 * 16
      return Bandwidth(
        bytes: bytes,
        read: best(of: 5, share) { repetitions in
          for _ in 0..<repetitions { keep(kernels.streamSum(arena.base, count)) }
          return Double(repetitions * bytes)
        },
        write: best(of: 5, share) { repetitions in
          for repetition in 0..<repetitions {
            arena.base.update(repeating: Float(repetition & 1), count: count)
            keep(arena.base[repetition % count])
          }
          return Double(repetitions * bytes)
        },
        triad: best(of: 5, share) { repetitions in
          let (x, y, out) = (arena.base, arena.base + third, arena.base + 2 * third)
          for _ in 0..<repetitions { kernels.combine(0.5, x, 0.5, y, third, out) }
          return Double(repetitions * 3 * third * MemoryLayout<Float>.stride)
        })
    }
    return MachinePeak(
      kernels: kernels.name, float32GFLOPS: peak, bfloat16GFLOPS: pairPeak,
      bandwidth: rows)
  }

  /// Units of work a nanosecond, the best of some rounds of about `seconds` each.
  private static func best(
    of rounds: Int, _ seconds: Double, _ work: (_ repetitions: Int) -> Double
  ) -> Double {
    let clock = ContinuousClock()
    var repetitions = 1
    while true {
      let start = clock.now
      _ = work(repetitions)
      let taken = (clock.now - start).nanoseconds
      if taken > seconds * 1e9 / 4 {
        repetitions = max(1, Int(Double(repetitions) * seconds * 1e9 / taken))
        break
      }
      repetitions *= 2
    }
    var best = 0.0
    for _ in 0..<rounds {
      let start = clock.now
      let done = work(repetitions)
      best = max(best, done / (clock.now - start).nanoseconds)
    }
    return best
  }

  private enum CodingKeys: String, CodingKey {
    case kernels, bandwidth
    case float32GFLOPS = "float32_gflops"
    case bfloat16GFLOPS = "bfloat16_gflops"
  }
}

extension Duration {
  /// Whole nanoseconds.
  var nanoseconds: Double {
    Double(components.seconds) * 1e9 + Double(components.attoseconds) * 1e-9
  }
}
