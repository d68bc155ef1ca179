public import KernelInterface

/// This variant's functions.
public let kernels = KernelSet(
  name: variantName, panelWidth: tileColumns, bfloat16: bfloat16Kernels, pack: pack,
  multiply: multiply, rmsNorm: rmsNorm,
  rmsNormBackward: rmsNormBackward, tokenShift: tokenShift,
  tokenShiftBackward: tokenShiftBackward, rotary: rotary, rotaryBackward: rotaryBackward,
  causalSoftmax: causalSoftmax, causalSoftmaxAgain: causalSoftmaxAgain,
  softmaxBackward: softmaxBackward, squaredReLU: squaredReLU,
  squaredReLUBackward: squaredReLUBackward, crossEntropy: crossEntropy, softmax: softmax,
  dropout: dropout, addScaled: addScaled, combine: combine, addRows: addRows,
  sumOfSquares: sumOfSquares, adamW: adamW)
