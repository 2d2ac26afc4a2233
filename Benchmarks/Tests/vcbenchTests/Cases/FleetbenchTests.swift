// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcbench

@Suite struct FleetbenchTests {
  private func profile(_ text: String) throws(CommandFailure) -> FleetbenchProfile {
    try FleetbenchProfile(Array(text.utf8), name: "x.csv")
  }

  @Test func readsSizesOfAPageAndMore() throws {
    let profile = try profile("16, 1000, 3\n4096, 1.5, 2\n 8192,0,7\n100000,0.25,0.5\n\n")
    #expect(
      profile.entries == [
        .init(byteCount: 4096, rate: 1.5, live: 2),
        .init(byteCount: 100_000, rate: 0.25, live: 0.5),
      ])
    #expect(profile.liveByteCount == 58_192)
  }

  @Test(arguments: [
    ("4096, 1\n", "x.csv:1: expected"), ("4096, 1, 2\n4096, x, 2\n", "x.csv:2: expected"),
    ("4096, -1, 2\n", "x.csv:1: expected"), ("16, 1, 2\n", "no sizes of 4096 bytes and more"),
    ("4096, nan, 2\n", "x.csv:1: expected"), ("", "no sizes"),
    ("4096, 1, 2\n4096, 1, 1e308\n", "x.csv:2: expected"), ("4096, 1, inf", "x.csv:1: expected"),
    ("4096, 1e16, 1", "x.csv:1: expected"), ("4096, 1e-300, 1", "x.csv:1: expected"),
    ("4096, 1, -1", "x.csv:1: expected"), ("1e19, 1, 1", "from 1 to 1099511627776"),
    ("99999999999999999999, 1, 1", "x.csv:1: expected"), ("-4096, 1, 1", "x.csv:1: expected"),
  ])
  func refuses(text: String, message: String) {
    let failure = #expect(throws: CommandFailure.self) { _ = try profile(text) }
    #expect(failure?.message.contains(message) == true)
  }

  /// The largest figures that a file may have, in a case of their own.
  @Test func theLargestFiguresMakeASchedule() throws {
    let profile = try profile("4096, 1e15, 1e15\n8192, 1e-15, 1e15\n1099511627776, 1, 1e15\n")
    let schedule = FleetbenchSchedule(profile, liveByteCount: 1 << 30, births: 1000, seed: 1)
    #expect(schedule.scale > 0)
    #expect(schedule.events.count { $0.byteCount > 0 } == 1000)
    #expect(schedule.blocks.peak(of: schedule.events.count).byteCount > 0)
  }

  @Test func aPeakThatTheMachineHasNoMemoryForIsRefused() throws {
    let profile = try profile("1099511627776, 1, 1\n")
    let schedule = FleetbenchSchedule(profile, liveByteCount: 1 << 20, births: 10, seed: 1)
    let peak = schedule.blocks.peak(of: schedule.events.count)
    let needed = peak.byteCount
    try SteadyCase.checkMemory(
      peak, "x.csv", MachineMemory(available: needed, groupLeft: nil))
    let failure = #expect(throws: CommandFailure.self) {
      try SteadyCase.checkMemory(
        peak, "x.csv", MachineMemory(available: needed - 1, groupLeft: nil))
    }
    #expect(failure?.message.hasPrefix("the peak of x.csv needs ") == true)
  }

  @Test func aSeedMakesASchedule() throws {
    let profile = try profile("4096, 3, 20\n8192, 1, 10\n")
    func schedule(_ seed: UInt64) -> FleetbenchSchedule {
      FleetbenchSchedule(profile, liveByteCount: 1 << 20, births: 500, seed: seed)
    }
    #expect(schedule(1).events == schedule(1).events)
    #expect(schedule(1).population == schedule(1).population)
    #expect(schedule(1).events != schedule(2).events)
  }

  @Test func sizesComeByTheirRatesAndLiveAsManyAsTheProfileSays() throws {
    let profile = try profile("4096, 3, 200\n8192, 1, 100\n")
    let schedule = FleetbenchSchedule(profile, liveByteCount: 1 << 30, births: 20_000, seed: 1)
    #expect(schedule.scale == 1)
    #expect(schedule.population.count == 300)
    let births = schedule.events.filter { $0.byteCount > 0 }
    #expect(births.count == 20_000)
    let small = births.count { $0.byteCount == 4096 }
    #expect((14_500...15_500).contains(small))
    // What is alive, averaged over time: the profile's 300 objects.
    var live = schedule.population.count
    var sum = 0
    for event in schedule.events {
      live += event.byteCount > 0 ? 1 : -1
      sum += live
    }
    #expect((270...330).contains(sum / schedule.events.count))
  }

  @Test func liveObjectsAreScaledDown() throws {
    let profile = try profile("4096, 1, 1000\n")
    let schedule = FleetbenchSchedule(profile, liveByteCount: 100 << 12, births: 100, seed: 1)
    #expect(schedule.scale == 0.1)
    #expect(schedule.population.count == 100)
  }

  @Test func slotsAreBornAndDieInTurn() throws {
    let profile = try profile("5000, 2, 10\n70000, 1, 3.5\n")
    let schedule = FleetbenchSchedule(profile, liveByteCount: 1 << 30, births: 2000, seed: 7)
    var live: [Int32: Int] = [:]
    var peakBytes = 0
    var peakPages = 0
    for event in schedule.population + schedule.events {
      if event.byteCount > 0 {
        #expect(live.updateValue(event.byteCount, forKey: event.slot) == nil)
      } else {
        #expect(live.removeValue(forKey: event.slot) != nil)
      }
      peakBytes = max(peakBytes, live.values.reduce(0, +))
      peakPages = max(peakPages, live.values.reduce(0) { $0 + ($1 + 4095) / 4096 })
    }
    let peak = schedule.blocks.peak(of: schedule.events.count)
    #expect(peak.byteCount == peakBytes)
    #expect(peak.pages == peakPages)
    #expect(schedule.blocks.peak(of: 0).byteCount <= peakBytes)
  }

  @Test func aChildFollowsTheScheduleAndLeavesNothing() throws {
    let profile = try profile("5000, 2, 10\n70000, 1, 3\n")
    let schedule = FleetbenchSchedule(profile, liveByteCount: 1 << 30, births: 300, seed: 7)
    var blocks = schedule.blocks
    blocks.alignsToPages = true
    let peak = blocks.peak(of: schedule.events.count)
    let file = try ScheduleFile(blocks, capacity: peak.pages << 12)
    var work = try SteadyWork(path: file.path)
    let source = try CompoundSource(capacity: work.capacity)
    let report = try work.run(source, for: 10_000_000_000) { 42 }
    #expect(report.lap.operations == schedule.events.count - schedule.events.count / 2)
    #expect(report.liveBytes == peak.byteCount)
    #expect(report.residentBytes == 42)
    #expect(source.allocator.statistics.liveBlocks == 0)
    _ = consume file
  }

  @Test func aQueueGivesTheEarliestFirst() {
    var queue = EventQueue()
    let times = [5, 3, 9, 1, 7, 2, 8].map(Double.init)
    for (slot, time) in times.enumerated() { queue.push(Int32(slot), at: time) }
    var order: [Double] = []
    while let slot = queue.pop(before: 8) { order.append(times[Int(slot)]) }
    #expect(order == [1, 2, 3, 5, 7])
    #expect(queue.pop(before: 8) == nil)
    #expect(queue.pop(before: 100) == 6)
  }
}
