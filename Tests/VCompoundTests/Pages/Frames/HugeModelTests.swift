// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// An arena of 1 TiB, of which only what is used may cost memory.
@Suite struct HugeModelTests {
  @Test func itsStartAndItsMiddleAreUsedWithoutTouchingTheRest() async {
    // A process of its own: what other tests allocate meanwhile does not disturb.
    await #expect(processExitsWith: .success) {
      let before = ProcessMemory.residentByteCount
      let pageCount = PageCount(1 << 28)
      var frames = try Frames(pageCount: pageCount, system: OperatingSystem())

      let low = frames.hideAbsent(for: 512, contiguous: false)
      #expect(low == 0..<1)
      if let low { frames.publish(low) }
      let first = frames.takeContiguous(300)
      #expect(first?.first == PageFrame(0))
      // The only multiple of half the arena that is free is its middle.
      let alignment = PageCount(1 << 27)
      let high = frames.hideAbsent(for: 1024, contiguous: true, alignment: alignment)
      #expect(high == (1 << 18)..<(1 << 18) + 2)
      if let high { frames.publish(high) }

      let last = frames.takeContiguous(1024, alignment: alignment)
      #expect(last?.first == PageFrame(1 << 27))
      let (resident, absent) = (frames.freeResident, frames.freeAbsent)
      #expect(resident == 212)
      #expect(absent == pageCount - 512 - 1024)
      if let first { frames.give(first) }
      if let last { frames.give(last) }
      let table = try RunTable(capacity: 1 << 24, system: OperatingSystem())
      let gathered = frames.gather(512 + 1024, into: table)
      #expect(gathered?.count == 2)
      if let gathered { frames.give(gathered, of: table) }
      let (longest, runs) = (frames.longestFreeRun, frames.fragmentation().runs)
      #expect(longest == pageCount)
      #expect(runs == 1)

      let growth = ProcessMemory.residentByteCount - before
      #expect(before > 0)
      #expect(growth < 4 << 20)
    }
  }
}
