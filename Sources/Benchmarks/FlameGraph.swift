public import KernelInterface
import Plots

/// Draws a profile as a flame graph: width is time, depth is the call tree.
///
/// - Source: B. Gregg, "The flame graph", CACM 59(6), 2016 (with the root on top).
public enum FlameGraph {
  private static let width = 1_200.0, rowHeight = 20.0, margin = 10.0

  /// Returns an SVG document; each box says its label, time and share when pointed at.
  public static func svg(_ profile: Profile, title: String) -> String {
    let depths = depths(of: profile)
    let height = 2 * margin + 24 + rowHeight * Double((depths.max() ?? 0) + 1)
    var boxes = ""
    let whole = Double(max(profile.nanoseconds, 1))
    let scale = (width - 2 * margin) / whole
    var starts = [Double](repeating: 0, count: profile.nodes.count)
    var outermost = 0.0
    for (index, node) in profile.nodes.enumerated() {
      if node.parent < 0 {
        starts[index] = outermost
        outermost += Double(node.nanoseconds)
      }
      var start = starts[index]
      for child in node.children {
        starts[child] = start
        start += Double(profile.nodes[child].nanoseconds)
      }
      let (x, w) = (margin + starts[index] * scale, Double(node.nanoseconds) * scale)
      if w < 0.2 { continue }
      boxes += box(
        node, x: x, y: margin + 24 + rowHeight * Double(depths[index]), width: w,
        share: Double(node.nanoseconds) / whole)
    }
    return SVG.document(width: width, height: height, title: title, body: boxes)
  }

  private static func box(
    _ node: Profile.Node, x: Double, y: Double, width w: Double, share: Double
  ) -> String {
    let milliseconds = Double(node.nanoseconds) / 1e6
    let rate =
      node.operations > 0
      ? ", \(SVG.number(node.operations / Double(node.nanoseconds))) GFLOP/s" : ""
    let tip =
      "\(node.label): \(SVG.number(milliseconds)) ms, \(SVG.number(100 * share)) %, \(node.calls) calls"
      + rate
    let room = Int(w / 6.2)
    let text =
      room >= 3 ? node.label.count <= room ? node.label : node.label.prefix(room - 1) + "…" : ""
    return """
      <g><title>\(SVG.escaped(tip))</title><rect x="\(SVG.number(x))" y="\(SVG.number(y))" width="\(SVG.number(w))" \
      height="\(SVG.number(rowHeight - 1))" rx="2" fill="\(colour(node.label))"/>\
      <text x="\(SVG.number(x + 3))" y="\(SVG.number(y + 13))" fill="#222222">\(SVG.escaped(text))</text></g>

      """
  }

  private static func depths(of profile: Profile) -> [Int] {
    var depths: [Int] = []
    for node in profile.nodes { depths.append(node.parent < 0 ? 0 : depths[node.parent] + 1) }
    return depths
  }

  /// One warm tint a label, the same in every drawing.
  private static func colour(_ label: String) -> String {
    var hash: UInt32 = 2_166_136_261
    for byte in label.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return "hsl(\(20 + hash % 35), \(70 + hash / 64 % 20)%, \(62 + hash / 4_096 % 14)%)"
  }
}
