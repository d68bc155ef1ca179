extension Reference {
  /// Returns the hash rows of the n-grams that end at each byte, side by side.
  ///
  ///     out[t, o·W + w] = tables[o, row_o(t), w]
  ///
  /// `row_o(t)` is ``NgramHash/row(_:position:order:rows:)``; where it is nil, the channels are 0.
  /// - Parameters:
  ///   - inputs: Bytes of the window, shape `(n)`.
  ///   - tables: Shape `(O, ngramRows, W)`.
  ///   - configuration: Gives the orders and the tables' sizes.
  /// - Returns: Shape `(n, O·W)`.
  public static func ngrams<Scalar: ReferenceScalar>(
    _ inputs: [UInt8], tables: [Scalar], configuration: ModelConfiguration
  ) -> [Scalar] {
    let W = configuration.ngramWidth
    let channels = configuration.ngramChannels
    require("ngrams", count: tables.count, is: channels * configuration.ngramRows)
    var out: [Scalar] = zeros(inputs.count * channels)
    for place in ngramPlaces(inputs, configuration: configuration) {
      for w in 0..<W {
        out[place.channel + w] = tables[place.element + w]
      }
    }
    return out
  }

  /// Adds the gradient of ``ngrams(_:tables:configuration:)`` in the tables to `dTables`.
  ///
  ///     dTables[o, row_o(t), w] += dOut[t, o·W + w]
  ///
  /// - Parameters:
  ///   - dOut: Gradient in the result, shape `(n, O·W)`.
  ///   - inputs: Bytes of the window, shape `(n)`.
  ///   - configuration: Gives the orders and the tables' sizes.
  ///   - dTables: Shape `(O, ngramRows, W)`; rows that no n-gram hits are left alone.
  public static func ngramsBackward<Scalar: ReferenceScalar>(
    _ dOut: [Scalar], inputs: [UInt8], configuration: ModelConfiguration, dTables: inout [Scalar]
  ) {
    let W = configuration.ngramWidth
    let channels = configuration.ngramChannels
    require("ngramsBackward", count: dTables.count, is: channels * configuration.ngramRows)
    require("ngramsBackward", count: dOut.count, is: inputs.count * channels)
    for place in ngramPlaces(inputs, configuration: configuration) {
      for w in 0..<W {
        dTables[place.element + w] += dOut[place.channel + w]
      }
    }
  }

  /// The hash rows in use: the first element of each in the tables, and of its copy in `(n, O·W)`.
  static func ngramPlaces(
    _ inputs: [UInt8], configuration: ModelConfiguration
  ) -> [(element: Int, channel: Int)] {
    let W = configuration.ngramWidth
    let rows = configuration.ngramRows
    var places: [(element: Int, channel: Int)] = []
    for t in inputs.indices {
      for (o, order) in configuration.ngramOrders.enumerated() {
        guard let row = ngramRow(inputs, position: t, order: order, rows: rows) else { continue }
        places.append(((o * rows + row) * W, t * configuration.ngramChannels + o * W))
      }
    }
    return places
  }

  private static func ngramRow(
    _ inputs: [UInt8], position: Int, order: Int, rows: Int
  ) -> Int? {
    unsafe inputs.withUnsafeBufferPointer { bytes in
      guard let first = bytes.baseAddress else { return nil }
      return unsafe NgramHash.row(first, position: position, order: order, rows: rows)
    }
  }
}
