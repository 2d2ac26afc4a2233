// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// A map as text, for another process.

extension ArenaMap {
  /// The capacity and the pages of a cell, a line each; then a line for each cell: its pages by
  /// use, in the order of ``Use``, and in hexadecimal digits the address of its block, or `-`.
  package var lines: String {
    var text = "capacity \(capacity.rawValue)\npagesPerCell \(pagesPerCell.rawValue)\n"
    for cell in cells {
      for use in Use.allCases { text += "\(cell[use].rawValue) " }
      text += (cell.block.map { String($0, radix: 16) } ?? "-") + "\n"
    }
    return text
  }

  /// The most pages that a number may tell of, and the most cells: sums and bytes are integers.
  ///
  /// A server sends a quarter of these cells, or a few more where the arena grows meanwhile.
  private static let mostPages = 1 << 40
  private static let mostCells = 1 << 16

  /// Reads such text, whoever has sent it; nil where it is something else.
  package init?(lines: String) {
    let lines = lines.split(separator: "\n")
    func number(_ index: Int, _ name: String) -> PageCount? {
      guard index < lines.count else { return nil }
      let words = lines[index].split(separator: " ")
      guard words.count == 2, words[0] == name, let value = Int(words[1]),
        (1...Self.mostPages).contains(value)
      else { return nil }
      return PageCount(value)
    }
    guard lines.count <= Self.mostCells + 2 else { return nil }
    guard let capacity = number(0, "capacity"), let size = number(1, "pagesPerCell") else {
      return nil
    }
    self.init(capacity: capacity, pagesPerCell: size)
    for line in lines.dropFirst(2) {
      let words = line.split(separator: " ")
      guard words.count == Use.allCases.count + 1, let last = words.last else { return nil }
      var cell = Cell()
      for (use, word) in zip(Use.allCases, words) {
        guard let value = Int(word), (0...Self.mostPages).contains(value) else { return nil }
        cell.add(PageCount(value), to: use)
      }
      cell.block = UInt(last, radix: 16)
      cells.append(cell)
    }
  }
}
