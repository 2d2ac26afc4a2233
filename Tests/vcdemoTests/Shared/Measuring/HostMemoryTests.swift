// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct HostMemoryTests {
  @Test func touchesWhatIsAskedForInWholePages() {
    let memory = MachineMemory(available: 1 << 30, groupLeft: nil)
    #expect(HostMemory.back(3 * 4096 + 1, memory: memory) == 3 * 4096)
    #expect(HostMemory.back(0, memory: memory) == 0)
  }

  @Test func leavesSomeOfWhatThereIs() {
    let memory = MachineMemory(available: 1 << 30, groupLeft: 16 << 20)
    #expect(HostMemory.bounded(.max, by: memory) == 14 << 20)
    #expect(HostMemory.back(1 << 40, memory: memory) == 14 << 20)
    #expect(HostMemory.bounded(1 << 20, by: MachineMemory(available: nil, groupLeft: nil)) == 0)
  }

  @Test func aMeasurementMayNeedMoreThanThePeak() {
    #expect(HostMemory.need(forPeak: 1000) == 2500)
    #expect(HostMemory.need(forPeak: .max) == .max)
  }
}
