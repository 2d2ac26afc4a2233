// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Where the tags and tables of an arena lie.
@Suite struct VmemMemoryTests {
  /// The address space of the process, in bytes.
  private static var addressSpace: Int {
    let pages = ProcessMemory.read("statm").prefix { $0 != " " }
    return (Int(pages) ?? 0) * 4096
  }

  @Test func aHundredThousandSegmentsTakeNoAddressSpace() async {
    // A process of its own: what other tests allocate meanwhile does not disturb.
    await #expect(processExitsWith: .success) {
      let arena = ImportingVmem.forTests(cachedSizes: 2, segmentLimit: 1 << 20)
      arena.add(0..<1_000_000)
      let before = Self.addressSpace
      for number in 0..<100_000 {
        let found = try arena.allocate(2, .nextFit)
        guard found?.range == 2 * number..<2 * number + 2 else { fatalError("\(number)") }
      }
      for number in stride(from: 0, to: 100_000, by: 2) { arena.free(2 * number..<2 * number + 2) }
      arena.reap()
      let growth = Self.addressSpace - before
      let count = arena.allocatedCount
      arena.validate()
      // Tags in an array would be some four megabytes, and eight while it grows.
      #expect(count == 50_000 && before > 0)
      #expect(growth < 1 << 20, "\(growth)")
    }
  }

  @Test func anArenaForMillionsOfSegmentsCostsNothing() async {
    await #expect(processExitsWith: .success) {
      let before = ProcessMemory.residentByteCount
      let arena = ImportingVmem.forTests(segmentLimit: 1 << 24)
      arena.add(0..<1000)
      let found = try arena.allocate(10)
      let growth = ProcessMemory.residentByteCount - before
      #expect(found?.range == 0..<10 && before > 0)
      #expect(growth < 4 << 20, "\(growth)")
    }
  }

  @Test(arguments: [1, 2])
  func aTableThatCannotBeMappedIsReported(nth: Int) {
    let plan = FaultPlan()
    plan.fail(.mapTable, nth: nth, errno: 12)
    #expect(throws: CompoundError.systemCall(.mapTable, errno: 12)) {
      _ = try Vmem(name: "test", segmentLimit: 100, system: OperatingSystem(faults: plan))
    }
    #expect(plan.count(of: .unmap) == nth - 1)
  }
}
