// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

extension RunLane where Backend == BuddyBackend {
  /// What a classic buddy has, for the view.
  ///
  /// Its blocks are powers of two: what a request did not ask for is lost while the block lives.
  ///
  /// - Parameter pagesPerCell: the pages of a cell of its map.
  /// - Returns: the pane.
  func pane(pagesPerCell: Int) -> LiveState.Pane {
    let (all, free) = backend.frameCounts
    let used = all - free
    func size(_ pages: Int) -> String { Format.size(pages * LivePeak.pageSize) }
    return LiveState.Pane(
      name: "classic buddy",
      figures: [
        .init("live", size(askedPages)),
        .init("lost to powers of two", size(max(0, used - askedPages))),
        .init("free", size(free)),
        .init("refused", Format.count(refused), refused > 0 ? .bad : .good),
      ],
      map: map(pagesPerCell: pagesPerCell, all), freeBlocks: backend.freeBlocks)
  }

  private func map(pagesPerCell size: Int, _ frameCount: Int) -> ArenaMap {
    var map = ArenaMap(capacity: PageCount(frameCount), pagesPerCell: PageCount(size))
    map.cells = Array(repeating: ArenaMap.Cell(), count: (frameCount + size - 1) / size)
    var largest = Array(repeating: 0, count: map.cells.count)
    backend.forEachBlock { block in
      var frame = block.first
      let end = block.first + block.frameCount
      while frame < end {
        let cell = frame / size
        let stop = min(end, (cell + 1) * size)
        map.cells[cell].add(PageCount(stop - frame), to: block.isFree ? .free : .contiguous)
        if !block.isFree, stop - frame > largest[cell] {
          largest[cell] = stop - frame
          map.cells[cell].block = UInt(block.first) << 12
        }
        frame = stop
      }
    }
    return map
  }
}
