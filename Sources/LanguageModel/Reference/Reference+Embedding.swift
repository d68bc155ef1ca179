extension Reference {
  /// Returns the table row of each input byte.
  ///
  ///     out[t, :] = table[inputs[t], :]
  ///
  /// - Parameters:
  ///   - inputs: Bytes, shape `(n)`.
  ///   - table: Shape `(256, C)`.
  ///   - width: `C`.
  /// - Returns: Shape `(n, C)`.
  public static func embedding<Scalar: ReferenceScalar>(
    _ inputs: [UInt8], table: [Scalar], width: Int
  ) -> [Scalar] {
    let C = width
    require("embedding", count: table.count, is: ModelConfiguration.vocabulary * C)
    var out: [Scalar] = []
    for byte in inputs {
      out += table[(Int(byte) * C)..<((Int(byte) + 1) * C)]
    }
    return out
  }

  /// Returns the gradient of ``embedding(_:table:width:)`` in the table.
  ///
  ///     dTable[v, i] = Σ_{t: inputs[t] = v} dOut[t, i]
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the result, shape `(n, C)`.
  ///   - inputs: Bytes, shape `(n)`.
  ///   - width: `C`.
  /// - Returns: Shape `(256, C)`.
  public static func embeddingBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], inputs: [UInt8], width: Int
  ) -> [Scalar] {
    let C = width
    require("embeddingBackward", count: dOut.count, is: inputs.count * C)
    var dTable: [Scalar] = zeros(ModelConfiguration.vocabulary * C)
    for t in inputs.indices {
      for i in 0..<C {
        dTable[Int(inputs[t]) * C + i] += dOut[t * C + i]
      }
    }
    return dTable
  }
}
