internal import GoldenFloat
public import Kernels
public import KernelInterface

/// Speed of GF16 on one core, beside the other 16-bit formats doing the same.
public struct GF16Benchmark: Sendable, Encodable {
  /// The bulk kernels' variant.
  public let variant: String
  /// One operation after the other, each on the result of the one before.
  public let scalar: [Scalar]
  /// Arrays that fit into the first cache, and arrays that fit into none.
  public let bulk: [Bulk]
  /// Copying 192 MiB, read and written counted, 10⁹ bytes a second.
  public let copyBandwidth: Double
  /// Square matrix products beside the engine's of `Float`, packing counted on both sides.
  public let products: [Product]

  /// Latency in nanoseconds.
  public struct Scalar: Sendable, Encodable {
    public let operation: String
    public let gf16: Double, float16: Double, bfloat16: Double
  }

  /// Elements a nanosecond in cache; 10⁹ bytes a second out of it, GF16 alone.
  public struct Bulk: Sendable, Encodable {
    public let operation: String
    public let gf16: Double
    public let float16: Double?, bfloat16: Double?
    public let gigabytes: Double?
  }

  /// GFLOP/s.
  public struct Product: Sendable, Encodable {
    public let size: Int
    public let gf16: Double, float32: Double
  }

  /// Measures on the calling thread, the best of `rounds`.
  ///
  /// - Throws: `AllocationError` when the machine refuses 400 MiB.
  public static func run(
    kernels: KernelSet, sizes: [Int] = [512, 1_024], bytes: Int = 192 << 20, rounds: Int = 7
  ) throws(AllocationError) -> GF16Benchmark {
    let arena = try FloatArena(count: 2 * bytes / MemoryLayout<Float>.stride)
    arena.fill(bytes / MemoryLayout<Float>.stride, seed: 1)
    let stopwatch = Stopwatch(rounds: rounds)
    return GF16Benchmark(
      variant: GF16Kernels.best.name, scalar: scalar(stopwatch),
      bulk: bulk(stopwatch, arena: arena, bytes: bytes),
      copyBandwidth: copy(stopwatch, arena: arena, bytes: bytes),
      products: try sizes.map { size throws(AllocationError) in
        try product(stopwatch, size: size, kernels: kernels)
      })
  }

  private enum CodingKeys: String, CodingKey {
    case variant, scalar, bulk, products
    case copyBandwidth = "copy_gigabytes_per_second"
  }
}
