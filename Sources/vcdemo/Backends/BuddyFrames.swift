// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Which frames of an arena are free, kept as a classic binary buddy keeps them: in aligned blocks
/// of 2^order frames on one list for each order, split on the way down and merged on the way up.
///
/// Pure arithmetic on frame numbers; no memory behind it.
package struct BuddyFrames: ~Copyable {
  /// The marks of a frame.
  ///
  /// Numbers below `freeMark` are the order of the used block that begins here, those from
  /// `freeMark` on the order of the free one.
  private static let inside: UInt8 = 0xFF
  private static let freeMark: UInt8 = 0x40

  /// The frames of the arena.
  package let frameCount: Int

  /// The frames that are free now.
  package private(set) var freeFrames: Int

  private var marks: [UInt8]
  private var next: [Int32]
  private var previous: [Int32]
  private var heads: [Int32]

  /// Makes a wholly free arena out of the largest aligned blocks that fit.
  ///
  /// - Parameter frameCount: 1 ... Int32.max frames, not necessarily a power of two.
  package init(frameCount: Int) {
    precondition((1...Int(Int32.max)).contains(frameCount), "a buddy has 1 ... 2^31 - 1 frames")
    self.frameCount = frameCount
    freeFrames = frameCount
    marks = Array(repeating: BuddyFrames.inside, count: frameCount)
    next = Array(repeating: -1, count: frameCount)
    previous = Array(repeating: -1, count: frameCount)
    heads = Array(repeating: -1, count: BuddyFrames.order(within: frameCount) + 1)
    var frame = 0
    while frame < frameCount {
      let aligned = frame == 0 ? largestOrder : frame.trailingZeroBitCount
      let order = min(aligned, BuddyFrames.order(within: frameCount - frame))
      push(frame, order)
      frame += 1 << order
    }
  }

  /// The order of the largest block that the arena could hold.
  package var largestOrder: Int { heads.count - 1 }

  /// The order of the smallest block that holds `frames` frames, at least 1.
  package static func order(covering frames: Int) -> Int {
    Int.bitWidth - (frames - 1).leadingZeroBitCount
  }

  /// The order of the largest block within `frames` frames, at least 1.
  package static func order(within frames: Int) -> Int {
    Int.bitWidth - 1 - frames.leadingZeroBitCount
  }

  /// Takes a block of 2^`order` frames; nil where there is none.
  package mutating func take(order: Int) -> Int? {
    var found = order
    while found < heads.count, heads[found] < 0 { found += 1 }
    guard found < heads.count else { return nil }
    let frame = Int(heads[found])
    remove(frame, found)
    while found > order {
      found -= 1
      push(frame + (1 << found), found)
    }
    marks[frame] = UInt8(order)
    freeFrames -= 1 << order
    return frame
  }

  /// The order of the used block that begins at `frame`.
  package func order(ofUsed frame: Int) -> Int {
    let mark = marks[frame]
    precondition(mark < BuddyFrames.freeMark, "no used block begins at frame \(frame)")
    return Int(mark)
  }

  /// Puts a used block back and merges it with its free buddies.
  package mutating func put(_ frame: Int) {
    var order = order(ofUsed: frame)
    var block = frame
    freeFrames += 1 << order
    marks[block] = BuddyFrames.inside
    while order < largestOrder {
      let buddy = block ^ (1 << order)
      guard buddy < frameCount, marks[buddy] == BuddyFrames.freeMark | UInt8(order) else { break }
      remove(buddy, order)
      block = min(block, buddy)
      order += 1
    }
    push(block, order)
  }

  /// Keeps the first 2^`order` frames of a used block, and puts the rest back.
  package mutating func shrink(_ frame: Int, to order: Int) {
    var current = self.order(ofUsed: frame)
    precondition(order <= current, "a block cannot shrink to a larger one")
    while current > order {
      current -= 1
      freeFrames += 1 << current
      // Its buddy is in use, so there is nothing to merge with.
      push(frame + (1 << current), current)
    }
    marks[frame] = UInt8(order)
  }

  /// How many free blocks there are of each order.
  package var freeBlocks: [Int] {
    heads.map { head in
      var count = 0
      var frame = head
      while frame >= 0 {
        count += 1
        frame = next[Int(frame)]
      }
      return count
    }
  }

  /// A block.
  package struct Block: Equatable, Sendable {
    /// Its first frame.
    package let first: Int
    /// Its frames, a power of two.
    package let frameCount: Int
    /// Whether it is free.
    package let isFree: Bool
  }

  /// Calls a function for each block in the order of their frames.
  package func forEachBlock(_ body: (Block) -> Void) {
    var frame = 0
    while frame < frameCount {
      let mark = marks[frame]
      let isFree = mark >= BuddyFrames.freeMark
      let count = 1 << Int(isFree ? mark & ~BuddyFrames.freeMark : mark)
      body(Block(first: frame, frameCount: count, isFree: isFree))
      frame += count
    }
  }

  private mutating func push(_ frame: Int, _ order: Int) {
    marks[frame] = BuddyFrames.freeMark | UInt8(order)
    let head = heads[order]
    next[frame] = head
    previous[frame] = -1
    if head >= 0 { previous[Int(head)] = Int32(frame) }
    heads[order] = Int32(frame)
  }

  private mutating func remove(_ frame: Int, _ order: Int) {
    let before = previous[frame]
    let after = next[frame]
    if before >= 0 { next[Int(before)] = after } else { heads[order] = after }
    if after >= 0 { previous[Int(after)] = before }
    marks[frame] = BuddyFrames.inside
  }
}
