public import KernelInterface

/// This variant's functions.
public let kernels = KernelSet(
  name: variantName, panelWidth: tileColumns, lanes: Vector.scalarCount,
  bfloat16: bfloat16Kernels, pack: pack, packRows: packRows,
  multiply: multiply, rmsNorm: rmsNorm,
  rmsNormBackward: rmsNormBackward, tokenShift: tokenShift,
  tokenShiftBackward: tokenShiftBackward, rotary: rotary, rotaryBackward: rotaryBackward,
  causalSoftmax: causalSoftmax, causalSoftmaxAgain: causalSoftmaxAgain,
  causalSoftmaxBackward: causalSoftmaxBackward, squaredReLU: squaredReLU,
  squaredReLUBackward: squaredReLUBackward, activate: activate,
  activateBackward: activateBackward, crossEntropy: crossEntropy, softmax: softmax,
  automaton: automaton, automatonBackward: automatonBackward, dropout: dropout,
  addScaled: addScaled, combine: combine, addRows: addRows,
  sumOfSquares: sumOfSquares, streamSum: streamSum, multiplyAddChains: multiplyAddChains,
  adamW: adamW)
