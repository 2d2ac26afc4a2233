// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Lives through a schedule on one allocator.
package struct SteadyWork: PeerWork, ~Copyable {
  private let schedule: MappedSchedule
  private var blocks: MappedTable<UInt>

  /// Prepares.
  package init(path: String) throws(CommandFailure) {
    let schedule = try MappedSchedule(path: path)
    blocks = MappedTable(repeating: 0, count: schedule.slotCount)
    self.schedule = schedule
  }

  package var capacity: Int { schedule.capacity }

  /// Lets the first population be born, follows the events for as long as is measured, so that
  /// memory that the allocator wants to keep is there; then measures.
  ///
  /// A loop is followed in whole rounds, one before the measurement at least and one in it; other
  /// events until the time is over, half of them at most before the measurement.
  package mutating func run(
    _ source: some HeapSource, for budget: UInt64, resident: () -> Int
  ) throws(CommandFailure) -> WorkerReport {
    for index in schedule.population { try follow(index, source) }
    var report = WorkerReport()
    let events = schedule.events
    var end = events.upperBound
    if schedule.isLoop {
      _ = try loop(source, for: budget)
      report.lap = try loop(source, for: budget)
    } else {
      let half = events.lowerBound + events.count / 2
      let warmUp = try follow(events.lowerBound..<half, source, for: budget)
      let start = events.lowerBound + warmUp.operations
      report.lap = try follow(start..<end, source, for: budget)
      end = start + report.lap.operations
    }
    report.residentBytes = resident()
    report.liveBytes =
      LivePeak(slotCount: schedule.slotCount, count: end) { schedule[$0] }.byteCount
    for slot in 0..<blocks.count where blocks[slot] != 0 {
      source.free(blocks[slot])
      blocks[slot] = 0
    }
    return report
  }

  private mutating func loop(
    _ source: some HeapSource, for budget: UInt64
  ) throws(CommandFailure) -> Lap {
    var lap = Lap()
    let start = Clock.now()
    repeat {
      for index in schedule.events { try follow(index, source) }
      lap.operations += schedule.events.count
      lap.nanoseconds = max(1, Clock.now() - start)
    } while lap.nanoseconds < budget
    return lap
  }

  private mutating func follow(
    _ events: Range<Int>, _ source: some HeapSource, for budget: UInt64
  ) throws(CommandFailure) -> Lap {
    var next = events.lowerBound
    let start = Clock.now()
    var now = start
    while next < events.upperBound, now - start < budget {
      let end = min(next + 64, events.upperBound)
      for index in next..<end { try follow(index, source) }
      next = end
      now = Clock.now()
    }
    return Lap(operations: next - events.lowerBound, nanoseconds: max(1, now - start))
  }

  @inline(__always)
  private mutating func follow(
    _ index: Int, _ source: some HeapSource
  ) throws(CommandFailure) {
    let event = schedule[index]
    let slot = Int(event.slot)
    guard event.byteCount > 0 else {
      source.free(blocks[slot])
      blocks[slot] = 0
      return
    }
    let block =
      schedule.alignsToPages
      ? unsafe try source.allocate(event.byteCount)
      : unsafe try source.allocate(anywhere: event.byteCount)
    unsafe Touch.pages(of: block, byteCount: event.byteCount)
    blocks[slot] = UInt(bitPattern: block)
  }
}
