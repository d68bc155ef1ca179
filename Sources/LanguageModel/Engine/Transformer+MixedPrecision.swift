internal import KernelInterface
internal import Kernels

/// Products with weight matrices whose operands are rounded to bf16.
///
/// An activation is rounded into the form that a product reads, which no other product shares: pairs
/// of columns where columns are summed, pairs of rows where rows are. Those of the perceptron come
/// rounded from the product that computes them.
extension Transformer {
  /// `out = addend + input · W`, and then the epilogue.
  func mixedProduct(
    _ scratch: MixedScratch, rows: Int, _ input: UnsafePointer<Float>, _ inputStride: Int,
    _ matrix: PackedWeights.Matrix, into out: UnsafeMutablePointer<Float>, _ outStride: Int,
    addend: ProductAddend, epilogue: ProductEpilogue
  ) {
    let columns = matrix.tensor.rows
    let stride = MixedScratch.stride((columns + 1) / 2)
    kernels.bfloat16.pairColumns(input, inputStride, rows, columns, scratch.words, stride)
    multiplyPairs(
      rows: rows, scratch.words, stride, matrix, into: out, outStride, addend: addend,
      epilogue: epilogue)
  }

  /// The same of an input that is rounded already.
  func multiplyPairs(
    rows: Int, _ input: UnsafePointer<UInt32>, _ inputStride: Int,
    _ matrix: PackedWeights.Matrix, into out: UnsafeMutablePointer<Float>, _ outStride: Int,
    addend: ProductAddend, epilogue: ProductEpilogue
  ) {
    kernels.bfloat16.multiply(
      BFloat16Product(
        M: rows, N: matrix.tensor.columns, pairs: (matrix.tensor.rows + 1) / 2, a: input,
        aRow: inputStride, panels: packed.words + matrix.forward, c: out, cRow: outStride,
        addend: addend, epilogue: epilogue))
  }

  /// Backward of `out = input · W`: `dW += inputᵀ · dOut` and `dInput = dOut · Wᵀ`.
  ///
  /// The prologue makes the input of what is given; the epilogue ends `dInput`.
  func mixedBackward(
    _ scratch: MixedScratch, rows: Int, _ matrix: PackedWeights.Matrix,
    input: UnsafePointer<Float>, _ inputStride: Int, prologue: OperandPrologue,
    dOut: UnsafePointer<Float>, _ dOutStride: Int, dInput: UnsafeMutablePointer<Float>,
    _ dInputStride: Int, epilogue: ProductEpilogue, _ gradient: UnsafeMutablePointer<Float>
  ) {
    let (ins, outs) = (matrix.tensor.rows, matrix.tensor.columns)
    let rowPairStride = MixedScratch.stride(ins)
    kernels.bfloat16.pack(dOut, dOutStride, 1, rows, outs, scratch.panels)
    kernels.bfloat16.pairRows(
      input, inputStride, rows, ins, prologue, scratch.words, rowPairStride)
    kernels.bfloat16.multiply(
      BFloat16Product(
        M: ins, N: outs, pairs: (rows + 1) / 2, a: scratch.words, aRow: 1, aColumn: rowPairStride,
        panels: scratch.panels, c: gradient + matrix.tensor.offset, cRow: outs, addend: .result))
    let columnPairStride = MixedScratch.stride((outs + 1) / 2)
    kernels.bfloat16.pairColumns(dOut, dOutStride, rows, outs, scratch.words, columnPairStride)
    kernels.bfloat16.multiply(
      BFloat16Product(
        M: rows, N: ins, pairs: (outs + 1) / 2, a: scratch.words, aRow: columnPairStride,
        panels: packed.words + matrix.backward, c: dInput, cRow: dInputStride, addend: .nothing,
        epilogue: epilogue))
  }
}
