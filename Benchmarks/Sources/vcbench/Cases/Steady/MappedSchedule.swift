// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A schedule as a child sees it: all of it resident, and none of it from malloc.
@safe
package struct MappedSchedule: ~Copyable {
  private let start: UnsafeMutableRawPointer
  private let length: Int
  private let entries: UnsafePointer<BlockSchedule.Event>
  private let header: ScheduleFile.Header

  /// Maps a file.
  ///
  /// - Parameter path: as `ScheduleFile` tells it.
  /// - Throws: a failure where there is no schedule.
  package init(path: String) throws(CommandFailure) {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Self.failure(path, describe(errorNumber: errno)) }
    defer { close(file) }
    var facts = stat()
    let headerLength = MemoryLayout<ScheduleFile.Header>.stride
    guard unsafe fstat(file, &facts) == 0, Int(facts.st_size) >= headerLength else {
      throw Self.failure(path, "it is too short")
    }
    let length = Int(facts.st_size)
    guard let start = unsafe mmap(nil, length, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0),
      unsafe start != MAP_FAILED
    else { throw Self.failure(path, describe(errorNumber: errno)) }
    let header = unsafe start.load(as: ScheduleFile.Header.self)
    let stride = MemoryLayout<BlockSchedule.Event>.stride
    guard header.mark == ScheduleFile.Header().mark,
      length == headerLength + (header.populationCount + header.eventCount) * stride
    else {
      unsafe munmap(start, length)
      throw Self.failure(path, "it has another form")
    }
    unsafe self.start = unsafe start
    self.length = length
    self.header = header
    unsafe entries = unsafe UnsafePointer(
      (start + headerLength).assumingMemoryBound(to: BlockSchedule.Event.self))
  }

  deinit {
    unsafe munmap(start, length)
  }

  /// How many slots there are.
  package var slotCount: Int { header.slotCount }
  /// The arena of VCompound, in bytes.
  package var capacity: Int { header.capacity }
  /// Whether it can be lived through once more.
  package var isLoop: Bool { header.isLoop }
  /// Whether every block begins on a page.
  package var alignsToPages: Bool { header.alignsToPages }
  /// The events that make the first population.
  package var population: Range<Int> { 0..<header.populationCount }
  /// The events that follow.
  package var events: Range<Int> {
    header.populationCount..<header.populationCount + header.eventCount
  }

  /// An event of the population or one of those that follow.
  package subscript(index: Int) -> BlockSchedule.Event {
    @inline(__always) get {
      precondition(0 <= index && index < events.upperBound, "event out of range")
      return unsafe entries[index]
    }
  }

  private static func failure(_ path: String, _ reason: String) -> CommandFailure {
    .input("cannot read the schedule \(path): \(reason)")
  }
}
