// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// All the free memory as one buffer, written and checked.
package struct LargestBuffer: Equatable, Sendable {
  /// Its size.
  package let byteCount: Int
  /// The runs of frames it was put together from.
  package let runs: Int
  /// Whether scattered memory was exchanged for it.
  package let isExchanged: Bool
  /// The maximal runs of free frames that there were.
  package let freeRuns: Int
  /// The bytes of the longest of those.
  package let longestRun: Int
  /// The time the allocation took.
  package let nanoseconds: UInt64
  /// Whether every page held what was written to it.
  package let isIntact: Bool

  /// Allocates the buffer, writes a pattern to every page and reads it back.
  ///
  /// - Parameters:
  ///   - pages: all the free pages.
  ///   - scattered: how they lie.
  ///   - allocator: where they are free.
  /// - Throws: the refusal.
  package init(
    pages: PageCount, in scattered: ArenaFragmentation, on allocator: CompoundAllocator
  ) throws(CompoundError) {
    let exchanged = allocator.statistics.exchangedAllocations
    let start = Clock.now()
    var buffer = try allocator.allocate(byteCount: pages.byteCount)
    nanoseconds = Clock.now() - start
    byteCount = pages.byteCount.rawValue
    runs = buffer.runs.count
    isExchanged = allocator.statistics.exchangedAllocations > exchanged
    freeRuns = scattered.runs
    longestRun = scattered.longestRun.byteCount.rawValue
    isIntact = unsafe buffer.withUnsafeMutableBytes { bytes in
      // Write everything before the first check, or two pages of one frame would both look right.
      unsafe LargestBuffer.write(bytes)
      return unsafe LargestBuffer.check(bytes)
    }
  }

  private static let line = 64

  private static func write(_ bytes: UnsafeMutableRawBufferPointer) {
    for offset in stride(from: 0, to: bytes.count, by: line) {
      unsafe bytes.storeBytes(of: pattern(offset), toByteOffset: offset, as: UInt64.self)
    }
  }

  private static func check(_ bytes: UnsafeMutableRawBufferPointer) -> Bool {
    for offset in stride(from: 0, to: bytes.count, by: line)
    where unsafe bytes.load(fromByteOffset: offset, as: UInt64.self) != pattern(offset) {
      return false
    }
    return true
  }

  private static func pattern(_ offset: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: offset) &* 0x9E37_79B9_7F4A_7C15 ^ 0x5C5C_5C5C_5C5C_5C5C
  }
}
