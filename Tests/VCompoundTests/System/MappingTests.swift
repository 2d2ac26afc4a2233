// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Owners of address space, each in a process of its own: what is left over is the process's.
@Suite struct MappingTests {
  @Test func holdsItsRangeWhileItLives() async {
    await #expect(processExitsWith: .success) {
      var address: UInt = 0
      do {
        let mapping = try Mapping(reserving: .mebibytes(1), system: OperatingSystem())
        address = mapping.address
        #expect(address % 4096 == 0)
        #expect(ProcessMemory.isMapped(address))
        let holds = [address &- 1, address, address + (1 << 20) - 1, address + (1 << 20)]
          .map { mapping.contains($0) }
        #expect(holds == [false, true, true, false])
      }
      #expect(!ProcessMemory.isMapped(address))
      #expect(ProcessState.orphanCount == 0)
    }
  }

  @Test func aRelinquishedRangeIsTheCallers() async {
    await #expect(processExitsWith: .success) {
      let plan = FaultPlan()
      let system = OperatingSystem(faults: plan)
      let address = try Mapping(reserving: .page, system: system).relinquish()
      #expect(ProcessMemory.isMapped(address))
      #expect(plan.count(of: .unmap) == 0)
      try system.unmap(at: address, byteCount: .page)
      #expect(!ProcessMemory.isMapped(address))
    }
  }

  @Test func aRangeThatCannotBeReleasedIsReleasedLater() async {
    await #expect(processExitsWith: .success) {
      let plan = FaultPlan()
      let system = OperatingSystem(faults: plan)
      var address: UInt = 0
      do {
        let mapping = try Mapping(reserving: .page, system: system)
        address = mapping.address
        plan.fail(.unmap, errno: 12)
      }
      #expect(ProcessState.orphanCount == 1)
      #expect(ProcessMemory.isMapped(address))
      do {
        _ = try Mapping(reserving: .page, system: system)
      }
      #expect(ProcessState.orphanCount == 0)
      #expect(!ProcessMemory.isMapped(address))
    }
  }

  @Test func severalRangesWaitAsLongAsTheyMust() async {
    await #expect(processExitsWith: .success) {
      let plan = FaultPlan()
      let system = OperatingSystem(faults: plan)
      plan.fail(.unmap, times: .max, errno: 12)
      var addresses: [UInt] = []
      for count in 1...3 {
        do {
          let mapping = try Mapping(reserving: .page, system: system)
          addresses.append(mapping.address)
        }
        #expect(ProcessState.orphanCount == count)
      }
      #expect(addresses.allSatisfy { ProcessMemory.isMapped($0) })
      plan.clear()
      // The next release of anybody, by any allocator's system, takes them all.
      do {
        _ = try Mapping(reserving: .page, system: OperatingSystem())
      }
      #expect(ProcessState.orphanCount == 0)
      #expect(addresses.allSatisfy { !ProcessMemory.isMapped($0) })
    }
  }

  @Test func aReservationThatFailsLeavesNothing() async {
    await #expect(processExitsWith: .success) {
      let plan = FaultPlan()
      plan.fail(.reserve, errno: 12)
      #expect(throws: CompoundError.systemCall(.reserve, errno: 12)) {
        _ = try Mapping(reserving: .page, system: OperatingSystem(faults: plan))
      }
      #expect(plan.count(of: .unmap) == 0)
      #expect(ProcessState.orphanCount == 0)
    }
  }
}
