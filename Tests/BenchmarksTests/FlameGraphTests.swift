import Benchmarks
import Foundation
import FoundationXML
import KernelInterface
import Testing

@Suite struct FlameGraphTests {
  private func profile() -> Profile {
    let profile = Profile()
    profile.measure("step <&>") {
      profile.measure("half") { Thread.sleep(forTimeInterval: 0.02) }
      profile.measure("rest", operations: 1e6) { Thread.sleep(forTimeInterval: 0.02) }
    }
    return profile
  }

  @Test func boxesLieInsideThoseAroundThem() throws {
    let profile = profile()
    let svg = FlameGraph.svg(profile, title: "a \"title\"")
    let document = try XMLDocumentCheck.boxes(of: svg)
    #expect(document.count == 3)
    let step = try #require(document["step <&>"])
    for node in profile.nodes.dropFirst() {
      let inner = try #require(document[node.label])
      let share = Double(node.nanoseconds) / Double(profile.nodes[0].nanoseconds)
      #expect(inner.x >= step.x - 0.1)
      #expect(inner.x + inner.width <= step.x + step.width + 0.2)
      #expect(inner.y > step.y)
      #expect(abs(inner.width - share * step.width) <= 0.2)
    }
  }

  @Test func anEmptyProfileIsAnEmptyDrawing() throws {
    #expect(try XMLDocumentCheck.boxes(of: FlameGraph.svg(Profile(), title: "none")).isEmpty)
  }
}

/// Reads the drawing as XML and returns its labelled boxes.
private final class XMLDocumentCheck: NSObject, XMLParserDelegate {
  struct Box {
    var x = 0.0, y = 0.0, width = 0.0
  }

  private var found: [String: Box] = [:]
  private var title = ""
  private var inTitle = false

  static func boxes(of svg: String) throws -> [String: Box] {
    let parser = XMLParser(data: Data(svg.utf8))
    let check = XMLDocumentCheck()
    parser.delegate = check
    try #require(parser.parse(), "not well-formed XML")
    return check.found
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    inTitle = name == "title"
    if inTitle { title = "" }
    if name == "rect", !title.isEmpty {
      let label = title.components(separatedBy: ": ")[0]
      found[label] = Box(
        x: Double(attributes["x"] ?? "") ?? .nan, y: Double(attributes["y"] ?? "") ?? .nan,
        width: Double(attributes["width"] ?? "") ?? .nan)
      title = ""
    }
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    if inTitle { title += string }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    if name == "title" { inTitle = false }
  }
}
