// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Allocates so many blocks of one size and then frees them all, one size after the other.
package struct BurstWork: PeerWork, ~Copyable {
  /// The sizes in bytes: each in its turn.
  package static let sizes = [16, 64, 256, 1 << 10, 4 << 10, 16 << 10]

  /// The lengths of bursts.
  package static let lengths = [16, 64, 256, 1024]

  private var blocks: MappedTable<UInt>

  /// Prepares bursts of so many blocks.
  package init(length: Int) {
    blocks = MappedTable(repeating: 0, count: length)
  }

  /// The bytes that are alive at the peak: a burst of the largest size.
  package var liveByteCount: Int { blocks.count * BurstWork.sizes.reduce(0, max) }

  /// Twice the largest burst, and some chunks for the other sizes.
  package var capacity: Int { 2 * liveByteCount + 16 << 20 }

  /// Measures; a block, allocated, touched and freed, is one operation.
  package mutating func run(
    _ source: some HeapSource, for budget: UInt64, resident: () -> Int
  ) throws(CommandFailure) -> WorkerReport {
    var report = WorkerReport()
    report.lap = try Lap.run(
      for: budget, operations: blocks.count * BurstWork.sizes.count
    ) { () throws(CommandFailure) in
      for byteCount in BurstWork.sizes { try burst(byteCount, source) }
    }
    report.residentBytes = resident()
    report.liveBytes = liveByteCount
    return report
  }

  /// Frees in the order of allocation: what was freed last is not what is needed first.
  @inline(__always)
  private mutating func burst(
    _ byteCount: Int, _ source: some HeapSource
  ) throws(CommandFailure) {
    for index in 0..<blocks.count {
      let block = unsafe try source.allocate(anywhere: byteCount)
      unsafe Touch.pages(of: block, byteCount: byteCount)
      blocks[index] = UInt(bitPattern: block)
    }
    for index in 0..<blocks.count { source.free(blocks[index]) }
  }
}
