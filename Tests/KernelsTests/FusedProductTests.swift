import KernelInterface
import Kernels
import Testing

/// Addends and epilogues against the product and the separate passes, bit for bit.
@Suite struct FusedProductTests {
  static let shapes: [(M: Int, N: Int, K: Int)] = [1, 2, 6, 7, 97].flatMap { M in
    [1, 7, 16, 17, 33, 70, 129].flatMap { N in
      // Around the blocks of 256 numbers or 512, and more than one of them.
      [0, 1, 5, 256, 257, 513, 1_030].map { (M, N, $0) }
    }
  }

  /// What is added: nothing, the result, rows elsewhere, and one row.
  private static let addends = 4

  /// One of them by its index; `base` has the result's shape.
  private static func addend(_ index: Int, _ base: Guarded, _ stride: Int) -> ProductAddend {
    switch index % addends {
    case 0: .nothing
    case 1: .result
    case 2: .rows(base.pointer, stride: stride)
    default: .rows(base.pointer, stride: 0)
    }
  }

  /// The product whose addend was copied into its result before.
  private static func separate(
    _ product: FusedProduct, _ index: Int, base: [Float], old: [Float], gap: Int
  ) -> Guarded {
    let (M, N) = (product.M, product.N)
    let start: [Float] =
      switch index % addends {
      case 0: [Float](repeating: .nan, count: M * N)
      case 1: old
      case 2: base
      default: (0..<(M * N)).map { base[$0 % N] }
      }
    let c = Guarded(start, rows: M, columns: N, gap: gap)
    product.run(into: c.pointer, N + gap, addend: index % addends == 0 ? .nothing : .result)
    return c
  }

  /// One product both ways.
  struct Pair {
    let M: Int, N: Int, gap: Int
    let fused: Guarded, separate: Guarded
    let product: FusedProduct
    let addend: ProductAddend
    private let base: Guarded

    init(
      _ kernels: KernelSet, _ numbers: FusedProduct.Numbers, _ shape: (M: Int, N: Int, K: Int),
      index: Int, spoiling: (inout [Float]) -> Void = { _ in }
    ) {
      let (M, N, K) = shape
      (self.M, self.N, gap) = (M, N, index % 3 * 2)
      var a = Sample.floats(M * K, seed: UInt64(index))
      spoiling(&a)
      product = FusedProduct(
        kernels, numbers, M: M, N: N, K: K, a: a,
        b: Sample.floats(K * N, seed: UInt64(index + 1)))
      let (old, rows) = (Sample.floats(M * N, seed: 2), Sample.floats(M * N, seed: 3))
      base = Guarded(rows, rows: M, columns: N, gap: gap)
      addend = FusedProductTests.addend(index, base, N + gap)
      fused =
        index % addends == 1
        ? Guarded(old, rows: M, columns: N, gap: gap) : Guarded(unwritten: M * (N + gap))
      separate = FusedProductTests.separate(product, index, base: rows, old: old, gap: gap)
    }

    var stride: Int { N + gap }

    /// Runs the fused product.
    func run(_ epilogue: ProductEpilogue) {
      product.run(into: fused.pointer, stride, addend: addend, epilogue: epilogue)
    }

    /// Whether the elements of two arrays of the result's shape agree.
    func agree(_ x: Guarded, _ y: Guarded) -> Bool {
      (0..<(M * N)).allSatisfy {
        isSame(x.pointer[$0 / N * stride + $0 % N], y.pointer[$0 / N * stride + $0 % N])
      } && x.intact && x.gapsAreIntact(columns: N, gap: gap) && base.intact
    }
  }

  @Test(arguments: variants, FusedProduct.Numbers.allCases)
  func addendsAreAddedAsIfCopiedBefore(variant: String, numbers: FusedProduct.Numbers) throws {
    let kernels = try kernelSet(variant)
    for (i, shape) in Self.shapes.enumerated() {
      for index in 0..<Self.addends {
        let pair = Pair(kernels, numbers, shape, index: Self.addends * i + index)
        pair.run(.none)
        #expect(pair.agree(pair.fused, pair.separate), "\(shape) addend \(index)")
      }
    }
  }

  /// The addend may be the result itself, given by its address.
  @Test(arguments: variants, FusedProduct.Numbers.allCases)
  func rowsThatAreTheResultsAreTheResult(variant: String, numbers: FusedProduct.Numbers) throws {
    let kernels = try kernelSet(variant)
    for (i, shape) in Self.shapes.enumerated() {
      let pair = Pair(kernels, numbers, shape, index: Self.addends * i + 1)
      pair.product.run(
        into: pair.fused.pointer, pair.stride,
        addend: .rows(pair.fused.pointer, stride: pair.stride))
      #expect(pair.agree(pair.fused, pair.separate), "\(shape)")
    }
  }

