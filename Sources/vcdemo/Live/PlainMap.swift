// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// A map as text, for those who look at no terminal.
package enum PlainMap {
  /// The lines: ASCII, so many cells in each.
  package static func lines(_ map: ArenaMap, width: Int = 72) -> [String] {
    let painter = MapPainter(map, LiveLook(hasColour: false, isASCII: true))
    return stride(from: 0, to: map.cells.count, by: width).map { first in
      "  |" + String(map.cells[first..<min(first + width, map.cells.count)].map(painter.character))
        + "|"
    }
  }

  /// What the characters mean.
  package static func legend(_ map: ArenaMap) -> String {
    let uses = MapPainter.uses.map { use in
      let character = use == .absent ? "blank" : "\(MapPainter.character(use, isASCII: true))"
      return "\(character) \(MapPainter.name(use))"
    }
    return "  " + uses.joined(separator: ", ") + ";\n  capital letters: a stitched block in "
      + "several cells; a cell is " + Format.size(map.pagesPerCell.rawValue * LivePeak.pageSize)
  }
}
