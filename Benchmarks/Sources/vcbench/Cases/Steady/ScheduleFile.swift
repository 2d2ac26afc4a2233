// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A schedule in a file in memory, which children map.
///
/// They neither draw nor read anything themselves: whatever that took from malloc, and gave back,
/// the malloc that is measured would find, and its resident memory would seem less.
package struct ScheduleFile: ~Copyable {
  /// What stands before the events.
  struct Header: BitwiseCopyable, Equatable {
    var mark = 0x5643_5343_4845_4431
    var slotCount = 0
    var populationCount = 0
    var eventCount = 0
    var capacity = 0
    var isLoop = false
    var alignsToPages = false
  }

  private let file: MemoryFile

  /// Writes a schedule.
  ///
  /// - Parameters:
  ///   - schedule: what happens.
  ///   - capacity: the bytes of the arena that VCompound has for it.
  /// - Throws: a failure with the operating system's reason.
  package init(_ schedule: BlockSchedule, capacity: Int) throws(CommandFailure) {
    var header = Header()
    header.slotCount = schedule.slotCount
    header.populationCount = schedule.population.count
    header.eventCount = schedule.events.count
    header.capacity = capacity
    header.isLoop = schedule.isLoop
    header.alignsToPages = schedule.alignsToPages
    let file = try MemoryFile(byteCount: 0)
    try file.append([header])
    try file.append(schedule.population)
    try file.append(schedule.events)
    self.file = file
  }

  /// Where children find it, as long as this is alive.
  package var path: String { file.path }
}

extension MemoryFile {
  /// The name by which other processes of the same user can open it.
  var path: String { "/proc/\(getpid())/fd/\(descriptor)" }

  /// Writes elements behind what is there.
  borrowing func append<Element: BitwiseCopyable>(
    _ elements: [Element]
  ) throws(CommandFailure) {
    let byteCount = elements.count * MemoryLayout<Element>.stride
    var done = 0
    while done < byteCount {
      let written = unsafe elements.withUnsafeBytes { bytes in
        guard let base = bytes.baseAddress else { return 0 }
        return unsafe write(descriptor, base + done, byteCount - done)
      }
      guard written > 0 else { throw Self.failure("write") }
      done += written
    }
  }
}
