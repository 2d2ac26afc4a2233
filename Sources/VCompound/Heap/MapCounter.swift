// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Counts the pages of a map, one chunk after the other.
///
/// Pure logic.
struct MapCounter {
  /// What has the most pages of a cell.
  enum Holder: Hashable {
    case none
    case block(PageFrame)
    case window(Int)
  }

  private(set) var cells: [ArenaMap.Cell]
  private(set) var holders: [Holder]
  private let size: Int
  private let pageCount: Int

  /// The heads of pages that page pools keep.
  private let kept: Set<PageFrame>

  /// The block that the frames before belong to.
  private var block: (head: PageFrame, record: BlockTable.Record)?

  // Of the cell that is being counted.
  private var index = 0
  private var largest: (holder: Holder, count: Int) = (.none, 0)
  private var current: (head: PageFrame, count: Int) = (PageFrame(0), 0)
  private var windows: [Int: Int] = [:]

  /// Begins a map.
  ///
  /// - Parameters:
  ///   - pageCount: its pages, at least 1.
  ///   - size: those of a cell, at least 1.
  ///   - kept: see above.
  init(pageCount: PageCount, size: PageCount, kept: Set<PageFrame>) {
    self.pageCount = pageCount.rawValue
    self.size = size.rawValue
    self.kept = kept
    let count = (pageCount.rawValue - 1) / size.rawValue + 1
    cells = Array(repeating: ArenaMap.Cell(), count: count)
    holders = Array(repeating: .none, count: count)
  }

  /// Counts the frames of a chunk; chunks come in the order of their numbers, absent ones need not.
  mutating func add(_ chunk: borrowing ChunkSnapshot) {
    block = chunk.carried
    var heads = 0
    var position = 0
    while position < FrameMap.bitCount {
      let start = position
      if !chunk.used.contains(position) {
        position = chunk.used.firstMarked(from: position)
        count(start..<position, of: chunk, as: .free)
        block = nil
      } else if chunk.holes.contains(position) {
        position = chunk.holes.firstClear(from: position)
        block = nil
      } else {
        if chunk.heads.contains(position) {
          block = (chunk.first + PageCount(position), chunk.records[heads])
          heads += 1
        }
        position = min(
          chunk.used.firstClear(from: start), chunk.holes.firstMarked(from: start),
          chunk.heads.firstMarked(from: start + 1))
        countUsed(start..<position, of: chunk)
      }
    }
  }

  /// Ends the map: what was not counted has no memory.
  mutating func finish() {
    leaveCell()
    for index in cells.indices {
      let pages = min(size, pageCount - index * size)
      cells[index].absent = PageCount(pages) - cells[index].pageCount
    }
  }

  /// Counts frames in use that belong to one block, if to any.
  private mutating func countUsed(_ bits: Range<Int>, of chunk: borrowing ChunkSnapshot) {
    guard let (head, record) = block else { return count(bits, of: chunk, as: .cached) }
    if let window = record.window {
      return count(bits, of: chunk, as: .stitched, .window(window))
    }
    // Behind a block's end are frames in transit, which belong to none.
    let end = (head - chunk.first + PageCount(covering: record.byteCount)).rawValue
    let border = min(max(bits.lowerBound, end), bits.upperBound)
    let own = bits.lowerBound..<border
    if record.isSlab {
      count(own, of: chunk, as: .slab)
    } else if record.isCached || kept.contains(head) {
      count(own, of: chunk, as: .cached)
    } else {
      count(own, of: chunk, as: .contiguous, .block(head))
    }
    count(border..<bits.upperBound, of: chunk, as: .cached)
  }

  private mutating func count(
    _ bits: Range<Int>, of chunk: borrowing ChunkSnapshot, as use: ArenaMap.Use,
    _ holder: Holder = .none
  ) {
    var frame = chunk.first.rawValue + bits.lowerBound
    let end = min(chunk.first.rawValue + bits.upperBound, pageCount)
    while frame < end {
      if frame / size != index {
        leaveCell()
        index = frame / size
      }
      let stop = min(end, (index + 1) * size)
      cells[index].add(PageCount(stop - frame), to: use)
      note(holder, stop - frame)
      frame = stop
    }
  }

  private mutating func note(_ holder: Holder, _ count: Int) {
    let sum: Int
    switch holder {
    case .none: return
    case .block(let head):
      current = (head, current.count > 0 && current.head == head ? current.count + count : count)
      sum = current.count
    case .window(let number):
      windows[number, default: 0] += count
      sum = windows[number, default: 0]
    }
    if sum > largest.count { largest = (holder, sum) }
  }

  private mutating func leaveCell() {
    holders[index] = largest.holder
    largest = (.none, 0)
    current.count = 0
    windows.removeAll(keepingCapacity: true)
  }
}
