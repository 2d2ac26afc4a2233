// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// Blocks of one size that are held at the same time, each with a stamp in its first and its last
/// page.
///
/// They are freed when this leaves scope.
///
/// The stamp of a page is made from its own address. Two blocks that share a frame see it at two
/// addresses, so they cannot both find their stamp in it.
package struct HeldBlocks: ~Copyable {
  private let allocator: CompoundAllocator
  private let byteCount: Int
  private var blocks: [UInt] = []

  /// Holds nothing yet; room for `expected` blocks is set aside.
  package init(_ allocator: CompoundAllocator, byteCount: Int, expected: Int) {
    self.allocator = allocator
    self.byteCount = byteCount
    blocks.reserveCapacity(expected)
  }

  deinit {
    for block in blocks {
      guard let address = unsafe UnsafeMutableRawPointer(bitPattern: block) else { continue }
      unsafe allocator.deallocate(address, byteCount: ByteCount(byteCount))
    }
  }

  /// How many blocks are held.
  package var count: Int { blocks.count }

  /// Allocates one more block and stamps it.
  package mutating func add() throws(CompoundError) {
    let address = unsafe try allocator.allocatePointer(byteCount: ByteCount(byteCount))
    for offset in offsets {
      let page = unsafe address + offset
      unsafe page.storeBytes(of: HeldBlocks.stamp(page), as: UInt.self)
    }
    blocks.append(UInt(bitPattern: address))
  }

  /// Frees `count` blocks chosen at random.
  package mutating func free(_ count: Int, using generator: inout SplitMix64) {
    for _ in 0..<min(count, blocks.count) {
      let chosen = generator.below(blocks.count)
      blocks.swapAt(chosen, blocks.count - 1)
      guard let address = unsafe UnsafeMutableRawPointer(bitPattern: blocks.removeLast()) else {
        continue
      }
      unsafe allocator.deallocate(address, byteCount: ByteCount(byteCount))
    }
  }

  /// How many blocks have lost a stamp.
  package var damaged: Int {
    blocks.count { block in
      guard let address = unsafe UnsafeMutableRawPointer(bitPattern: block) else { return true }
      return offsets.contains { offset in
        let page = unsafe address + offset
        return unsafe page.load(as: UInt.self) != HeldBlocks.stamp(page)
      }
    }
  }

  private var offsets: [Int] {
    let last = (byteCount - 1) / LivePeak.pageSize * LivePeak.pageSize
    // A last page of less than eight bytes has no room for a stamp.
    return last == 0 || byteCount - last < MemoryLayout<UInt>.size ? [0] : [0, last]
  }

  private static func stamp(_ page: UnsafeMutableRawPointer) -> UInt {
    UInt(bitPattern: page) &* 0x9E37_79B9_7F4A_7C15
  }
}
