// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Tables of records that are zero at first.
@Suite struct ZeroedTableTests {
  private struct Record: BitwiseCopyable, Equatable {
    var first: UInt64
    var second: UInt16
  }

  @Test(arguments: [1, 2, 511, 512, 513, 5000])
  func isZeroAtFirst(count: Int) throws {
    let table = try ZeroedTable<UInt64>(count: count, system: OperatingSystem())
    let length = table.count
    #expect(length == count)
    let sum = (0..<count).reduce(UInt64(0)) { $0 | table[$1] }
    #expect(sum == 0)
  }

  @Test func keepsWhatIsWritten() throws {
    var table = try ZeroedTable<Record>(count: 1000, system: OperatingSystem())
    for index in 0..<1000 {
      table[index] = Record(first: UInt64(index) &* 0x9E37_79B9_7F4A_7C15, second: UInt16(index))
    }
    table[500].second = 7
    for index in 0..<1000 {
      let record = table[index]
      let second = UInt16(index == 500 ? 7 : index)
      #expect(
        record == Record(first: UInt64(index) &* 0x9E37_79B9_7F4A_7C15, second: second))
    }
  }

  @Test func aTableOfTwoGibibytesCostsNothing() async {
    // A process of its own: what other tests allocate meanwhile does not disturb.
    await #expect(processExitsWith: .success) {
      let before = ProcessMemory.residentByteCount
      var table = try ZeroedTable<UInt64>(count: 1 << 28, system: OperatingSystem())
      table[0] = 1
      table[(1 << 28) - 1] = 2
      let (low, middle, high) = (table[0], table[1 << 27], table[(1 << 28) - 1])
      #expect(low == 1 && middle == 0 && high == 2)
      let growth = ProcessMemory.residentByteCount - before
      #expect(before > 0)
      #expect(growth < 4 << 20)
    }
  }

  @Test func aFailureIsReported() {
    let plan = FaultPlan()
    plan.fail(.mapTable, errno: 12)
    #expect(throws: CompoundError.systemCall(.mapTable, errno: 12)) {
      _ = try ZeroedTable<UInt8>(count: 1, system: OperatingSystem(faults: plan))
    }
  }

  @Test func givesItsMemoryBack() async {
    await #expect(processExitsWith: .success) {
      let plan = FaultPlan()
      do {
        var table = try ZeroedTable<UInt8>(count: 1, system: OperatingSystem(faults: plan))
        table[0] = 1
        #expect(plan.count(of: .unmap) == 0)
      }
      #expect(plan.count(of: .unmap) == 1)
    }
  }
}
