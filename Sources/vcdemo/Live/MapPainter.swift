// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// What each cell of a map is drawn as.
package struct MapPainter {
  private let look: LiveLook

  /// The blocks that lie in more than one cell: they have colours, or letters, of their own.
  private var followed: [UInt: Int] = [:]

  /// The colours of blocks that are followed.
  private static let blues: [UInt8] = [27, 33, 39, 75, 69, 32, 63, 44]
  private static let oranges: [UInt8] = [208, 214, 203, 220, 202, 215, 209, 178]

  /// Draws a map with a look.
  package init(_ map: ArenaMap, _ look: LiveLook) {
    self.look = look
    for cell in map.cells { if let block = cell.block { followed[block, default: 0] += 1 } }
  }

  /// What most of a cell is used for: half of it in use is in use.
  package static func use(_ cell: ArenaMap.Cell) -> ArenaMap.Use {
    let live = cell.contiguous + cell.stitched + cell.slab
    let uses: [ArenaMap.Use] =
      2 * live >= cell.pageCount && live > 0
      ? [.stitched, .contiguous, .slab] : [.cached, .free, .absent]
    return uses.max { cell[$0] < cell[$1] } ?? .absent
  }

  /// The colour of a cell; nil where it has no memory.
  package func colour(_ cell: ArenaMap.Cell) -> UInt8? {
    let use = Self.use(cell)
    guard let block = cell.block, followed[block, default: 0] > 1 else { return Self.colour(use) }
    // Addresses of blocks differ by pages.
    let mixed = (block >> 12) &* 0x9E37_79B9_7F4A_7C15
    switch use {
    case .contiguous: return Self.blues[Int(mixed >> 61)]
    case .stitched: return Self.oranges[Int(mixed >> 61)]
    default: return Self.colour(use)
    }
  }

  /// The colour of a use; nil for none.
  package static func colour(_ use: ArenaMap.Use) -> UInt8? {
    switch use {
    case .contiguous: 26
    case .stitched: 208
    case .slab: 97
    case .cached: 30
    case .free: 239
    case .absent: nil
    }
  }

  /// The character of a cell, where there are no colours.
  package func character(_ cell: ArenaMap.Cell) -> Character {
    let use = Self.use(cell)
    if use == .stitched, let block = cell.block, followed[block, default: 0] > 1 {
      let letter = (block >> 12) &* 0x9E37_79B9_7F4A_7C15 >> 32 % 26
      return Character(Unicode.Scalar(UInt8(ascii: "A") + UInt8(letter)))
    }
    return Self.character(use, isASCII: look.isASCII)
  }

  /// The character of a use.
  package static func character(_ use: ArenaMap.Use, isASCII: Bool) -> Character {
    switch use {
    case .contiguous: isASCII ? "#" : "█"
    case .stitched: "s"
    case .slab: isASCII ? "o" : "▒"
    case .cached: "+"
    case .free: isASCII ? "." : "·"
    case .absent: " "
    }
  }

  /// The uses, as a legend has them.
  package static let uses: [ArenaMap.Use] = [
    .contiguous, .stitched, .slab, .cached, .free, .absent,
  ]

  /// The name of a use, for a legend.
  package static func name(_ use: ArenaMap.Use) -> String {
    switch use {
    case .contiguous: "in one piece"
    case .stitched: "stitched"
    case .slab: "small blocks"
    case .cached: "cached"
    case .free: "free"
    case .absent: "no memory"
    }
  }
}

/// How many cells a map has room for, and how large they are.
package struct MapScale: Equatable, Sendable {
  /// So many pages that a map of an arena has no more cells than there is room for.
  ///
  /// A number with three binary digits and zeroes behind them: an arena that grows a little does
  /// not change the picture.
  ///
  /// - Parameters:
  ///   - pageCount: the pages of the map.
  ///   - room: the cells.
  /// - Returns: the pages of a cell.
  package static func pagesPerCell(_ pageCount: Int, room: Int) -> Int {
    let least = max(1, (pageCount + max(1, room) - 1) / max(1, room))
    let unit = 1 << max(0, Int.bitWidth - least.leadingZeroBitCount - 3)
    return (least + unit - 1) / unit * unit
  }

  /// The map of an arena in as many cells as there is room for.
  package static func map(of allocator: CompoundAllocator, room: Int) -> ArenaMap {
    // Cells of the whole arena tell how many pages it has.
    let pageCount = allocator.map(cellCount: 1).pagesPerCell.rawValue
    return allocator.map(pagesPerCell: PageCount(pagesPerCell(pageCount, room: room)))
  }
}
