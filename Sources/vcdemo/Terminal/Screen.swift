// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// How a character looks.
package struct Style: Hashable, Sendable {
  /// The colour of the character, of the 256 that terminals have; nil for the terminal's own.
  package var ink: UInt8?
  /// The colour behind it.
  package var ground: UInt8?
  /// Whether it is bold.
  package var isBold: Bool

  /// A look.
  package init(ink: UInt8? = nil, ground: UInt8? = nil, isBold: Bool = false) {
    self.ink = ink
    self.ground = ground
    self.isBold = isBold
  }

  /// As the terminal writes by itself.
  package static let plain = Style()

  /// What changes a terminal to it, whatever was before.
  package var sequence: String {
    var codes = ["0"]
    if isBold { codes.append("1") }
    if let ink { codes.append("38;5;\(ink)") }
    if let ground { codes.append("48;5;\(ground)") }
    return "\u{1B}[\(codes.joined(separator: ";"))m"
  }
}

/// What stands on a terminal: a grid of characters, each one column wide.
///
/// Pure: what is drawn is compared with what stood there, and only the difference is written.
package struct Screen: Equatable, Sendable {
  /// A character and its look.
  package struct Cell: Equatable, Sendable {
    /// The character.
    package var character: Character
    /// The look.
    package var style: Style

    /// A character with a look.
    package init(character: Character = " ", style: Style = .plain) {
      self.character = character
      self.style = style
    }
  }

  /// The columns.
  package let width: Int
  /// The rows.
  package let height: Int
  private var cells: [Cell]

  /// An empty screen.
  package init(width: Int, height: Int) {
    self.width = max(1, width)
    self.height = max(1, height)
    cells = Array(repeating: Cell(), count: self.width * self.height)
  }

  /// The cell in a column and a row, from 0.
  package subscript(x: Int, y: Int) -> Cell {
    get { cells[y * width + x] }
    set {
      guard x >= 0, y >= 0, x < width, y < height else { return }
      cells[y * width + x] = newValue
    }
  }

  /// Writes a text, as far as there is room: never beyond its row, nor beyond a column.
  ///
  /// - Parameters:
  ///   - text: what is written; a control character becomes a question mark.
  ///   - x: the first column.
  ///   - y: the row.
  ///   - style: the look.
  ///   - end: the column behind the last one.
  /// - Returns: the column behind the text.
  @discardableResult
  package mutating func put(
    _ text: String, x: Int, y: Int, _ style: Style = .plain, upTo end: Int? = nil
  ) -> Int {
    var column = x
    for character in text {
      guard column < min(end ?? width, width) else { break }
      let isControl = character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
      self[column, y] = Cell(character: isControl ? "?" : character, style: style)
      column += 1
    }
    return column
  }

  /// The characters of a row, without spaces at its end.
  package func text(ofRow y: Int) -> String {
    let row = String((0..<width).map { self[$0, y].character })
    return String(row.reversed().drop { $0 == " " }.reversed())
  }

  /// What makes a terminal that shows one screen show this one.
  ///
  /// - Parameter old: what it shows; nil, or one of another size, where that is not known.
  /// - Returns: text with escape sequences; empty where nothing differs.
  package func update(from old: Screen?) -> String {
    let known = old.flatMap { $0.width == width && $0.height == height ? $0 : nil }
    var result = known == nil ? "\u{1B}[0m\u{1B}[2J" : ""
    var style: Style? = nil
    for y in 0..<height {
      var x = 0
      while x < width {
        guard differs(x, y, from: known) else {
          x += 1
          continue
        }
        result += "\u{1B}[\(y + 1);\(x + 1)H"
        while x < width, differs(x, y, from: known) {
          let cell = self[x, y]
          if cell.style != style { result += cell.style.sequence }
          style = cell.style
          result.append(cell.character)
          x += 1
        }
      }
    }
    return style == nil ? result : result + Style.plain.sequence
  }

  private func differs(_ x: Int, _ y: Int, from old: Screen?) -> Bool {
    self[x, y] != old?[x, y] ?? Cell()
  }
}
