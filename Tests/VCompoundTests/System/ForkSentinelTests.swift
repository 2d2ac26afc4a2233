// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The page that tells a child of fork from its parent.
@Suite struct ForkSentinelTests {
  @Test func theProcessThatMadeItIsNoChild() throws {
    let sentinel = try ForkSentinel(system: OperatingSystem())
    let (isInChild, address) = (sentinel.isInChild, sentinel.address)
    #expect(!isInChild)
    #expect(address != 0 && address % 4096 == 0)
  }

  @Test func theKernelWipesThePageInChildren() throws {
    let sentinel = try ForkSentinel(system: OperatingSystem())
    let flags = ProcessMemory.flags(of: sentinel.address)
    #expect(flags.contains("wf"))
    let isInChild = sentinel.isInChild
    #expect(!isInChild)
  }

  @Test func aFailureLeavesNothing() async {
    await #expect(processExitsWith: .success) {
      for call in [SystemCallKind.mapTable, .wipeOnFork] {
        let plan = FaultPlan()
        plan.fail(call, errno: 22)
        #expect(throws: CompoundError.systemCall(call, errno: 22)) {
          _ = try ForkSentinel(system: OperatingSystem(faults: plan))
        }
        #expect(plan.count(of: .unmap) == (call == .mapTable ? 0 : 1))
      }
    }
  }
}
