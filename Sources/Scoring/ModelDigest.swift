internal import Determinism
internal import KernelInterface
public import LanguageModel

/// What a network computes, as a hash: its sizes and switches, and every weight to the bit.
///
/// Neither the run that trained it nor the file that holds it takes part, so that a mean of
/// checkpoints and a copy in another format have a digest as well.
public enum ModelDigest {
  /// SHA-256 in hexadecimal.
  ///
  /// - Complexity: O(parameters).
  public static func sha256(of engine: Transformer) -> String {
    let model = engine.configuration
    let layout = engine.layout
    var pieces: [() -> [UInt8]] = [{ Array(description(of: model).utf8) }]
    for tensor in layout.tensors where tensor.offset < layout.modelCount {
      pieces.append {
        Array("\(tensor.name) \(tensor.rows) \(tensor.columns)\n".utf8)
          + bytes(engine.parameters, tensor.range)
      }
    }
    // In parts: a second copy of large tables is not needed.
    let part = 1 << 18
    for start in stride(from: 0, to: layout.tableCount, by: part) {
      pieces.append { bytes(engine.tables, start..<min(start + part, layout.tableCount)) }
    }
    var next = pieces.makeIterator()
    return Digest.sha256(pieces: { next.next().map { $0() } })
  }

  /// Every property that the predictions depend on, a line each.
  static func description(of model: ModelConfiguration) -> String {
    var lines = [
      "igla model 1", "encoder \(model.encoder)", "width \(model.width)", "layers \(model.layers)",
      "attention \(model.attention)", "heads \(model.heads)", "context \(model.context)",
      "hidden \(model.hidden)", "orders \(model.ngramOrders)", "rows \(model.ngramRows)",
      "ngram width \(model.ngramWidth)", "contexts \(model.contexts)",
      "shift \(model.tokenShift)", "activation \(model.activation.rawValue)",
      "value residual \(model.valueResidual)", "gain \(model.qkGain)", "base \(model.rotaryBase)",
    ]
    if let nca = model.nca {
      lines.append("nca \(nca.rule.rawValue) \(nca.steps) \(nca.states) \(nca.grid)")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func bytes(
    _ values: UnsafeMutableBufferPointer<Float>, _ range: Range<Int>
  )
    -> [UInt8]
  {
    let words = range.map { values[$0].bitPattern.littleEndian }
    return words.withUnsafeBytes { Array($0) }
  }
}
