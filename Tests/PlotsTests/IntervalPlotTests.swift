import Foundation
import FoundationXML
import Plots
import Testing

@Suite struct IntervalPlotTests {
  private static func plot(_ rows: [IntervalPlot.Row], reference: Double? = nil) -> IntervalPlot {
    IntervalPlot(
      title: "a <title> & more", caption: "\"bits\"", series: ["one", "two"], rows: rows,
      reference: reference)
  }

  private static func mark(
    _ values: [Double], interval: ClosedRange<Double>? = nil
  )
    -> IntervalPlot.Mark
  {
    IntervalPlot.Mark(
      series: 0, values: values, mean: values.reduce(0, +) / Double(values.count),
      interval: interval)
  }

  @Test func valuesLieOnOneAxisInTheirOrder() throws {
    let rows = [
      IntervalPlot.Row(label: "<script>alert(1)</script>", marks: [Self.mark([2.0, 2.5, 3.0])]),
      IntervalPlot.Row(label: "nothing yet", marks: []),
      IntervalPlot.Row(label: "later & lower", marks: [Self.mark([1.0], interval: 0.5...1.5)]),
    ]
    let svg = try #require(Self.plot(rows, reference: 0).svg)
    let drawing = try Drawing(svg)
    let x = drawing.circles
    try #require(x.count == 4)
    #expect(x[0] < x[1] && x[1] < x[2], "greater is further right")
    #expect(abs((x[1] - x[0]) - (x[2] - x[1])) < 0.2, "the axis is linear")
    #expect(abs((x[0] - x[3]) - 2 * (x[1] - x[0])) < 0.3, "rows share it")
    #expect(x.allSatisfy { (300...880).contains($0) })
    #expect(drawing.texts.contains("<script>alert(1)</script>"), "text, not an element")
    #expect(drawing.texts.contains("nothing yet"))
    #expect(drawing.brokenLines == 1)
  }

  @Test func whatCannotBeDrawnIsNotDrawn() throws {
    #expect(Self.plot([]).svg == nil)
    #expect(Self.plot([IntervalPlot.Row(label: "empty", marks: [])], reference: 0).svg == nil)
    let broken = IntervalPlot.Row(label: "nan", marks: [Self.mark([.nan])])
    #expect(Self.plot([broken]).svg == nil)
    let mixed = IntervalPlot.Row(
      label: "mixed",
      marks: [.init(series: 0, values: [2, .infinity], mean: .infinity, interval: nil)])
    let drawing = try Drawing(try #require(Self.plot([mixed]).svg))
    #expect(drawing.circles.count == 1, "an infinite value has no place")
  }

  @Test(arguments: [
    [2.0, 2.0], [0, 0], [-0.013, 0.106], [1e-9, 2e-9], [1, 1e6], [2.3490, 2.3494], [-5, -4],
  ])
  func axesHaveRoundMarksThatCanBeToldApart(_ values: [Double]) throws {
    let axis = Axis(holding: values)
    #expect(axis.range.contains(values[0]) && axis.range.contains(values[1]))
    #expect((2...14).contains(axis.marks.count), "\(axis.marks)")
    #expect(axis.marks.allSatisfy(axis.range.contains))
    let texts = axis.marks.map { String(format: "%.\(axis.places)f", $0) }
    #expect(Set(texts).count == texts.count, "\(texts)")
    let width = axis.range.upperBound - axis.range.lowerBound
    for (text, mark) in zip(texts, axis.marks) {
      #expect(abs((Double(text) ?? .nan) - mark) < width * 1e-9, "\(text) is \(mark)")
    }
  }

  @Test func numbersOfPixelsKeepTheirSign() {
    #expect(SVG.number(-0.26) == "-0.3")
    #expect(SVG.number(-0.04) == "0.0")
    #expect(SVG.number(12.34) == "12.3")
    #expect(SVG.number(-7) == "-7.0")
  }
}

/// Reads a drawing as XML.
private final class Drawing: NSObject, XMLParserDelegate {
  private(set) var circles: [Double] = []
  private(set) var texts: [String] = []
  private(set) var brokenLines = 0
  private var isInText = false

  init(_ svg: String) throws {
    super.init()
    let parser = XMLParser(data: Data(svg.utf8))
    parser.delegate = self
    #expect(parser.parse(), "\(parser.parserError.map(String.init(describing:)) ?? "")")
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    if name == "circle", let x = attributes["cx"].flatMap(Double.init) { circles.append(x) }
    if name == "line", attributes["stroke-dasharray"] != nil { brokenLines += 1 }
    isInText = name == "text"
    if isInText { texts.append("") }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) { isInText = false }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if isInText { texts[texts.count - 1] += text }
  }
}
