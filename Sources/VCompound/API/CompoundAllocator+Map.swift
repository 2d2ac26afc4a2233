// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension CompoundAllocator {
  /// A picture of the arena: what its pages are used for, in so many cells.
  ///
  /// ```swift
  /// import VCompound
  ///
  /// let allocator = try CompoundAllocator(capacity: .mebibytes(64))
  /// let buffer = try allocator.allocate(byteCount: .mebibytes(24))
  /// let letters = allocator.map(cellCount: 16).cells.map { cell in
  ///   cell.contiguous + cell.stitched > 0 ? "#" : cell.free > 0 ? "." : " "
  /// }
  /// print(letters.joined())
  /// withExtendedLifetime(buffer) {}
  /// ```
  ///
  /// Looking disturbs nothing: no cache is emptied, and the allocator is locked for 2 MiB at a time.
  /// While other threads are at work, the cells are of different moments: what moves meanwhile may
  /// be told twice or not at all. When none is, the sums agree with ``statistics``: contiguous,
  /// stitched and slab are `live`, less the pages in one piece that page pools keep; those, and
  /// what threads keep, are cached. What object caches keep is in use, and so are stitched pages
  /// that page pools keep: they are told as stitched.
  ///
  /// In a child of `fork`: a map without cells.
  ///
  /// - Parameter cellCount: the most cells, at least 1; the program stops for less. An arena of fewer
  ///   pages has one for each page.
  /// - Returns: the map.
  /// - Complexity: O(cells + chunks with memory + blocks in them).
  public func map(cellCount: Int) -> ArenaMap { map(.cells(cellCount)) }

  /// The same with cells of so many pages, as many as there are: where maps are taken one after the
  /// other, a cell is the same pages in each.
  ///
  /// - Parameter pagesPerCell: at least 1; the program stops for less.
  /// - Returns: the map; without cells in a child of `fork`.
  /// - Complexity: as ``map(cellCount:)``.
  public func map(pagesPerCell: PageCount) -> ArenaMap { map(.pagesPerCell(pagesPerCell)) }

  private func map(_ scale: Heap.MapScale) -> ArenaMap {
    door.enter(inChild: ArenaMap(capacity: PageCount(covering: capacity))) { $0.map(scale) }
  }
}
