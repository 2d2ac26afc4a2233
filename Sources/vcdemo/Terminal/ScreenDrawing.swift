// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A screen as a drawing, for pages that show no terminal.
package struct ScreenDrawing {
  private static let cellWidth = 8.4
  private static let cellHeight = 17.0
  private static let margin = 12.0
  private static let ink = "#d0d7de"
  private static let ground = "#0d1117"

  private let screen: Screen

  /// Draws this.
  package init(_ screen: Screen) { self.screen = screen }

  /// The whole file, as SVG.
  ///
  /// - Parameter title: what it shows, for who cannot see it.
  /// - Returns: the text of the file.
  package func svg(title: String) -> String {
    let width = Double(screen.width) * Self.cellWidth + 2 * Self.margin
    let height = Double(screen.height) * Self.cellHeight + 2 * Self.margin
    let size = "\(Self.number(width)) \(Self.number(height))"
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(size)\" role=\"img\" "
        + "font-family=\"ui-monospace,SFMono-Regular,Menlo,Consolas,monospace\" font-size=\"14\" "
        + "shape-rendering=\"crispEdges\">",
      "<title>\(Markup.escaped(title))</title>",
      "<rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"\(Self.ground)\"/>",
    ]
    for y in 0..<screen.height { lines += rectangles(y) + texts(y) }
    return (lines + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  // MARK: Blocks

  /// The colours of the halves of a row's cells, drawn as rectangles, as long as they can be.
  private func rectangles(_ y: Int) -> [String] {
    let halves = (0..<screen.width).map { colours(screen[$0, y]) }
    if halves.allSatisfy({ $0.upper == $0.lower }) {
      return rectangles(halves.map(\.upper), Double(y), height: 1)
    }
    return rectangles(halves.map(\.upper), Double(y), height: 0.5)
      + rectangles(halves.map(\.lower), Double(y) + 0.5, height: 0.5)
  }

  private func rectangles(_ colours: [UInt8?], _ y: Double, height: Double) -> [String] {
    var result: [String] = []
    var x = 0
    while x < colours.count {
      var end = x + 1
      while end < colours.count, colours[end] == colours[x] { end += 1 }
      if let colour = colours[x] {
        let left = Self.margin + Double(x) * Self.cellWidth
        let top = Self.margin + y * Self.cellHeight
        result.append(
          "<rect x=\"\(Self.number(left))\" y=\"\(Self.number(top))\" "
            + "width=\"\(Self.number(Double(end - x) * Self.cellWidth))\" "
            + "height=\"\(Self.number(height * Self.cellHeight))\" fill=\"\(Self.hex(colour))\"/>")
      }
      x = end
    }
    return result
  }

  private func colours(_ cell: Screen.Cell) -> (upper: UInt8?, lower: UInt8?) {
    switch cell.character {
    case "▀": (cell.style.ink, cell.style.ground)
    case "▄": (cell.style.ground, cell.style.ink)
    case "█": (cell.style.ink, cell.style.ink)
    default: (cell.style.ground, cell.style.ground)
    }
  }

  // MARK: Words

  /// The characters of a row that are no blocks, in pieces of one look.
  private func texts(_ y: Int) -> [String] {
    var result: [String] = []
    var x = 0
    while x < screen.width {
      let style = screen[x, y].style
      var end = x
      var text = ""
      while end < screen.width, screen[end, y].style == style, !isBlock(screen[end, y]) {
        text.append(screen[end, y].character)
        end += 1
      }
      if text.contains(where: { $0 != " " }) { result.append(element(text, x, y, style)) }
      x = max(end, x + 1)
    }
    return result
  }

  private func isBlock(_ cell: Screen.Cell) -> Bool { "▀▄█".contains(cell.character) }

  private func element(_ text: String, _ x: Int, _ y: Int, _ style: Style) -> String {
    let left = Self.margin + Double(x) * Self.cellWidth
    let base = Self.margin + Double(y) * Self.cellHeight + 13
    // So wide, whichever font there is.
    let width = Double(text.count) * Self.cellWidth
    return "<text xml:space=\"preserve\" x=\"\(Self.number(left))\" y=\"\(Self.number(base))\" "
      + "textLength=\"\(Self.number(width))\" fill=\"\(style.ink.map(Self.hex) ?? Self.ink)\""
      + (style.isBold ? " font-weight=\"bold\"" : "") + ">\(Markup.escaped(text))</text>"
  }

  // MARK: Numbers

  private static func number(_ value: Double) -> String {
    let tenths = (value * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
  }

  /// A colour of the terminal's palette: a cube of six steps each way, then greys.
  static func hex(_ colour: UInt8) -> String {
    let steps = [0, 95, 135, 175, 215, 255]
    let index = Int(colour)
    let parts: [Int]
    switch index {
    case 16..<232:
      let cube = index - 16
      parts = [cube / 36, cube / 6 % 6, cube % 6].map { steps[$0] }
    case 232...: parts = Array(repeating: 8 + 10 * (index - 232), count: 3)
    default: parts = [128, 128, 128]
    }
    return "#" + parts.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
