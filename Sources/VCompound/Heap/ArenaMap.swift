// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What the pages of an arena are used for at one moment, cell by cell: a picture of it; see
/// ``CompoundAllocator/map(cellCount:)``.
///
/// A cell is so many pages side by side. An arena has more places for pages than pages: several
/// times its capacity, most of them without memory, and exchange moves on to others. The map ends
/// where no memory follows, and not below the capacity.
///
/// It is `Codable`: counts of pages as plain numbers.
public struct ArenaMap: Hashable, Sendable, Codable {
  /// What a page is used for.
  public enum Use: String, Hashable, Sendable, Codable, CaseIterable {
    /// By a block in one piece.
    case contiguous
    /// By a block that is stitched.
    case stitched
    /// By a slab of blocks smaller than a page, or not much larger.
    case slab
    /// Kept by a thread or by a page pool for the next request, or on its way; pages that a page
    /// pool keeps stitched are told as stitched.
    case cached
    /// Free, with memory behind it.
    case free
    /// Without memory: a place only.
    case absent
  }

  /// Pages side by side.
  public struct Cell: Hashable, Sendable, Codable {
    /// The pages of blocks in one piece.
    public package(set) var contiguous: PageCount = 0
    /// The pages of stitched blocks.
    public package(set) var stitched: PageCount = 0
    /// The pages of slabs.
    public package(set) var slab: PageCount = 0
    /// The pages kept for the next request, or on their way.
    public package(set) var cached: PageCount = 0
    /// The free pages with memory.
    public package(set) var free: PageCount = 0
    /// The pages without memory.
    public package(set) var absent: PageCount = 0
    /// The first byte of the block that has the most of the cell's pages, contiguous or stitched;
    /// nil where there is none.
    ///
    /// So a block can be followed through the cells. It may be free by now, and another one may have
    /// the address later.
    public package(set) var block: UInt?

    /// No pages.
    package init() {}

    /// The pages used for one thing.
    public subscript(use: Use) -> PageCount {
      switch use {
      case .contiguous: contiguous
      case .stitched: stitched
      case .slab: slab
      case .cached: cached
      case .free: free
      case .absent: absent
      }
    }

    /// Counts pages more that are used for one thing.
    package mutating func add(_ pages: PageCount, to use: Use) {
      switch use {
      case .contiguous: contiguous += pages
      case .stitched: stitched += pages
      case .slab: slab += pages
      case .cached: cached += pages
      case .free: free += pages
      case .absent: absent += pages
      }
    }

    /// All pages of the cell.
    public var pageCount: PageCount { Use.allCases.reduce(0) { $0 + self[$1] } }
  }

  /// The most pages that can have memory at a time.
  public package(set) var capacity: PageCount
  /// The pages of each cell; the last one may have fewer.
  public package(set) var pagesPerCell: PageCount
  /// The cells, by ascending addresses; none in a child of `fork`.
  public package(set) var cells: [Cell] = []

  /// A map without cells.
  package init(capacity: PageCount, pagesPerCell: PageCount = 1) {
    self.capacity = capacity
    self.pagesPerCell = pagesPerCell
  }

  /// The pages used for one thing in all cells.
  ///
  /// - Complexity: O(cells).
  public func pageCount(_ use: Use) -> PageCount { cells.reduce(0) { $0 + $1[use] } }

  /// The pages of all cells.
  ///
  /// - Complexity: O(cells).
  public var pageCount: PageCount { cells.reduce(0) { $0 + $1.pageCount } }
}
