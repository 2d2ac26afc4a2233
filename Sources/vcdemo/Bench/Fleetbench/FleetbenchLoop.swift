// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// Lives through a schedule on one allocator.
package enum FleetbenchLoop {
  /// The bytes that are alive on average, at most.
  package static let liveByteCount = 128 << 20

  /// The arena of VCompound for each page alive at the peak.
  package static let capacityRatio = Ratio(millionths: 1_200_000)

  /// The births drawn for a measurement of this time: more than it can do.
  package static func births(for nanoseconds: UInt64) -> Int {
    min(1 << 21, max(1 << 10, Int(clamping: nanoseconds / 50)))
  }

  /// Does a child's task.
  static func report(
    of task: WorkerTask, malloc: MallocSource
  ) throws(CommandFailure) -> WorkerReport {
    let profile = try FleetbenchProfile(path: task.path)
    let schedule = FleetbenchSchedule(profile, task.nanoseconds, seed: task.seed)
    let meter = ResidentMeter()
    if task.allocator == .malloc {
      return try report(schedule, malloc, for: task.nanoseconds) { meter.peak(counted: nil) }
    }
    let pages = schedule.peak(of: schedule.events.count).pages
    let capacity = (capacityRatio.roundedUp(of: pages) ?? pages) * LivePeak.pageSize
    let source = try CompoundSource(capacity: capacity)
    var report = try report(schedule, source, for: task.nanoseconds) {
      meter.peak(counted: source.allocator.statistics.peakResident.rawValue)
    }
    let statistics = source.allocator.statistics
    report.stitchedBlocks = statistics.stitchedAllocations
    report.blocks = statistics.contiguousAllocations + report.stitchedBlocks
    return report
  }

  /// Lets the first population be born, follows the events for as long as is measured, or half of
  /// them, so that memory that the allocator wants to keep is there; then measures.
  ///
  /// - Parameters:
  ///   - schedule: what happens.
  ///   - source: the allocator.
  ///   - budget: nanoseconds.
  ///   - resident: the peak of resident memory, asked at the end.
  /// - Returns: what was measured.
  /// - Throws: a failure where memory is refused.
  package static func report(
    _ schedule: FleetbenchSchedule, _ source: some BlockSource, for budget: UInt64,
    resident: () -> Int
  ) throws(CommandFailure) -> WorkerReport {
    var blocks = [(address: UInt, byteCount: Int)](
      repeating: (0, 0), count: schedule.slotCount)
    for event in schedule.population { try follow(event, source, &blocks) }
    var report = WorkerReport()
    let events = schedule.events
    let half = events.count / 2
    let warmUp = try follow(events[..<half], source, &blocks, for: budget)
    report.lap = try follow(events[warmUp.operations...], source, &blocks, for: budget)
    report.residentBytes = resident()
    report.liveBytes = schedule.peak(of: warmUp.operations + report.lap.operations).byteCount
    for block in blocks where block.address != 0 {
      source.free(block.address, byteCount: block.byteCount)
    }
    return report
  }

  private static func follow(
    _ events: ArraySlice<FleetbenchSchedule.Event>, _ source: some BlockSource,
    _ blocks: inout [(address: UInt, byteCount: Int)], for budget: UInt64
  ) throws(CommandFailure) -> Lap {
    var next = events.startIndex
    let start = Clock.now()
    var now = start
    while next < events.endIndex, now - start < budget {
      let end = min(next + 64, events.endIndex)
      for index in next..<end { try follow(events[index], source, &blocks) }
      next = end
      now = Clock.now()
    }
    return Lap(operations: next - events.startIndex, nanoseconds: max(1, now - start))
  }

  @inline(__always)
  private static func follow(
    _ event: FleetbenchSchedule.Event, _ source: some BlockSource,
    _ blocks: inout [(address: UInt, byteCount: Int)]
  ) throws(CommandFailure) {
    let slot = Int(event.slot)
    guard event.byteCount > 0 else {
      source.free(blocks[slot].address, byteCount: blocks[slot].byteCount)
      blocks[slot].address = 0
      return
    }
    let block = unsafe try source.allocate(event.byteCount)
    for offset in stride(from: 0, to: event.byteCount, by: LivePeak.pageSize) {
      unsafe block.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
    }
    blocks[slot] = (UInt(bitPattern: block), event.byteCount)
  }
}
