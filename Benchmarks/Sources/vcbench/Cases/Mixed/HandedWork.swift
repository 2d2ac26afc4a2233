// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// One thread allocates blocks of mixed sizes and hands them over to another one, which frees them.
///
/// Both sides are measured by the processor time of the calls alone, in batches, so that waiting
/// for each other, or for a processor, does not count.
package struct HandedWork: PeerWork, ~Copyable {
  /// The blocks of a batch.
  package static let batch = 64

  /// The blocks that are on their way at most.
  private static let ringCapacity = 1024

  /// How many sizes are drawn, one after the other, again and again.
  private static let sizeCount = 1 << 12

  private let sizes: MappedTable<Int>
  private let road = Road()

  /// What the two threads share.
  private final class Road: Sendable {
    let ring = Ring<Batch>(capacity: HandedWork.ringCapacity / HandedWork.batch)
    let isMeasured = Atomic<Bool>(false)
    let freedBytes = Atomic<Int>(0)
    let freedBlocks = Atomic<Int>(0)
    let nanoseconds = Atomic<UInt64>(0)
  }

  /// Blocks on their way.
  private struct Batch: Sendable {
    var addresses = InlineArray<64, UInt>(repeating: 0)
    var byteCount = 0
  }

  /// Draws sizes from 16 bytes to 64 KiB, of which each octave has as many.
  package init(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    var sizes = MappedTable(repeating: 0, count: Self.sizeCount)
    for index in 0..<sizes.count {
      let floor = 16 << generator.below(12)
      sizes[index] = floor + generator.below(floor)
    }
    self.sizes = sizes
  }

  /// Room for all that can be on its way, were every block of the largest size.
  package var capacity: Int { 128 << 20 }

  /// Allocates as much as can be on its way, then for a quarter of the time, and then measures: no
  /// memory is the first one then.
  ///
  /// The report's lap is the allocating, touching included; `freeing` is the other thread's.
  package mutating func run(
    _ source: some HeapSource, for budget: UInt64, resident: () -> Int
  ) throws(CommandFailure) -> WorkerReport {
    let road = road
    var report = WorkerReport()
    do {
      var sent = 0
      while !road.ring.isFull { _ = try allocate(source, for: 0, &sent, &report) }
      let thread = try BenchThreads(1) { _ in HandedWork.freeAll(road, source) }
      defer { road.ring.close() }
      _ = try allocate(source, for: budget / 4, &sent, &report)
      road.isMeasured.store(true, ordering: .releasing)
      report.lap = try allocate(source, for: budget, &sent, &report)
      road.ring.close()
      thread.keep()
    }
    report.residentBytes = resident()
    report.freeing = Lap(
      operations: max(1, road.freedBlocks.load(ordering: .acquiring)),
      nanoseconds: max(1, road.nanoseconds.load(ordering: .acquiring)))
    return report
  }

  /// Allocates and sends batches until the time is over, one at least.
  private func allocate(
    _ source: some HeapSource, for budget: UInt64, _ sent: inout Int,
    _ report: inout WorkerReport
  ) throws(CommandFailure) -> Lap {
    var lap = Lap()
    let end = Clock.now() + budget
    repeat {
      var batch = Batch()
      let start = ThreadClock.now()
      for index in 0..<Self.batch {
        let byteCount = sizes[(lap.operations + index) & (Self.sizeCount - 1)]
        let block = unsafe try source.allocate(anywhere: byteCount)
        unsafe Touch.pages(of: block, byteCount: byteCount)
        batch.addresses[index] = UInt(bitPattern: block)
        batch.byteCount += byteCount
      }
      lap.nanoseconds += ThreadClock.now() - start
      lap.operations += Self.batch
      sent += batch.byteCount
      let live = sent - road.freedBytes.load(ordering: .acquiring)
      report.liveBytes = max(report.liveBytes, live)
      while road.ring.isFull { sched_yield() }
      road.ring.send(batch)
    } while Clock.now() < end
    return lap
  }

  /// Frees what comes, until nothing more does.
  private static func freeAll(_ road: Road, _ source: some HeapSource) {
    while true {
      let isClosed = road.ring.isClosed
      guard let batch = road.ring.receive() else {
        if isClosed { return }
        sched_yield()
        continue
      }
      let start = ThreadClock.now()
      for index in 0..<Self.batch { source.free(batch.addresses[index]) }
      let nanoseconds = ThreadClock.now() - start
      road.freedBytes.add(batch.byteCount, ordering: .acquiringAndReleasing)
      guard road.isMeasured.load(ordering: .acquiring) else { continue }
      road.freedBlocks.add(Self.batch, ordering: .relaxed)
      road.nanoseconds.add(nanoseconds, ordering: .relaxed)
    }
  }
}
