// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// The kernel refuses to take memory back, and the books stay right.
@Suite struct TrimFailureTests {
  @Test(arguments: 1...4, [1, Int.max])
  func theBooksStayRight(nth: Int, times: Int) throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(16), faults: faults)
    let agree = { allocator.statistics.resident == (try allocator.residentByteCountOfKernel()) }
    let whole = try allocator.allocate(byteCount: .mebibytes(16))
    _ = consume whole
    // Free chunks in four places: chunks 1, 3 and 5 have a page in use.
    let pages = try allocator.fragment { $0 != 600 && $0 != 1700 && $0 != 2700 }
    faults.fail(.punchHole, nth: nth, times: times, errno: ENOMEM)
    let before = allocator.statistics.resident
    #expect(throws: CompoundError.systemCall(.punchHole, errno: ENOMEM)) { try allocator.trim() }
    #expect(allocator.statistics.resident <= before)
    #expect(try agree())
    #expect(allocator.statistics.free == PageCount(4093).byteCount)

    // What was given back, and what was not, can be used.
    var rest = try allocator.allocate(pageCount: 4093)
    rest.withUnsafeMutableBytes { writeStamps($0, pages: 4093, block: 1) }
    let holds = rest.withUnsafeBytes { stampsHold($0, pages: 4093, block: 1) }
    #expect(holds)
    #expect(try agree())
    _ = consume rest
    faults.clear()
    #expect(try allocator.trim() == PageCount(4093).byteCount)
    #expect(try agree())
    allocator.deallocate(all: pages)
    #expect(try allocator.trim() == PageCount(3).byteCount)
    allocator.heapForTests.validate()
  }
}
