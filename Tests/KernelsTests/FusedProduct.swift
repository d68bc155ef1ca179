import KernelInterface
import Kernels

/// The operands of a product in one variant's form, to be multiplied with any addend and epilogue.
struct FusedProduct {
  enum Numbers: CaseIterable, Sendable { case float32, bfloat16 }

  let kernels: KernelSet, numbers: Numbers
  let M: Int, N: Int, K: Int
  private let a: Guarded, panels: Guarded
  private let words: GuardedWords, wordPanels: GuardedWords

  /// Packs `a (M, K)` and `b (K, N)`.
  init(
    _ kernels: KernelSet, _ numbers: Numbers, M: Int, N: Int, K: Int, a: [Float], b: [Float]
  ) {
    (self.kernels, self.numbers, self.M, self.N, self.K) = (kernels, numbers, M, N, K)
    self.a = Guarded(a)
    let (P, pairs) = (kernels.panelWidth, (K + 1) / 2)
    panels = Guarded(unwritten: (N + P - 1) / P * P * K)
    words = GuardedWords(M * pairs)
    wordPanels = GuardedWords((N + P - 1) / P * P * pairs)
    switch numbers {
    case .float32: kernels.pack(b, N, 1, K, N, panels.pointer)
    case .bfloat16:
      kernels.bfloat16.pairColumns(a, K, M, K, words.pointer, pairs)
      kernels.bfloat16.pack(b, N, 1, K, N, wordPanels.pointer)
    }
  }

  func run(
    into c: UnsafeMutablePointer<Float>, _ cRow: Int, addend: ProductAddend,
    epilogue: ProductEpilogue = .none
  ) {
    switch numbers {
    case .float32:
      kernels.multiply(
        MatrixProduct(
          M: M, N: N, K: K, a: a.pointer, aRow: K, panels: panels.pointer, c: c, cRow: cRow,
          addend: addend, epilogue: epilogue))
    case .bfloat16:
      kernels.bfloat16.multiply(
        BFloat16Product(
          M: M, N: N, pairs: (K + 1) / 2, a: words.pointer, aRow: (K + 1) / 2,
          panels: wordPanels.pointer, c: c, cRow: cRow, addend: addend, epilogue: epilogue))
    }
  }
}

extension Guarded {
  /// `rows` rows of `columns` numbers, each followed by `gap` canaries.
  convenience init(_ values: [Float], rows: Int, columns: Int, gap: Int) {
    self.init(unwritten: rows * (columns + gap))
    for i in values.indices { pointer[i / columns * (columns + gap) + i % columns] = values[i] }
  }

  /// Whether the canaries between rows of `columns` numbers are as they were.
  func gapsAreIntact(columns: Int, gap: Int) -> Bool {
    (0..<count).allSatisfy { $0 % (columns + gap) < columns || isUnwritten($0) }
  }
}

/// Whether two numbers have the same bits or are both NaN.
///
/// Which NaN a sum or product of two is depends on the order that the compiler gave them.
func isSame(_ x: Float, _ y: Float) -> Bool { x.bitPattern == y.bitPattern || x.isNaN && y.isNaN }
