// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// How fragmented the free frames of an arena are at one moment, by the measures of Linux.
///
/// Free frames without memory behind them count as free: the arena can make them resident.
public struct ArenaFragmentation: Hashable, Sendable {
  /// The free blocks of every order, as in `/proc/buddyinfo`: each free run is cut into the largest
  /// aligned power-of-two blocks.
  ///
  /// The last element counts blocks of the highest order, 18 (1 GiB).
  public internal(set) var freeBlocks: [Int]

  /// The free frames.
  public internal(set) var free: PageCount

  /// The maximal free runs.
  public internal(set) var runs: Int

  /// The longest of them.
  public internal(set) var longestRun: PageCount

  static let highestOrder = 18

  init() {
    freeBlocks = Array(repeating: 0, count: Self.highestOrder + 1)
    free = 0
    runs = 0
    longestRun = 0
  }

  mutating func count(_ run: FrameRun) {
    free = free + run.pageCount
    runs += 1
    longestRun = max(longestRun, run.pageCount)
    var position = run.first.rawValue
    let end = run.end.rawValue
    while position < end {
      // The largest block that begins here: by alignment, and by what is left.
      let fitting = Int.bitWidth - 1 - (end - position).leadingZeroBitCount
      let order = min(position == 0 ? fitting : position.trailingZeroBitCount, fitting)
      freeBlocks[min(order, Self.highestOrder)] += 1 << max(0, order - Self.highestOrder)
      position += 1 << order
    }
  }

  /// The blocks of exactly this order that the free blocks can be split into.
  ///
  /// - Parameter order: 0 ... 18; the program stops for a higher one.
  /// - Returns: how many there are.
  public func suitableBlocks(order: PageOrder) -> Int {
    precondition(order.rawValue <= Self.highestOrder, "orders are counted up to 18")
    return freeBlocks[order.rawValue...].enumerated().reduce(0) { $0 + $1.element << $1.offset }
  }

  /// The share of the free frames that is of no use to a buddy allocator for blocks of an order:
  /// 0 when all of them are, 1 when none is (`unusable_free_index` of Linux, `mm/vmstat.c`).
  ///
  /// - Parameter order: 0 ... 18.
  /// - Returns: 0 ... 1; 1 where nothing is free, as Linux has it.
  public func unusableFreeSpaceIndex(order: PageOrder) -> Double {
    guard free > 0 else { return 1 }
    let usable = suitableBlocks(order: order) << order.rawValue
    return Double(free.rawValue - usable) / Double(free.rawValue)
  }

  /// Why a buddy allocator would fail to find a block of an order: towards 0 for lack of memory,
  /// towards 1 because of fragmentation (`fragmentation_index` of Linux, `mm/vmstat.c`).
  ///
  /// - Parameter order: 0 ... 18.
  /// - Returns: -1 where it would not fail; 0 where nothing is free; else 0 ... 1, in
  ///   thousandths as Linux rounds them.
  public func externalFragmentationIndex(order: PageOrder) -> Double {
    let blocks = freeBlocks.reduce(0, +)
    guard blocks > 0 else { return 0 }
    guard suitableBlocks(order: order) == 0 else { return -1 }
    let requested = order.pageCount.rawValue
    return Double(1000 - (1000 + free.rawValue * 1000 / requested) / blocks) / 1000
  }
}

/// How many blocks of one size the free frames hold at one moment.
public struct ArenaAvailability: Hashable, Sendable {
  /// Blocks that begin on a multiple of their size, which is all a classic buddy can use.
  public internal(set) var alignedBlocks = 0

  /// Blocks that fit side by side into the free runs, wherever those begin.
  public internal(set) var anyRunBlocks = 0

  /// The free frames: what stitching can use.
  public internal(set) var freePages: PageCount = 0

  mutating func count(_ run: FrameRun, order: PageOrder) {
    let size = order.pageCount.rawValue
    let aligned = run.end.rawValue / size - (run.first.rawValue + size - 1) / size
    alignedBlocks += max(0, aligned)
    anyRunBlocks += run.pageCount.rawValue / size
    freePages = freePages + run.pageCount
  }
}

extension Frames {
  /// Calls a function for every maximal free run, ascending, resident or not.
  ///
  /// - Complexity: O(resident chunks + free runs); ranges of absent chunks are one step each.
  package func forEachFreeRun(_ body: (FrameRun) -> Void) {
    forEachRun(includingAbsent: true) { run in
      body(FrameRun(first: PageFrame(run.lowerBound), pageCount: PageCount(run.count)))
    }
  }

  /// Calls a function for every maximal run of free frames with memory, ascending, as the maps
  /// have them.
  func forEachResidentRun(_ body: (Range<Int>) -> Void) {
    forEachRun(includingAbsent: false, body)
  }

  private func forEachRun(includingAbsent: Bool, _ body: (Range<Int>) -> Void) {
    // Runs come in pieces, a chunk or a range of absent chunks each, and are put together here.
    var pending = 0..<0
    func add(_ run: Range<Int>) {
      if run.lowerBound == pending.upperBound, !pending.isEmpty {
        pending = pending.lowerBound..<run.upperBound
      } else {
        if !pending.isEmpty { body(pending) }
        pending = run
      }
    }
    // Of the absent frames, as many as the capacity leaves.
    var left = includingAbsent ? freeAbsent.rawValue : 0
    var index = 0
    while index < chunkCount {
      guard chunks[index].state == .absent else {
        forEachClearRun(of: index, add)
        index += 1
        continue
      }
      let range = absent.run(startingAt: index)
      let count = min(frames(in: range).pageCount.rawValue, left)
      left -= count
      let first = range.lowerBound * Self.chunkSize
      if count > 0 { add(first..<first + count) }
      index = range.upperBound
    }
    if !pending.isEmpty { body(pending) }
  }

  private func forEachClearRun(of index: Int, _ body: (Range<Int>) -> Void) {
    guard chunks[index].state == .resident else { return }
    let base = index * Self.chunkSize
    var position = 0
    while let run = chunks[index].used.nextClearRun(from: position) {
      body(base + run.lowerBound..<base + run.upperBound)
      position = run.upperBound
    }
  }

  /// Measures the fragmentation of the free frames.
  package func fragmentation() -> ArenaFragmentation {
    var result = ArenaFragmentation()
    forEachFreeRun { result.count($0) }
    return result
  }

  /// Counts the blocks of one size.
  package func availability(order: PageOrder) -> ArenaAvailability {
    var result = ArenaAvailability()
    forEachFreeRun { result.count($0, order: order) }
    return result
  }
}
