internal import GoldenFloat
internal import Kernels

extension GF16Benchmark {
  /// Elements of an array in the first cache: three arrays of 16-bit numbers and one of `Float`.
  private static let small = 2_048

  static func bulk(_ stopwatch: Stopwatch, arena: FloatArena, bytes: Int) -> [Bulk] {
    let best = GF16Kernels.best
    let n = small
    let values = Array(UnsafeBufferPointer(start: arena.base, count: n))
    var floats = values
    let (x, y) = (values.map { GF16($0) }, values.reversed().map { GF16($0) })
    var out = x
    let (hx, hy) = (values.map { Float16($0) }, values.reversed().map { Float16($0) })
    var hout = hx
    let (bx, by) = (
      values.map { BFloat16Number($0) }, values.reversed().map { BFloat16Number($0) }
    )
    var bout = bx
    let times = 200
    func rate(_ body: () -> Void) -> Double {
      Double(n * times) / stopwatch.best { for _ in 0..<times { body() } }
    }
    return [
      Bulk(
        operation: "decode",
        gf16: rate {
          var span = floats.mutableSpan
          best.decode(x.span, into: &span)
        },
        float16: rate { for i in 0..<n { floats[i] = Float(hx[i]) } },
        bfloat16: rate { for i in 0..<n { floats[i] = bx[i].float } },
        gigabytes: decoded(stopwatch, arena: arena, bytes: bytes)),
      Bulk(
        operation: "encode",
        gf16: rate {
          var span = out.mutableSpan
          best.encode(values.span, into: &span)
        },
        float16: rate { for i in 0..<n { hout[i] = Float16(values[i]) } },
        bfloat16: rate { for i in 0..<n { bout[i] = BFloat16Number(values[i]) } },
        gigabytes: encoded(stopwatch, arena: arena, bytes: bytes)),
      Bulk(
        operation: "add",
        gf16: rate {
          var span = out.mutableSpan
          best.add(x.span, y.span, into: &span)
        },
        float16: rate { for i in 0..<n { hout[i] = hx[i] + hy[i] } },
        bfloat16: rate { for i in 0..<n { bout[i] = BFloat16Number(bx[i].float + by[i].float) } },
        gigabytes: nil),
      Bulk(
        operation: "multiply",
        gf16: rate {
          var span = out.mutableSpan
          best.multiply(x.span, y.span, into: &span)
        },
        float16: rate { for i in 0..<n { hout[i] = hx[i] * hy[i] } },
        bfloat16: rate { for i in 0..<n { bout[i] = BFloat16Number(bx[i].float * by[i].float) } },
        gigabytes: nil),
      Bulk(
        operation: "multiply-add",
        gf16: rate {
          var span = out.mutableSpan
          best.multiplyAdd(x.span, y.span, x.span, into: &span)
        },
        float16: rate { for i in 0..<n { hout[i] = hx[i].addingProduct(hx[i], hy[i]) } },
        bfloat16: rate {
          for i in 0..<n { bout[i] = BFloat16Number(bx[i].float * by[i].float + bx[i].float) }
        }, gigabytes: nil),
      Bulk(
        operation: "dot, in Float", gf16: rate { keep(best.dot(x.span, y.span)) },
        float16: rate {
          var sum: Float = 0
          for i in 0..<n { sum += Float(hx[i]) * Float(hy[i]) }
          keep(sum)
        },
        bfloat16: rate {
          var sum: Float = 0
          for i in 0..<n { sum += bx[i].float * by[i].float }
          keep(sum)
        }, gigabytes: nil),
      Bulk(
        operation: "dot, exact", gf16: rate { keep(best.exactDot(x.span, y.span)) },
        float16: nil, bfloat16: nil, gigabytes: nil),
    ]
  }

  // 10⁹ bytes a second, from one half of the arena to the other; codes take half of theirs.

  private static func decoded(_ stopwatch: Stopwatch, arena: FloatArena, bytes: Int) -> Double {
    let count = bytes / MemoryLayout<Float>.stride
    let source = UnsafeMutableBufferPointer(start: codes(at: arena.base), count: count)
    let target = UnsafeMutableBufferPointer(start: arena.base + count, count: count)
    return Double(6 * count)
      / stopwatch.best {
        var span = target.mutableSpan
        GF16Kernels.best.decode(source.span, into: &span)
      }
  }

  private static func encoded(_ stopwatch: Stopwatch, arena: FloatArena, bytes: Int) -> Double {
    let count = bytes / MemoryLayout<Float>.stride
    let source = UnsafeMutableBufferPointer(start: arena.base, count: count)
    let target = UnsafeMutableBufferPointer(start: codes(at: arena.base + count), count: count)
    return Double(6 * count)
      / stopwatch.best {
        var span = target.mutableSpan
        GF16Kernels.best.encode(source.span, into: &span)
      }
  }

  private static func codes(at numbers: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<GF16> {
    UnsafeMutableRawPointer(numbers).assumingMemoryBound(to: GF16.self)
  }

  static func copy(_ stopwatch: Stopwatch, arena: FloatArena, bytes: Int) -> Double {
    let count = bytes / MemoryLayout<Float>.stride
    let taken = stopwatch.best { (arena.base + count).update(from: arena.base, count: count) }
    return Double(2 * bytes) / taken
  }
}
