// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Many pages in one call.
@Suite struct BulkTests {
  @Test(arguments: [0, 1, 15, 16, 64, 700], [PageOrder(0), PageOrder(2)])
  func fillsEverySlotOnceAndFreesThemAll(count: Int, order: PageOrder) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    do {
      var slots = PageSlots(count: count, order: order, allocator: allocator)
      let result = try allocator.allocate(into: &slots)
      #expect(result == BulkResult(newlyTaken: count, filled: count))
      var seen: Set<UInt> = []
      for index in 0..<count {
        let base = slots.baseAddress(at: index)
        seen.insert(UInt(bitPattern: base))
        writeStamps(base, pages: order.pageCount.rawValue, block: index)
      }
      #expect(seen.count == count)
      for index in 0..<count {
        #expect(
          stampsHold(slots.baseAddress(at: index), pages: order.pageCount.rawValue, block: index))
      }
      #expect(allocator.statistics.live == ByteCount(slots.bytesPerPage.rawValue * count))
      #expect(allocator.statistics.liveBlocks == count)
    }
    #expect(allocator.statistics.live == 0)
    #expect(allocator.statistics.liveBlocks == 0)
    allocator.heapForTests.validate()
  }

  @Test func fillsHolesInOrderAndLeavesTheRestAlone() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var slots = PageSlots(count: 40, allocator: allocator)
    try allocator.allocate(into: &slots)
    let before = (0..<40).map { UInt(bitPattern: slots.baseAddress(at: $0)) }
    for index in stride(from: 1, to: 40, by: 3) { _ = slots.take(at: index) }
    let holes = 13
    #expect(slots.filledCount == 40 - holes)
    let result = try allocator.allocate(into: &slots)
    #expect(result == BulkResult(newlyTaken: holes, filled: 40))
    for index in 0..<40 where index % 3 != 1 {
      #expect(UInt(bitPattern: slots.baseAddress(at: index)) == before[index])
    }
    let full = try allocator.allocate(into: &slots)
    #expect(full == BulkResult(newlyTaken: 0, filled: 40))
  }

  @Test func pagesOfOneCallLieSideBySide() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(4))
    var slots = PageSlots(count: 64, allocator: allocator)
    try allocator.allocate(into: &slots)
    for index in 1..<64 {
      #expect(slots.baseAddress(at: index) == slots.baseAddress(at: index - 1) + 4096)
    }
  }

  @Test func demandsDecideWhatAShortageMeans() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(100).byteCount)
    let held = try allocator.allocate(pageCount: 40)
    var slots = PageSlots(count: 64, allocator: allocator)
    let error = #expect(throws: CompoundError.self) {
      try allocator.allocate(into: &slots, demand: .all)
    }
    guard case .outOfMemory = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(slots.filledCount == 0)
    #expect(allocator.statistics.live == PageCount(40).byteCount)
    #expect(throws: CompoundError.self) {
      try allocator.allocate(into: &slots, demand: .atLeast(61))
    }
    let result = try allocator.allocate(into: &slots, demand: .atLeast(60))
    #expect(result == BulkResult(newlyTaken: 60, filled: 60))
    let none = try allocator.allocate(into: &slots, demand: .available)
    #expect(none == BulkResult(newlyTaken: 0, filled: 60))
    #expect(held.pageCount == 40)
  }

  @Test func aFailedCallLeavesFilledSlotsAsTheyWere() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(50).byteCount)
    var slots = PageSlots(count: 64, allocator: allocator)
    try allocator.allocate(into: &slots, demand: .atLeast(30))
    for index in stride(from: 0, to: 30, by: 2) { _ = slots.take(at: index) }
    let filled = (0..<64).map { slots.isFilled(at: $0) }
    #expect(throws: CompoundError.self) { try allocator.allocate(into: &slots, demand: .all) }
    #expect((0..<64).map { slots.isFilled(at: $0) } == filled)
    #expect(allocator.statistics.liveBlocks == slots.filledCount)
    allocator.heapForTests.validate()
  }

  @Test func whatIsAvailableIsTakenWithoutASystemCall() throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(8), faults: faults)
    var slots = PageSlots(count: 64, allocator: allocator)
    let none = try allocator.allocate(into: &slots, demand: .available)
    #expect(none.newlyTaken == 0)
    #expect(faults.count(of: .populate) == 0)
    let one = try allocator.allocate(into: &slots, demand: .atLeast(1))
    #expect(one.newlyTaken == 64)
    #expect(allocator.statistics.resident == .chunk)
    var many = PageSlots(count: 600, allocator: allocator)
    let rest = try allocator.allocate(into: &many, demand: .available)
    #expect(rest.newlyTaken == 512 - 64)
    #expect(allocator.statistics.resident == .chunk)
  }

  @Test func magazinesOfOtherThreadsAreEmptiedBeforeACallFails() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
    onThreads(1) { _ in
      guard let block = try? allocator.allocatePointer(byteCount: .page) else { return }
      allocator.deallocate(block)
    }
    var slots = PageSlots(count: 64, allocator: allocator)
    #expect(try allocator.allocate(into: &slots).newlyTaken == 64)
  }

  @Test func pagesTakenOutAreBuffersAndGoIn() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    var slots = PageSlots(count: 2, allocator: allocator)
    let none = slots.take(at: 0)
    let isNothing = none == nil
    #expect(isNothing)
    slots.put(try allocator.allocate(byteCount: .page), at: 1)
    #expect(slots.filledCount == 1)
    let page = slots.take(at: 1)
    let size = page?.byteCount
    #expect(size == .page)
    #expect(slots.filledCount == 0)
  }

  @Test func slotsOfAnotherAllocatorStopTheProgram() async {
    let filled = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var slots = PageSlots(count: 4, allocator: try CompoundAllocator.ofBuild(.mebibytes(2)))
      try allocator.allocate(into: &slots)
    }
    #expect(lastWords(filled, say: "an array of 4 page slots was made for another allocator"))
    let freed = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var slots = PageSlots(count: 5, allocator: try CompoundAllocator.ofBuild(.mebibytes(2)))
      allocator.deallocate(&slots)
    }
    #expect(lastWords(freed, say: "an array of 5 page slots was made for another allocator"))
  }

  @Test func blocksThatFindNoRunAreStitched() throws {
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(64).byteCount)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    do {
      var slots = PageSlots(count: 8, order: 2, allocator: allocator)
      #expect(try allocator.allocate(into: &slots).newlyTaken == 8)
      for index in 0..<8 { writeStamps(slots.baseAddress(at: index), pages: 4, block: index) }
      for index in 0..<8 {
        #expect(stampsHold(slots.baseAddress(at: index), pages: 4, block: index))
      }
      #expect(allocator.statistics.free == 0)
    }
    #expect(allocator.statistics.free == PageCount(32).byteCount)
    allocator.deallocate(all: kept)
  }

  @Test func putStopsAtMistakes() async {
    let size = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var slots = PageSlots(count: 1, allocator: allocator)
      slots.put(try allocator.allocate(pageCount: 2), at: 0)
    }
    #expect(lastWords(size, say: "8192 bytes into slots of 4096 bytes"))
    let twice = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      var slots = PageSlots(count: 1, allocator: allocator)
      slots.put(try allocator.allocate(pageCount: 1), at: 0)
      slots.put(try allocator.allocate(pageCount: 1), at: 0)
    }
    #expect(lastWords(twice, say: "slot 0 holds the page at 0x"))
    let foreign = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
      let other = try CompoundAllocator.ofBuild(.mebibytes(2))
      var slots = PageSlots(count: 1, allocator: allocator)
      slots.put(try other.allocate(pageCount: 1), at: 0)
    }
    #expect(lastWords(foreign, say: "comes from another allocator"))
  }

  /// Random fills, takes, puts and frees against a plain list.
  @Test(arguments: 0..<4)
  func agreesWithAPlainModel(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let capacity = 96
    let allocator = try CompoundAllocator.contiguousFirst(PageCount(capacity).byteCount)
    var slots = PageSlots(count: 64, allocator: allocator)
    var model = [UInt?](repeating: nil, count: 64)
    var loose: [UnsafeMutableRawPointer] = []
    for step in 0..<5_000 {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<3:
        let empty = model.count { $0 == nil }
        let free = capacity - (64 - empty) - loose.count
        let demand = Int.random(in: 0...2, using: &random)
        let result =
          demand == 0
          ? try? allocator.allocate(into: &slots)
          : try? allocator.allocate(into: &slots, demand: demand == 1 ? .atLeast(8) : .available)
        let minimum = demand == 0 ? empty : demand == 1 ? min(8, empty) : 0
        #expect((result == nil) == (free < minimum))
        if let result {
          #expect(demand == 2 || result.newlyTaken == min(empty, free))
          #expect(result.filled == 64 - empty + result.newlyTaken)
        }
        for index in 0..<64 {
          let address =
            slots.isFilled(at: index) ? UInt(bitPattern: slots.baseAddress(at: index)) : nil
          if let before = model[index] { #expect(address == before) }
          if let address, model[index] == nil {
            #expect(!model.contains(address))
            writeStamps(slots.baseAddress(at: index), pages: 1, block: index)
          }
          model[index] = address
        }
      case 3..<8:
        let index = Int.random(in: 0..<64, using: &random)
        if model[index] != nil {
          #expect(stampsHold(slots.baseAddress(at: index), pages: 1, block: index))
        }
        let page = slots.take(at: index)
        let isPage = page != nil
        #expect(isPage == (model[index] != nil))
        model[index] = nil
        if let page { if Bool.random(using: &random) { loose.append(page.relinquish()) } }
      case 8:
        if let index = model.firstIndex(of: nil), let pointer = loose.popLast() {
          slots.put(allocator.adopt(pointer), at: index)
          model[index] = UInt(bitPattern: pointer)
          writeStamps(slots.baseAddress(at: index), pages: 1, block: index)
        }
      default:
        if step % 7 == 0 {
          allocator.deallocate(&slots)
          model = [UInt?](repeating: nil, count: 64)
        }
      }
      #expect(slots.filledCount == model.count { $0 != nil })
    }
    allocator.deallocate(&slots)
    allocator.deallocate(all: loose)
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }
}
