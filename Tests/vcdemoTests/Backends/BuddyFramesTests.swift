// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct BuddyFramesTests {
  /// Which frames are free, one by one.
  private struct Model {
    var isFree: [Bool]
    var used: [(frame: Int, order: Int)] = []

    /// Whether an aligned block of this order is wholly free, as a buddy should know.
    func hasBlock(_ order: Int) -> Bool {
      stride(from: 0, through: isFree.count - (1 << order), by: 1 << order).contains { frame in
        isFree[frame..<(frame + (1 << order))].allSatisfy { $0 }
      }
    }

    mutating func mark(_ frame: Int, _ order: Int, free: Bool) {
      for index in frame..<(frame + (1 << order)) {
        #expect(isFree[index] != free, "frame \(index)")
        isFree[index] = free
      }
    }
  }

  @Test(arguments: [1, 2, 3, 64, 100, 127, 513])
  func agreesWithAPlainModel(count: Int) {
    var frames = BuddyFrames(frameCount: count)
    var model = Model(isFree: Array(repeating: true, count: count))
    var generator = SplitMix64(seed: UInt64(count))
    let initial = frames.freeBlocks
    for _ in 0..<3000 {
      let choice = generator.below(10)
      if choice < 5 || model.used.isEmpty {
        let order = min(generator.below(6), generator.below(6))
        let taken = frames.take(order: order)
        let exists = order <= frames.largestOrder && model.hasBlock(order)
        #expect((taken != nil) == exists)
        guard let frame = taken else { continue }
        #expect(frame % (1 << order) == 0)
        #expect(frames.order(ofUsed: frame) == order)
        model.mark(frame, order, free: false)
        model.used.append((frame, order))
      } else {
        let (frame, order) = model.used.remove(at: generator.below(model.used.count))
        if choice < 9 {
          frames.put(frame)
          model.mark(frame, order, free: true)
        } else {
          let smaller = generator.below(order + 1)
          frames.shrink(frame, to: smaller)
          model.mark(frame, order, free: true)
          model.mark(frame, smaller, free: false)
          model.used.append((frame, smaller))
        }
      }
      #expect(frames.freeFrames == model.isFree.count { $0 })
    }
    for block in model.used { frames.put(block.frame) }
    #expect(frames.freeFrames == count)
    #expect(frames.freeBlocks == initial)
  }

  @Test func startsWithTheLargestAlignedBlocks() {
    let frames = BuddyFrames(frameCount: 100)
    // 64 + 32 + 4
    #expect(frames.freeBlocks == [0, 0, 1, 0, 0, 1, 1])
  }

  @Test func splitsAndMerges() throws {
    var frames = BuddyFrames(frameCount: 8)
    let taken = frames.take(order: 0)
    let first = try #require(taken)
    #expect(frames.freeBlocks == [1, 1, 1, 0])
    let whole = frames.take(order: 3)
    #expect(whole == nil)
    frames.put(first)
    #expect(frames.freeBlocks == [0, 0, 0, 1])
  }

  @Test(arguments: [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (512, 9), (513, 10)])
  func findsTheOrderThatCovers(frames: Int, order: Int) {
    #expect(BuddyFrames.order(covering: frames) == order)
  }
}
