extension KernelSet {
  /// The same functions, each of which counts its time in `profile`.
  ///
  /// An engine made with them is to run on one thread. Operations are counted for matrix products,
  /// two for a multiplication and its addition; triangles left out do not count, nor do epilogues,
  /// whose time is the product's.
  public func profiled(by profile: Profile) -> KernelSet {
    let plain = self
    var set = self
    set.profile = profile
    set.pack = { b, row, column, K, N, panels in
      profile.measure("pack") { plain.pack(b, row, column, K, N, panels) }
    }
    set.packRows = { x, stride, K, M, prologue, panels in
      profile.measure("pack") { plain.packRows(x, stride, K, M, prologue, panels) }
    }
    set.multiply = { product in
      let count = 2 * Double(product.M) * Double(product.N) * Double(product.K)
      let share = product.triangle.share(M: product.M, N: product.N, K: product.K)
      profile.measure("matrix product", operations: count * share) {
        plain.multiply(product)
      }
    }
    set.bfloat16 = plain.bfloat16.profiled(by: profile)
    set.rmsNorm = { x, gain, rows, C, out, inverse in
      profile.measure("norm") { plain.rmsNorm(x, gain, rows, C, out, inverse) }
    }
    set.rmsNormBackward = { x, gain, inverse, dOut, rows, C, dX, dGain in
      profile.measure("norm") {
        plain.rmsNormBackward(x, gain, inverse, dOut, rows, C, dX, dGain)
      }
    }
    set.tokenShift = { y, shift, T, C in
      profile.measure("token shift") { plain.tokenShift(y, shift, T, C) }
    }
    set.tokenShiftBackward = { dY, unshifted, shift, T, C, dShift in
      profile.measure("token shift") {
        plain.tokenShiftBackward(dY, unshifted, shift, T, C, dShift)
      }
    }
    set.rotary = { rotation in profile.measure("rotary") { plain.rotary(rotation) } }
    set.rotaryBackward = { rotation, gradient in
      profile.measure("rotary") { plain.rotaryBackward(rotation, gradient) }
    }
    set.causalSoftmax = { logits, rows, first, columns, stride, logSum in
      profile.measure("softmax") {
        plain.causalSoftmax(logits, rows, first, columns, stride, logSum)
      }
    }
    set.causalSoftmaxAgain = { logits, rows, first, columns, stride, logSum in
      profile.measure("softmax") {
        plain.causalSoftmaxAgain(logits, rows, first, columns, stride, logSum)
      }
    }
    set.causalSoftmaxBackward = { probabilities, dP, rows, first, columns, stride in
      profile.measure("softmax") {
        plain.causalSoftmaxBackward(probabilities, dP, rows, first, columns, stride)
      }
    }
    set.activate = { kind, x, count, out in
      profile.measure("activation") { plain.activate(kind, x, count, out) }
    }
    set.activateBackward = { kind, x, count, dOut in
      profile.measure("activation") { plain.activateBackward(kind, x, count, dOut) }
    }
    set.squaredReLU = { x, count, out in
      profile.measure("ReLU²") { plain.squaredReLU(x, count, out) }
    }
    set.squaredReLUBackward = { x, count, dOut in
      profile.measure("ReLU²") { plain.squaredReLUBackward(x, count, dOut) }
    }
    set.automaton = { automaton in
      profile.measure("automaton") { plain.automaton(automaton) }
    }
    set.automatonBackward = { automaton, gradient in
      profile.measure("automaton backward") { plain.automatonBackward(automaton, gradient) }
    }
    set.dropout = { x, count, low, high, threshold, scale in
      profile.measure("dropout") { plain.dropout(x, count, low, high, threshold, scale) }
    }
    set.combine = { a, x, b, y, count, out in
      profile.measure("combine") { plain.combine(a, x, b, y, count, out) }
    }
    set.sumOfSquares = { x, count in
      profile.measure("sum of squares") { plain.sumOfSquares(x, count) }
    }
    set.adamW = { step in profile.measure("AdamW") { plain.adamW(step) } }
    return set
  }

  /// Runs `body`, as a span of the profile if there is one.
  @inline(__always)
  public func span<Result>(_ label: StaticString, _ body: () -> Result) -> Result {
    guard let profile else { return body() }
    return profile.measure(label, body)
  }
}

extension BFloat16Kernels {
  func profiled(by profile: Profile) -> BFloat16Kernels {
    let plain = self
    return BFloat16Kernels(
      inHardware: inHardware, panelWidth: panelWidth,
      pairColumns: { x, stride, rows, columns, words, wordStride in
        profile.measure("round to bf16") {
          plain.pairColumns(x, stride, rows, columns, words, wordStride)
        }
      },
      pairRows: { x, stride, rows, columns, prologue, words, wordStride in
        profile.measure("round to bf16") {
          plain.pairRows(x, stride, rows, columns, prologue, words, wordStride)
        }
      },
      pack: { b, row, column, K, N, panels in
        profile.measure("pack") { plain.pack(b, row, column, K, N, panels) }
      },
      multiply: { product in
        let count = 4 * Double(product.M) * Double(product.N) * Double(product.pairs)
        let share = product.triangle.share(M: product.M, N: product.N, K: 2 * product.pairs)
        profile.measure("bf16 product", operations: count * share) { plain.multiply(product) }
      },
      multiplyAddChains: plain.multiplyAddChains)
  }
}
