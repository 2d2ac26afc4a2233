// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// Work that any allocator can do, and whose memory is measured.
package protocol PeerWork: ~Copyable {
  /// The arena in which VCompound does it, in bytes.
  var capacity: Int { get }

  /// Does it.
  ///
  /// Whatever the work itself needs is there before, so that all growth is the allocator's.
  ///
  /// - Parameters:
  ///   - source: the allocator.
  ///   - budget: nanoseconds.
  ///   - resident: the peak of resident memory so far.
  /// - Returns: what was measured.
  /// - Throws: a failure where memory is refused.
  mutating func run(
    _ source: some HeapSource, for budget: UInt64, resident: () -> Int
  ) throws(CommandFailure) -> WorkerReport
}

extension WorkerTask {
  /// Opens the arena that the task is done in, where VCompound does it.
  func source(capacity: Int) throws(CommandFailure) -> CompoundSource {
    guard allocator == .healing else { return try CompoundSource(capacity: capacity) }
    return try CompoundSource(capacity: capacity, upkeep: ArenaUpkeep())
  }

  /// Has the allocator of a task do some work.
  ///
  /// - Parameters:
  ///   - work: the work, prepared.
  ///   - malloc: the malloc of this process.
  /// - Returns: what was measured, and what VCompound counted.
  /// - Throws: a failure where memory is refused.
  package func measure(
    _ work: consuming some PeerWork & ~Copyable, malloc: MallocSource
  ) throws(CommandFailure) -> WorkerReport {
    let meter = ResidentMeter()
    if allocator == .malloc {
      return try work.run(malloc, for: nanoseconds) { meter.peak(counted: nil) }
    }
    let source = try self.source(capacity: work.capacity)
    var report = try work.run(source, for: nanoseconds) {
      meter.peak(counted: source.allocator.statistics.peakResident.rawValue)
    }
    let statistics = source.allocator.statistics
    report.stitchedBlocks = statistics.stitchedAllocations
    report.exchangedBlocks = statistics.exchangedAllocations
    report.blocks = statistics.contiguousAllocations + report.stitchedBlocks
    return report
  }
}
