internal import KernelInterface
internal import Kernels

/// Products with weight matrices whose operands are rounded to bf16.
///
/// An activation is rounded into the form that a product reads, which no other product shares: pairs
/// of columns where columns are summed, pairs of rows where rows are.
extension Transformer {
  /// `out = input · W`.
  func mixedProduct(
    _ scratch: MixedScratch, rows: Int, _ input: UnsafePointer<Float>, _ inputStride: Int,
    _ matrix: PackedWeights.Matrix, into out: UnsafeMutablePointer<Float>, _ outStride: Int,
    accumulate: Bool
  ) {
    multiplyRows(
      scratch, rows: rows, input, inputStride, columns: matrix.tensor.rows,
      panels: packed.words + matrix.forward, into: out, outStride,
      outColumns: matrix.tensor.columns, accumulate: accumulate)
  }

  /// Backward of `out = input · W`: `dW += inputᵀ · dOut` and `dInput = dOut · Wᵀ`.
  func mixedBackward(
    _ scratch: MixedScratch, rows: Int, _ matrix: PackedWeights.Matrix,
    input: UnsafePointer<Float>, _ inputStride: Int, dOut: UnsafePointer<Float>,
    _ dOutStride: Int, dInput: UnsafeMutablePointer<Float>, _ dInputStride: Int,
    _ gradient: UnsafeMutablePointer<Float>
  ) {
    let (ins, outs) = (matrix.tensor.rows, matrix.tensor.columns)
    let wordStride = MixedScratch.stride(ins)
    kernels.bfloat16.pack(dOut, dOutStride, 1, rows, outs, scratch.panels)
    kernels.bfloat16.pairRows(input, inputStride, rows, ins, scratch.words, wordStride)
    kernels.bfloat16.multiply(
      BFloat16Product(
        M: ins, N: outs, pairs: (rows + 1) / 2, a: scratch.words, aRow: 1, aColumn: wordStride,
        panels: scratch.panels, c: gradient + matrix.tensor.offset, cRow: outs, accumulate: true))
    multiplyRows(
      scratch, rows: rows, dOut, dOutStride, columns: outs,
      panels: packed.words + matrix.backward, into: dInput, dInputStride, outColumns: ins,
      accumulate: false)
  }

  /// Rounds `x (rows, columns)` and multiplies it by a packed matrix.
  private func multiplyRows(
    _ scratch: MixedScratch, rows: Int, _ x: UnsafePointer<Float>, _ stride: Int, columns: Int,
    panels: UnsafePointer<UInt32>, into out: UnsafeMutablePointer<Float>, _ outStride: Int,
    outColumns: Int, accumulate: Bool
  ) {
    let wordStride = MixedScratch.stride((columns + 1) / 2)
    kernels.bfloat16.pairColumns(x, stride, rows, columns, scratch.words, wordStride)
    kernels.bfloat16.multiply(
      BFloat16Product(
        M: rows, N: outColumns, pairs: (columns + 1) / 2, a: scratch.words, aRow: wordStride,
        panels: panels, c: out, cRow: outStride, accumulate: accumulate))
  }
}
