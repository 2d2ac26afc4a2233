// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

extension CheckedFrames {
  /// Compares everything that can be asked with the reference.
  func compare() {
    frames.validate()
    let (resident, absent) = (frames.freeResident.rawValue, frames.freeAbsent.rawValue)
    #expect(resident == reference.count(.free))
    #expect(absent == reference.count(.absent))
    let (inUse, hidden) = (frames.used.rawValue, frames.hidden.rawValue)
    #expect(inUse == reference.count(.used))
    #expect(hidden == reference.count(.hidden))
    let free = frames.free.rawValue
    #expect(free == resident + absent)

    let runs = reference.freeRuns(absent: true)
    var seen: [Range<Int>] = []
    frames.forEachFreeRun { seen.append($0.first.rawValue..<$0.end.rawValue) }
    #expect(seen == runs)

    let longest = frames.longestFreeRun.rawValue
    #expect(longest == runs.map(\.count).max() ?? 0)

    let used = reference.states.indices.filter { reference.states[$0] == .used }
    let isUsed = reference.states.indices.filter { frames.isUsed(PageFrame($0)) }
    #expect(isUsed == used)
  }

  /// Compares the measures of fragmentation with those of the reference.
  func compareFragmentation() {
    let runs = reference.freeRuns(absent: true)
    let buddies = BuddyReference(runs)
    let fragmentation = frames.fragmentation()
    #expect(fragmentation.freeBlocks == buddies.freeBlocks)
    #expect(fragmentation.free.rawValue == runs.reduce(0) { $0 + $1.count })
    #expect(fragmentation.runs == runs.count)
    #expect(fragmentation.longestRun.rawValue == runs.map(\.count).max() ?? 0)
    for order in 0...18 {
      let size = PageOrder(order)
      #expect(fragmentation.suitableBlocks(order: size) == buddies.suitable(order))
      if let index = buddies.unusableIndex(order) {
        let ours = fragmentation.unusableFreeSpaceIndex(order: size)
        #expect(Int((ours * 1000 + 1e-9).rounded(.down)) == index, "order \(order)")
      }
      let external = fragmentation.externalFragmentationIndex(order: size)
      #expect(Int((external * 1000).rounded()) == buddies.externalIndex(order))
    }
    for order in [0, 1, 3, 8, 9, 10, 11] {
      let size = 1 << order
      let available = frames.availability(order: PageOrder(order))
      let aligned = stride(from: 0, through: reference.states.count - size, by: size).filter {
        start in runs.contains { $0.lowerBound <= start && start + size <= $0.upperBound }
      }
      #expect(available.alignedBlocks == aligned.count)
      #expect(available.anyRunBlocks == runs.reduce(0) { $0 + $1.count / size })
      #expect(available.freePages == fragmentation.free)
    }
  }
}

/// The free blocks of a buddy allocator, found block by block, and Linux's indices of them.
struct BuddyReference {
  var freeBlocks = Array(repeating: 0, count: 19)
  private var free = 0

  init(_ runs: [Range<Int>]) {
    for run in runs {
      free += run.count
      var position = run.lowerBound
      while position < run.upperBound {
        var order = 18
        while position % (1 << order) != 0 || position + 1 << order > run.upperBound { order -= 1 }
        freeBlocks[order] += 1
        position += 1 << order
      }
    }
  }

  /// `free_blocks_suitable` of `mm/vmstat.c`.
  func suitable(_ order: Int) -> Int {
    (order...18).reduce(0) { $0 + freeBlocks[$1] << ($1 - order) }
  }

  /// `unusable_free_index`, in thousandths; nil where nothing is free.
  func unusableIndex(_ order: Int) -> Int? {
    free == 0 ? nil : (free - suitable(order) << order) * 1000 / free
  }

  /// `__fragmentation_index`, in thousandths.
  func externalIndex(_ order: Int) -> Int {
    let blocks = freeBlocks.reduce(0, +)
    if blocks == 0 { return 0 }
    if suitable(order) > 0 { return -1000 }
    return 1000 - (1000 + free * 1000 / (1 << order)) / blocks
  }
}
