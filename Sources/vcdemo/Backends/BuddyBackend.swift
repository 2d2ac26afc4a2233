// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A classic buddy over an anonymous arena of its own, to compare with: aligned power-of-two
/// blocks, metadata apart from the memory, no stitching, nothing given back.
package struct BuddyBackend: ReplayBackend, ~Copyable {
  /// Alignments up to this are kept, however large the arena is.
  private static let largestAlignment = 1 << 30

  private static let pageSize = LivePeak.pageSize

  private var frames: BuddyFrames
  private let memory: AnonymousMapping
  private let alignment: Int

  package init(capacity: Int) throws(CommandFailure) {
    let count = LivePeak.pageCount(capacity)
    guard count <= Int(Int32.max) else {
      throw .input("a buddy arena of \(Format.size(capacity)) is too large: at most 8 TiB")
    }
    let size = count * BuddyBackend.pageSize
    let largestBlock = BuddyBackend.pageSize << BuddyFrames.order(within: count)
    let alignment = min(largestBlock, BuddyBackend.largestAlignment)
    memory = try AnonymousMapping(byteCount: size, alignment: alignment)
    frames = BuddyFrames(frameCount: count)
    self.alignment = alignment
  }

  package mutating func allocate(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    guard alignment <= self.alignment else { return nil }
    let pages = LivePeak.pageCount(max(byteCount, alignment))
    guard let frame = frames.take(order: BuddyFrames.order(covering: pages)) else { return nil }
    return unsafe address(of: frame)
  }

  package mutating func reallocate(
    _ block: UnsafeMutableRawPointer, from oldByteCount: Int, to byteCount: Int
  ) -> UnsafeMutableRawPointer? {
    let frame = unsafe frame(at: block)
    let order = BuddyFrames.order(covering: LivePeak.pageCount(byteCount))
    if order <= frames.order(ofUsed: frame) {
      frames.shrink(frame, to: order)
      return unsafe block
    }
    guard let moved = unsafe allocate(byteCount: byteCount, alignment: 1) else { return nil }
    unsafe moved.copyMemory(from: block, byteCount: min(oldByteCount, byteCount))
    frames.put(frame)
    return unsafe moved
  }

  package mutating func free(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    frames.put(unsafe frame(at: block))
  }

  /// How many free blocks there are of each order.
  package var freeBlocks: [Int] { frames.freeBlocks }

  /// The frames of the arena, and those that are free.
  package var frameCounts: (all: Int, free: Int) { (frames.frameCount, frames.freeFrames) }

  /// Calls a function for each block, used or free, in the order of their addresses.
  package func forEachBlock(_ body: (_ block: BuddyFrames.Block) -> Void) {
    frames.forEachBlock(body)
  }

  private func address(of frame: Int) -> UnsafeMutableRawPointer {
    unsafe memory.base + frame * BuddyBackend.pageSize
  }

  private func frame(at block: UnsafeMutableRawPointer) -> Int {
    unsafe (block - memory.base) / BuddyBackend.pageSize
  }
}
