// The matrix products of a training step by a library for the processor: `products LIBRARY`, where the
// shared library has `cblas_sgemm` (OpenBLAS, BLIS, MKL) or `dnnl_sgemm` (oneDNN). Prints GFLOP/s, the
// best of seven rounds of a tenth of a second: forward, gradient of the input, gradient of the weights
// (added to what is there). Shapes are those of `tri bench products`.

import Foundation

/// C = A · B + β · C.
struct Product {
  typealias CBLAS =
    @convention(c) (
      CInt, CInt, CInt, CInt, CInt, CInt, Float, UnsafePointer<Float>, CInt, UnsafePointer<Float>,
      CInt, Float, UnsafeMutablePointer<Float>, CInt
    ) -> Void
  typealias OneDNN =
    @convention(c) (
      CChar, CChar, Int, Int, Int, Float, UnsafePointer<Float>, Int, UnsafePointer<Float>, Int,
      Float,
      UnsafeMutablePointer<Float>, Int
    ) -> CInt

  let cblas: CBLAS?
  let oneDNN: OneDNN?

  init(library: String) {
    guard let handle = dlopen(library, RTLD_NOW | RTLD_LOCAL) else {
      fatalError("cannot load \(library): \(String(cString: dlerror()))")
    }
    cblas = dlsym(handle, "cblas_sgemm").map { unsafeBitCast($0, to: CBLAS.self) }
    oneDNN = dlsym(handle, "dnnl_sgemm").map { unsafeBitCast($0, to: OneDNN.self) }
    if cblas == nil && oneDNN == nil {
      fatalError("\(library) has no sgemm that this program knows")
    }
  }

  func callAsFunction(_ a: Matrix, _ b: Matrix, beta: Float = 0, into c: Matrix) {
    let k = a.isTransposed ? a.rows : a.columns
    if let oneDNN {
      let status = oneDNN(
        CChar(UInt8(ascii: a.isTransposed ? "T" : "N")),
        CChar(UInt8(ascii: b.isTransposed ? "T" : "N")), c.rows, c.columns, k, 1, a.base, a.columns,
        b.base, b.columns, beta, c.base, c.columns)
      if status != 0 { fatalError("dnnl_sgemm: status \(status)") }
    } else if let cblas {
      let (rowMajor, no, yes) = (CInt(101), CInt(111), CInt(112))
      cblas(
        rowMajor, a.isTransposed ? yes : no, b.isTransposed ? yes : no, CInt(c.rows),
        CInt(c.columns), CInt(k), 1, a.base, CInt(a.columns), b.base, CInt(b.columns), beta, c.base,
        CInt(c.columns))
    }
  }
}

/// Rows one after the other, as they are stored, also where they stand for the columns.
struct Matrix {
  let base: UnsafeMutablePointer<Float>
  let rows: Int, columns: Int
  private(set) var isTransposed = false

  init(_ rows: Int, _ columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    base = .allocate(capacity: rows * columns)
    for i in 0..<rows * columns { base[i] = .random(in: -1...1) }
  }

  var transposed: Matrix {
    var other = self
    other.isTransposed.toggle()
    return other
  }
}

func rate(_ operations: Int, _ body: () -> Void) -> Int {
  let clock = ContinuousClock()
  var best = Duration.seconds(1_000)
  body()
  for _ in 0..<7 {
    var count = 0
    let start = clock.now
    repeat {
      body()
      count += 1
    } while clock.now - start < .milliseconds(100)
    best = min(best, (clock.now - start) / count)
  }
  return Int((Double(operations) / (best / .nanoseconds(1))).rounded())
}

guard CommandLine.arguments.count == 2 else { fatalError("usage: products LIBRARY") }
let product = Product(library: CommandLine.arguments[1])
let rows = 256
for (inputs, outputs) in [
  (256, 768), (256, 256), (256, 1024), (1024, 256), (384, 1152), (384, 384), (384, 1536),
  (1536, 384), (64, 192), (64, 64), (64, 256), (256, 64), (128, 384), (128, 128), (128, 512),
  (512, 128),
] {
  let (x, w, y) = (Matrix(rows, inputs), Matrix(inputs, outputs), Matrix(rows, outputs))
  let (dX, dW) = (Matrix(rows, inputs), Matrix(inputs, outputs))
  let operations = 2 * rows * inputs * outputs
  let forward = rate(operations) { product(x, w, into: y) }
  let backward = rate(operations) { product(y, w.transposed, into: dX) }
  let weights = rate(operations) { product(x.transposed, y, beta: 1, into: dW) }
  print("\(inputs) → \(outputs): \(forward) / \(backward) / \(weights)")
}
