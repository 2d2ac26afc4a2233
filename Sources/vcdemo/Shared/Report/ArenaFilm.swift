// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// Maps of an arena at one moment after the other.
package struct ArenaFilm {
  /// A moment.
  struct Frame {
    /// What it is, in words.
    let name: String
    /// The cells, a character for each.
    let cells: String
    /// The bytes of each use, in the order of `ArenaMap.Use.allCases`.
    let sizes: [Int]

    /// What it is, and what the arena holds.
    var text: String {
      let parts = zip(ArenaMap.Use.allCases, sizes).filter { $0.1 > 0 }
      return "\(name). In the arena: "
        + parts.map { "\(ArenaFilm.name($0)) \(Format.size($1))" }.joined(separator: ", ") + "."
    }
  }

  static let columns = 64
  private static let rows = 32

  /// The uses that have a colour of their own; their order is that of the cells' characters.
  static let inks: [ArenaMap.Use] = [.contiguous, .stitched, .slab, .cached]
  /// What cells without a use are.
  static let grounds: [ArenaMap.Use] = [.free, .absent]
  /// How many shades there are of a colour.
  static let shades = 5
  /// The first of the cells' characters.
  static let firstCharacter: UInt8 = 48

  private(set) var frames: [Frame] = []

  /// The pages of a cell, the same in all frames.
  package let pagesPerCell: PageCount

  /// Begins a film of an arena of so many bytes.
  package init(capacity: Int) {
    let cells = Self.columns * Self.rows
    pagesPerCell = PageCount(max(1, (LivePeak.pageCount(capacity) + cells - 1) / cells))
  }

  /// Adds a moment.
  ///
  /// - Parameters:
  ///   - map: the arena, in cells of ``pagesPerCell``.
  ///   - text: what the moment is.
  package mutating func add(_ map: ArenaMap, _ text: String) {
    frames.append(
      Frame(
        name: text, cells: String(decoding: map.cells.map(Self.character), as: UTF8.self),
        sizes: ArenaMap.Use.allCases.map { map.pageCount($0).byteCount.rawValue }))
  }

  /// What the arena held in every so many frames.
  func table(step: Int = 1) -> TextTable {
    TextTable(
      alignments: [.left] + ArenaMap.Use.allCases.map { _ in .right },
      rows: [["moment"] + ArenaMap.Use.allCases.map(Self.name)]
        + stride(from: 0, to: frames.count, by: step).map { number in
          [frames[number].name] + frames[number].sizes.map(Format.size)
        })
  }

  /// The frame to begin with: that with the most in stitched blocks, or in use.
  var start: Int {
    func sizes(_ frame: Int) -> (stitched: Int, used: Int) {
      let sizes = zip(ArenaMap.Use.allCases, frames[frame].sizes)
      return (
        sizes.reduce(0) { $0 + ($1.0 == .stitched ? $1.1 : 0) },
        sizes.reduce(0) { $0 + (Self.inks.contains($1.0) ? $1.1 : 0) }
      )
    }
    return frames.indices.max { sizes($0) < sizes($1) } ?? 0
  }

  /// What the colours are called.
  static func name(_ use: ArenaMap.Use) -> String {
    switch use {
    case .contiguous: "in one piece"
    case .stitched: "stitched"
    case .slab: "slabs of small blocks"
    case .cached: "cached"
    case .free: "free"
    case .absent: "without memory"
    }
  }

  /// A cell: the use that most of its pages in use have, the share of those, and what the rest is.
  private static func character(_ cell: ArenaMap.Cell) -> UInt8 {
    let pages = inks.map { cell[$0].rawValue }
    let used = pages.reduce(0, +)
    let ink = pages.firstIndex(of: pages.max() ?? 0) ?? 0
    let most = shades - 1
    // Rounded up: what is used shows.
    let shade =
      (used * most + max(1, cell.pageCount.rawValue) - 1)
      / max(1, cell.pageCount.rawValue)
    let ground = cell.absent > cell.free ? 1 : 0
    return firstCharacter + UInt8((ink * grounds.count + ground) * shades + min(most, shade))
  }
}
