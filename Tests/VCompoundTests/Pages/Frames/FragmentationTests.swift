// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The measures of fragmentation, computed by hand.
@Suite struct FragmentationTests {
  private func measure(_ pageCount: Int, free: [Range<Int>]) throws -> ArenaFragmentation {
    let model = try CheckedFrames(pageCount, free: free)
    model.compareFragmentation()
    return model.frames.fragmentation()
  }

  @Test func aRunIsCutIntoTheLargestAlignedBlocks() throws {
    // 3 ..< 21 is 3, 4 ..< 8, 8 ..< 16, 16 ..< 20, 20.
    let result = try measure(512, free: [3..<21])
    #expect(result.freeBlocks.prefix(5) == [2, 0, 2, 1, 0])
    #expect(result.runs == 1)
    #expect(result.longestRun == 18)
    #expect(result.suitableBlocks(order: 2) == 4)
    #expect(result.suitableBlocks(order: 3) == 1)
    #expect(result.suitableBlocks(order: 4) == 0)
    // 2 of 18 frames are of no use for blocks of 4, 10 of 18 for blocks of 8.
    #expect(abs(result.unusableFreeSpaceIndex(order: 2) - 2.0 / 18) < 1e-12)
    #expect(abs(result.unusableFreeSpaceIndex(order: 3) - 10.0 / 18) < 1e-12)
    #expect(result.unusableFreeSpaceIndex(order: 4) == 1)
    // 1000 - (1000 + 18 · 1000 / 16) / 5, in whole numbers, is 575.
    #expect(result.externalFragmentationIndex(order: 4) == 0.575)
    #expect(result.externalFragmentationIndex(order: 3) == -1)
  }

  @Test func everyOtherFrameIsTheWorst() throws {
    let free = stride(from: 0, to: 512, by: 2).map { $0..<$0 + 1 }
    let result = try measure(512, free: free)
    #expect(result.freeBlocks[0] == 256)
    #expect(result.unusableFreeSpaceIndex(order: 0) == 0)
    #expect(result.unusableFreeSpaceIndex(order: 1) == 1)
    // 1000 - (1000 + 256 · 1000 / 512) / 256 = 1000 - 5.
    #expect(result.externalFragmentationIndex(order: 9) == 0.995)
  }

  @Test func oneFreeFrameIsLackOfMemoryNotFragmentation() throws {
    let result = try measure(2048, free: [5..<6])
    // 1000 - (1000 + 1000 / 512) / 1 = -1, which Linux gives too.
    #expect(abs(result.externalFragmentationIndex(order: 9)) <= 0.001)
  }

  @Test func anArenaWithoutMemoryIsNotFragmented() throws {
    let model = try CheckedFrames(4096)
    model.compareFragmentation()
    let result = model.frames.fragmentation()
    #expect(result.freeBlocks[12] == 1)
    #expect(result.free == 4096)
    for order in 0...12 { #expect(result.unusableFreeSpaceIndex(order: PageOrder(order)) == 0) }
    #expect(result.unusableFreeSpaceIndex(order: 13) == 1)
  }

  @Test func blocksOverTheHighestOrderAreCountedAsSuch() throws {
    let frames = try Frames(pageCount: PageCount(1 << 20 | 5), system: OperatingSystem())
    let result = frames.fragmentation()
    #expect(result.freeBlocks[18] == 4)
    #expect(result.freeBlocks[2] == 1)
    #expect(result.freeBlocks[0] == 1)
    #expect(result.suitableBlocks(order: 17) == 8)
  }

  @Test func aFullArenaHasNoBlocks() throws {
    let result = try measure(1000, free: [])
    #expect(result.runs == 0)
    #expect(result.longestRun == 0)
    #expect(result.externalFragmentationIndex(order: 0) == 0)
    #expect(result.freeBlocks == Array(repeating: 0, count: 19))
  }

  /// "No free memory is interpreted as all free memory is unusable", says `mm/vmstat.c`.
  @Test func withNothingFreeTheUnusableIndexIsThatOfLinux() throws {
    let result = try measure(1000, free: [])
    #expect(result.unusableFreeSpaceIndex(order: 3) == 1)
  }

  @Test func blocksAreCountedAlignedAndAnywhere() throws {
    let model = try CheckedFrames(512, free: [3..<13, 16..<24, 31..<32])
    let four = model.frames.availability(order: 2)
    #expect(four.alignedBlocks == 2 + 2)
    #expect(four.anyRunBlocks == 2 + 2)
    let eight = model.frames.availability(order: 3)
    #expect(eight.alignedBlocks == 1)
    #expect(eight.anyRunBlocks == 2)
    #expect(eight.freePages == 19)
  }
}