  @Test(arguments: variants, FusedProduct.Numbers.allCases)
  func squaredReLUIsThatOfThePass(variant: String, numbers: FusedProduct.Numbers) throws {
    let kernels = try kernelSet(variant)
    for (i, shape) in Self.shapes.enumerated() {
      for inPlace in [false, true] {
        let pair = Pair(kernels, numbers, shape, index: 2 * i + (inPlace ? 1 : 0))
        let count = pair.M * pair.stride
        let out = inPlace ? pair.fused : Guarded(unwritten: count)
        pair.run(.squaredReLU(into: out.pointer, stride: pair.stride))
        if !inPlace { #expect(pair.agree(pair.fused, pair.separate), "\(shape)") }
        let expected = Guarded(unwritten: count)
        kernels.squaredReLU(pair.separate.pointer, count, expected.pointer)
        #expect(pair.agree(out, expected), "\(shape) in place \(inPlace)")
      }
    }
  }

  @Test(arguments: variants, FusedProduct.Numbers.allCases)
  func theGradientIsThatOfThePass(variant: String, numbers: FusedProduct.Numbers) throws {
    let kernels = try kernelSet(variant)
    for (i, shape) in Self.shapes.enumerated() {
      let pair = Pair(kernels, numbers, shape, index: i)
      let x = Guarded(
        Sample.floats(pair.M * pair.N, seed: 9), rows: pair.M, columns: pair.N, gap: pair.gap)
      pair.run(.squaredReLUGradient(of: x.pointer, stride: pair.stride))
      for m in 0..<pair.M {
        let row = m * pair.stride
        kernels.squaredReLUBackward(x.pointer + row, pair.N, pair.separate.pointer + row)
      }
      #expect(pair.agree(pair.fused, pair.separate), "\(shape)")
    }
  }

  @Test(arguments: variants, FusedProduct.Numbers.allCases)
  func pairsAreThoseOfBothPasses(variant: String, numbers: FusedProduct.Numbers) throws {
    let kernels = try kernelSet(variant)
    for (i, shape) in Self.shapes.enumerated() {
      let pair = Pair(kernels, numbers, shape, index: i)
      let (M, N, pairs) = (pair.M, pair.N, (pair.N + 1) / 2)
      let stride = pairs + pair.gap
      let (fused, expected) = (GuardedWords(M * stride), GuardedWords(M * stride))
      pair.run(.squaredReLUPairs(into: fused.pointer, stride: stride))
      #expect(pair.agree(pair.fused, pair.separate), "\(shape)")
      let squares = Guarded(unwritten: M * pair.stride)
      kernels.squaredReLU(pair.separate.pointer, M * pair.stride, squares.pointer)
      kernels.bfloat16.pairColumns(
        squares.pointer, pair.stride, M, N, expected.pointer, stride)
      let same = (0..<fused.count).allSatisfy { fused.pointer[$0] == expected.pointer[$0] }
      #expect(same && fused.intact, "\(shape)")
    }
  }

  /// A row with a number that is none: each epilogue shows what the passes show.
  @Test(
    arguments: variants, [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
  func noEpilogueSwallowsANumberThatIsNone(variant: String, value: Float) throws {
    let kernels = try kernelSet(variant)
    for numbers in FusedProduct.Numbers.allCases {
      for shape in [(1, 35, 9), (7, 35, 9), (14, 64, 1_030)] {
        let (M, N, K) = shape
        func pair() -> Pair {
          Pair(kernels, numbers, (M, N, K), index: 0) { $0[(M - 1) * K + 4] = value }
        }
        let squares = pair()
        let out = Guarded(unwritten: M * N)
        squares.run(.squaredReLU(into: out.pointer, stride: N))
        let expected = Guarded(unwritten: M * N)
        kernels.squaredReLU(squares.separate.pointer, M * N, expected.pointer)
        #expect(squares.agree(out, expected) && squares.agree(squares.fused, squares.separate))
        let spoilt = ((M - 1) * N)..<(M * N)
        if value.isNaN { #expect(spoilt.allSatisfy { out.pointer[$0].isNaN }) }
        if !value.isFinite { #expect(spoilt.contains { !out.pointer[$0].isFinite }) }
        #expect((0..<spoilt.lowerBound).allSatisfy { out.pointer[$0].isFinite })

        let halves = pair()
        let (words, pairs) = (GuardedWords(M * ((N + 1) / 2)), (N + 1) / 2)
        halves.run(.squaredReLUPairs(into: words.pointer, stride: pairs))
        for i in 0..<(M * N) {
          let half = BFloat16.half(words.pointer[i / N * pairs + i % N / 2], high: i % N % 2 == 1)
          #expect(isSame(half, BFloat16.rounded(expected.pointer[i])))
        }

        let gradient = pair()
        let x = Guarded(Sample.floats(M * N, seed: 9))
        x.pointer[0] = .nan
        gradient.run(.squaredReLUGradient(of: x.pointer, stride: N))
        kernels.squaredReLUBackward(x.pointer, M * N, gradient.separate.pointer)
        #expect(gradient.agree(gradient.fused, gradient.separate))
        #expect(gradient.fused.pointer[0].isNaN)
      }
    }
  }
}
