// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// What memory the arena holds: by the kernel's count.
@Suite struct ResidencyTests {
  @Test func anArenaHoldsNothingAtFirst() throws {
    let allocator = try CompoundAllocator.ofBuild(.gibibytes(16))
    #expect(try allocator.residentByteCountOfKernel() == 0)
    #expect(allocator.statistics.resident == 0)
    #expect(allocator.statistics.free == .gibibytes(16))
  }

  @Test func aTebibyteCostsAlmostNothingUntilItIsUsed() throws {
    let allocator = try CompoundAllocator.ofBuild(.tebibytes(1))
    let pointer = try allocator.allocatePointer(byteCount: .mebibytes(3))
    writeStamps(pointer, pages: 768, block: 1)
    #expect(try allocator.residentByteCountOfKernel() == .mebibytes(4))
    #expect(allocator.fragmentation.longestRun > PageCount(covering: .gibibytes(1000)))
    #expect(allocator.availability(order: 18).alignedBlocks == 1023)
    allocator.deallocate(pointer)
    #expect(try allocator.trim() == .mebibytes(4))
    #expect(try allocator.residentByteCountOfKernel() == 0)
    allocator.heapForTests.validate()
  }

  @Test func allThatIsFreeGoes() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
    let first = try allocator.allocatePointer(byteCount: .page)
    #expect(try allocator.residentByteCountOfKernel() == .mebibytes(2))
    let second = try allocator.allocatePointer(byteCount: .mebibytes(4))
    #expect(try allocator.residentByteCountOfKernel() == .mebibytes(6))
    #expect(try allocator.trim() == PageCount(511).byteCount)
    #expect(try allocator.trim() == 0)
    allocator.deallocate(second)
    let given = try allocator.trim()
    #expect(given == .mebibytes(4))
    #expect(try allocator.residentByteCountOfKernel() == .page)
    #expect(allocator.statistics.resident == .page)
    #expect(allocator.statistics.peakResident == .mebibytes(6))
    allocator.deallocate(first)
    #expect(try allocator.trim() == .page)
    // And back again.
    allocator.deallocate(try allocator.allocatePointer(byteCount: .mebibytes(8)))
    #expect(try allocator.residentByteCountOfKernel() == .mebibytes(8))
    allocator.heapForTests.validate()
  }

  @Test func theCeilingIsExactToThePage() throws {
    let pages = 512 + 37
    let allocator = try CompoundAllocator.ofBuild(PageCount(pages).byteCount)
    let pointer = try allocator.allocatePointer(byteCount: PageCount(pages).byteCount)
    writeStamps(pointer, pages: pages, block: 3)
    #expect(try allocator.residentByteCountOfKernel() == PageCount(pages).byteCount)
    allocator.deallocate(pointer)
    #expect(try allocator.trim() == PageCount(pages).byteCount)
    #expect(try allocator.residentByteCountOfKernel() == 0)
  }

  @Test func trimmedMemoryReadsZeroWhenItComesBack() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    let pointer = try allocator.allocatePointer(byteCount: .mebibytes(1))
    pointer.initializeMemory(as: UInt8.self, repeating: 0xEE, count: 1 << 20)
    allocator.deallocate(pointer)
    try allocator.trim()
    var buffer = try allocator.allocate(byteCount: .mebibytes(2))
    let isZero = buffer.withUnsafeMutableBytes { $0.allSatisfy { $0 == 0 } }
    #expect(isZero)
  }

  @Test func chunksAreBornHugeWhereTheKernelAllows() throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4), faults: faults)
    let pointer = try allocator.allocatePointer(byteCount: .mebibytes(4))
    let linear = allocator.heapForTests.arena.linearMap.address
    let huge = KernelView.byteCount("ShmemPmdMapped", at: linear) ?? 0
    // One populate call a chunk, and one collapse: had that been refused, one populate more.
    let wasRefused = faults.count(of: .populate) > 2 + (CompoundAllocator.isFallbackAlways ? 1 : 0)
    #expect(huge == (wasRefused ? 0 : 4 << 20))
    allocator.deallocate(pointer)
  }

  @Test func smallPagesServeWhereHugeOnesAreRefused() throws {
    let faults = FaultPlan()
    faults.fail(.collapse, times: .max, errno: 22)
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4), faults: faults)
    let pointer = try allocator.allocatePointer(byteCount: .mebibytes(3))
    writeStamps(pointer, pages: 768, block: 1)
    #expect(try allocator.residentByteCountOfKernel() == .mebibytes(4))
    #expect(stampsHold(pointer, pages: 768, block: 1))
    allocator.deallocate(pointer)
    #expect(try allocator.trim() == .mebibytes(4))
  }

  /// The kernel keeps parts of a huge page while another thread faults on it, and does not say so.
  @Test func whatTheKernelKeepsIsCounted() throws {
    for _ in 0..<40 {
      let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8))
      let kept = try allocator.fragment { $0 % 16 != 0 }
      let addresses = kept.map { UInt(bitPattern: $0) }
      let isOver = Atomic(false)
      onThreads(2) { thread in
        if thread == 1 {
          while !isOver.load(ordering: .relaxed) {
            for address in addresses { UnsafeMutablePointer<Int>(bitPattern: address)?.pointee = 1 }
          }
        } else {
          let given = try? allocator.trim()
          #expect(given != nil)
          let resident = try? allocator.residentByteCountOfKernel()
          #expect(resident == allocator.statistics.resident)
          isOver.store(true, ordering: .relaxed)
        }
      }
      // Others of the system may use a huge page for a moment, too.
      let inUse = PageCount(kept.count).byteCount
      #expect(waits { (try? allocator.trim()) != nil && allocator.statistics.resident == inUse })
      #expect(try allocator.residentByteCountOfKernel() == inUse)
      allocator.deallocate(all: kept)
    }
  }
}
