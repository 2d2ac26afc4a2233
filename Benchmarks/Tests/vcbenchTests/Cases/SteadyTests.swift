// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcbench

@Suite struct SteadyTests {
  private typealias Event = BlockSchedule.Event

  private func schedule(isLoop: Bool) -> BlockSchedule {
    BlockSchedule(
      population: [Event(slot: 0, byteCount: 5000)],
      events: [
        Event(slot: 1, byteCount: 24), Event(slot: 0, byteCount: 0),
        Event(slot: 0, byteCount: 70_000), Event(slot: 1, byteCount: 0),
        Event(slot: 0, byteCount: 0),
      ], slotCount: 2, isLoop: isLoop)
  }

  @Test func aTraceBecomesBirthsAndDeathsAndLeavesNothing() throws {
    let trace = try Samples.parse(
      "a 5 100 16 0 1\na 6 200 16 0 2\nr 5 7 300 0 3\nf 6 0 4\na 9 400 16 0 5\n")
    let schedule = BlockSchedule(trace)
    #expect(
      schedule.events == [
        Event(slot: 0, byteCount: 100), Event(slot: 1, byteCount: 200),
        Event(slot: 2, byteCount: 300), Event(slot: 0, byteCount: 0),
        Event(slot: 1, byteCount: 0), Event(slot: 3, byteCount: 400),
        Event(slot: 2, byteCount: 0), Event(slot: 3, byteCount: 0),
      ])
    #expect(schedule.population.isEmpty && schedule.isLoop && schedule.slotCount == 4)
    #expect(schedule.peak(of: schedule.events.count).byteCount == 700)
    #expect(schedule.peak(of: 2).byteCount == 300)
  }

  @Test func smallBlocksCountTogetherAtThePeak() {
    let peak = schedule(isLoop: false).peak(of: 5)
    #expect(peak.byteCount == 70_024)
    #expect(peak.pages == 19)
    #expect(schedule(isLoop: false).peak(of: 0).pages == 2)
  }

  @Test func aFileTellsTheWholeSchedule() throws {
    var schedule = schedule(isLoop: true)
    schedule.alignsToPages = true
    let file = try ScheduleFile(schedule, capacity: 12_345)
    let mapped = try MappedSchedule(path: file.path)
    let population = mapped.population.map { mapped[$0] }
    let events = mapped.events.map { mapped[$0] }
    let (slots, capacity) = (mapped.slotCount, mapped.capacity)
    let (isLoop, alignsToPages) = (mapped.isLoop, mapped.alignsToPages)
    #expect(population == schedule.population && events == schedule.events)
    #expect(slots == 2 && capacity == 12_345 && isLoop && alignsToPages)
    _ = consume file
  }

  @Test func whatIsNoScheduleIsRefused() throws {
    try Samples.withFile("short") { path in
      let failure = #expect(throws: CommandFailure.self) { _ = try MappedSchedule(path: path) }
      #expect(failure?.message == "cannot read the schedule \(path): it is too short")
    }
    try Samples.withFile(String(repeating: "x", count: 100)) { path in
      let failure = #expect(throws: CommandFailure.self) { _ = try MappedSchedule(path: path) }
      #expect(failure?.message.hasSuffix("it has another form") == true)
    }
    let failure = #expect(throws: CommandFailure.self) {
      _ = try MappedSchedule(path: "/nowhere/x")
    }
    #expect(failure?.message.hasSuffix("No such file or directory") == true)
  }

  @Test func aLoopIsFollowedInWholeRoundsAndLeavesNothing() throws {
    let schedule = BlockSchedule(try Samples.random(300, seed: 5))
    let file = try ScheduleFile(schedule, capacity: 8 << 20)
    var work = try SteadyWork(path: file.path)
    let source = try CompoundSource(capacity: work.capacity)
    let report = try work.run(source, for: 1) { 42 }
    #expect(report.lap.operations == schedule.events.count)
    #expect(report.liveBytes == schedule.peak(of: schedule.events.count).byteCount)
    #expect(report.residentBytes == 42)
    #expect(source.allocator.statistics.liveBlocks == 0)
    #expect(source.allocator.statistics.liveObjects == 0)
    _ = consume file
  }

  @Test(arguments: [WorkerTask.Allocator.pointer, .malloc])
  func aTaskIsMeasuredWithItsMemory(allocator: WorkerTask.Allocator) throws {
    let file = try ScheduleFile(schedule(isLoop: true), capacity: 4 << 20)
    var task = WorkerTask(.steady, allocator)
    task.path = file.path
    task.nanoseconds = 1000
    let report = try Worker.report(of: task)
    #expect(report.lap.operations % 5 == 0 && report.lap.operations > 0)
    #expect(report.liveBytes == 70_024)
    #expect(allocator == .malloc || report.residentBytes >= 2 << 20)
    _ = consume file
  }

  @Test func allOfABlockIsTouched() {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: 4 << 12, alignment: 1 << 12)
    defer { bytes.deallocate() }
    for (start, length) in [(0, 1), (0, 8), (16, 4096), (100, 9000), (4095, 2)] {
      bytes.initializeMemory(as: UInt8.self, repeating: 0, count: 4 << 12)
      Touch.pages(of: bytes + start, byteCount: length)
      let written = (0..<4 << 12).filter { bytes.load(fromByteOffset: $0, as: UInt8.self) != 0 }
      let pages = Set((start..<start + length).map { $0 >> 12 })
      #expect(Set(written.map { $0 >> 12 }) == pages)
      #expect(written.allSatisfy { (start..<start + length).contains($0) })
    }
  }
}
