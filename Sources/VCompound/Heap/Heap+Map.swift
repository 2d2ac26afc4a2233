// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// A picture of the arena. The ledger is locked for one chunk at a time, and only to copy what it
// knows of it.

extension Heap {
  /// How a map is divided.
  package enum MapScale: Hashable, Sendable {
    case cells(Int)
    case pagesPerCell(PageCount)
  }

  /// See `CompoundAllocator.map`.
  package func map(_ scale: MapScale) -> ArenaMap {
    let kept = keptPages
    let pageCount = pages.read { $0.inhabited }
    let size = scale.pagesPerCell(of: pageCount)
    var counter = MapCounter(pageCount: pageCount, size: size, kept: kept)
    var snapshot = ChunkSnapshot()
    var next: Int? = 0
    while let chunk = next {
      next = pages.read { $0.copy(from: chunk, to: &snapshot) }
      if next != nil { counter.add(snapshot) }
    }
    counter.finish()
    var map = ArenaMap(capacity: self.pageCount, pagesPerCell: size)
    map.cells = counter.cells
    for (index, holder) in counter.holders.enumerated() {
      switch holder {
      case .none: break
      case .block(let head): map.cells[index].block = arena.address(of: head)
      case .window(let number): map.cells[index].block = windows.address(ofLive: number)
      }
    }
    return map
  }

  /// The pages that page pools keep, each by its first frame; stitched ones left out, of which the
  /// map has no frame by its address.
  private var keptPages: Set<PageFrame> {
    var result: Set<PageFrame> = []
    for member in reclaimers.all {
      member.forEachKept { address in
        if let frame = arena.frame(containing: address) { result.insert(frame) }
      }
    }
    return result
  }
}

extension Heap.MapScale {
  fileprivate func pagesPerCell(of pageCount: PageCount) -> PageCount {
    switch self {
    case .cells(let count):
      if count < 1 { stop("a map of \(count) cells") }
      return (pageCount - 1) / count + 1
    case .pagesPerCell(let size):
      if size < 1 { stop("a map with \(size) in a cell") }
      return size
    }
  }
}
