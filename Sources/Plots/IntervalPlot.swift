import Foundation

/// Rows of means with their intervals and single values on a common axis: a forest plot.
package struct IntervalPlot {
  /// The values of one row and one series.
  package struct Mark {
    /// Number of the series, which sets its colour.
    package var series: Int
    package var values: [Double]
    package var mean: Double
    /// The drawn line, if any; what is not finite is not drawn.
    package var interval: ClosedRange<Double>?

    package init(
      series: Int, values: [Double], mean: Double, interval: ClosedRange<Double>?
    ) {
      self.series = series
      self.values = values
      self.mean = mean
      self.interval = interval
    }
  }

  package struct Row {
    package var label: String
    /// Empty where there is nothing to draw yet.
    package var marks: [Mark]

    package init(label: String, marks: [Mark]) {
      self.label = label
      self.marks = marks
    }
  }

  package var title: String
  /// What the axis counts, and what the lines are.
  package var caption: String
  /// Names of the series; a legend appears for two or more.
  package var series: [String]
  package var rows: [Row]
  /// A value to compare with, drawn as a broken line.
  package var reference: Double?

  package init(
    title: String, caption: String, series: [String], rows: [Row], reference: Double? = nil
  ) {
    self.title = title
    self.caption = caption
    self.series = series
    self.rows = rows
    self.reference = reference
  }

  // Told apart also by people who do not see red and green alike, and in grey.
  private static let colours = ["#0072b2", "#d55e00", "#555555"]
  private static let width = 900.0, labelWidth = 300.0, lineHeight = 15.0, gap = 9.0

  /// Returns the SVG document; `nil` where no row has a finite value.
  package var svg: String? {
    let marks = rows.flatMap(\.marks)
    var shown = marks.flatMap { mark in
      mark.values + [mark.mean] + (mark.interval.map { [$0.lowerBound, $0.upperBound] } ?? [])
    }.filter(\.isFinite)
    if shown.isEmpty { return nil }
    if let reference { shown.append(reference) }
    let axis = Axis(holding: shown)
    let field = Self.labelWidth...(Self.width - 20)
    var (ground, body) = ("", "")
    var y = 38.0
    if series.count > 1 {
      body += legend(y)
      y += 20
    }
    let top = y
    for (index, row) in rows.enumerated() {
      let height = Self.lineHeight * Double(max(1, row.marks.count)) + Self.gap
      if index.isMultiple(of: 2) {
        ground += rectangle(x: 0, y: y, width: Self.width, height: height, fill: "#f4f4f4")
      }
      body += label(row.label, y: y + height / 2 + 4)
      for (line, mark) in row.marks.enumerated() {
        let centre = y + Self.gap / 2 + Self.lineHeight * (Double(line) + 0.5)
        body += draw(mark, y: centre, axis, field)
      }
      y += height
    }
    ground += grid(axis, field, top: top, bottom: y)
    if let reference {
      let x = SVG.number(axis.position(reference, in: field))
      ground += """
        <line x1="\(x)" y1="\(SVG.number(top))" x2="\(x)" y2="\(SVG.number(y))" stroke="#222222" \
        stroke-dasharray="4 3"/>

        """
    }
    for mark in axis.marks {
      body += text(
        String(format: "%.\(axis.places)f", mark), x: axis.position(mark, in: field), y: y + 15,
        anchor: "middle")
    }
    body += text(
      caption, x: (field.lowerBound + field.upperBound) / 2, y: y + 34, anchor: "middle")
    return SVG.document(width: Self.width, height: y + 46, title: title, body: ground + body)
  }

  private func draw(
    _ mark: Mark, y: Double, _ axis: Axis, _ field: ClosedRange<Double>
  ) -> String {
    let colour = Self.colours[mark.series % Self.colours.count]
    var out = ""
    if let interval = mark.interval, interval.lowerBound.isFinite, interval.upperBound.isFinite {
      let low = SVG.number(axis.position(interval.lowerBound, in: field))
      let high = SVG.number(axis.position(interval.upperBound, in: field))
      out += """
        <line x1="\(low)" y1="\(SVG.number(y))" x2="\(high)" y2="\(SVG.number(y))" \
        stroke="\(colour)" stroke-width="2"/>

        """
    }
    for value in mark.values where value.isFinite {
      out += """
        <circle cx="\(SVG.number(axis.position(value, in: field)))" cy="\(SVG.number(y))" r="2.5" \
        fill="none" stroke="\(colour)"/>

        """
    }
    guard mark.mean.isFinite else { return out }
    let x = axis.position(mark.mean, in: field)
    out += """
      <rect x="\(SVG.number(x - 3))" y="\(SVG.number(y - 5))" width="6.0" height="10.0" \
      fill="\(colour)"/>

      """
    return out
  }

  private func legend(_ y: Double) -> String {
    var out = ""
    var x = Self.labelWidth
    for (index, name) in series.enumerated() {
      out += rectangle(
        x: x, y: y, width: 10, height: 10, fill: Self.colours[index % Self.colours.count])
      out += text(name, x: x + 15, y: y + 9, anchor: "start")
      x += 40 + 6.5 * Double(name.count)
    }
    return out
  }

  private func grid(
    _ axis: Axis, _ field: ClosedRange<Double>, top: Double, bottom: Double
  ) -> String {
    axis.marks.map { mark in
      let x = SVG.number(axis.position(mark, in: field))
      return """
        <line x1="\(x)" y1="\(SVG.number(top))" x2="\(x)" y2="\(SVG.number(bottom + 4))" \
        stroke="#cccccc"/>

        """
    }.joined()
  }

  private func label(_ label: String, y: Double) -> String {
    let room = Int((Self.labelWidth - 20) / 6.2)
    let short = label.count <= room ? label : label.prefix(room - 1) + "…"
    return text(short, x: Self.labelWidth - 12, y: y, anchor: "end")
  }

  private func rectangle(
    x: Double, y: Double, width: Double, height: Double, fill: String
  ) -> String {
    """
    <rect x="\(SVG.number(x))" y="\(SVG.number(y))" width="\(SVG.number(width))" \
    height="\(SVG.number(height))" fill="\(fill)"/>

    """
  }

  private func text(_ text: String, x: Double, y: Double, anchor: String) -> String {
    """
    <text x="\(SVG.number(x))" y="\(SVG.number(y))" text-anchor="\(anchor)" \
    fill="#222222">\(SVG.escaped(text))</text>

    """
  }
}
