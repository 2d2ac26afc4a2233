// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import VCompound

/// Every refused request is counted under its reason and its size, and no other one is.
@Suite struct RefusalTests {
  /// The error that a request ends with.
  private func refusal(_ body: () throws(CompoundError) -> Void) -> CompoundError? {
    do throws(CompoundError) {
      try body()
      return nil
    } catch {
      return error
    }
  }

  private func allocator(
    _ fallback: FallbackPolicy, mappingLimit: Int? = nil
  ) throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.fallback = fallback
    configuration.mappingLimit = mappingLimit
    configuration.mayExchange = false
    return try CompoundAllocator(capacity: PageCount(64).byteCount, configuration: configuration)
  }

  @Test func whatIsNotFreeIsRefusedForItsCapacity() throws {
    let allocator = try allocator(.whenNeeded)
    let pages = try allocator.fragment { _ in false }
    for byteCount in [10, 4096, 5000] as [ByteCount] {
      #expect(
        refusal { () throws(CompoundError) in
          _ = try allocator.allocate(byteCount: byteCount)
        } != nil)
    }
    let refusals = allocator.statistics.refusals
    #expect(refusals.capacity == 3 && refusals.total == 3)
    #expect(refusals.count(order: 0) == 2 && refusals.count(order: 1) == 1)
    allocator.deallocate(all: pages)
  }

  @Test func whatMayNotBeStitchedIsRefusedForItsContiguity() throws {
    let allocator = try allocator(.never)
    let pages = try allocator.fragment { $0 % 2 == 0 }
    #expect(
      refusal { () throws(CompoundError) in
        _ = try allocator.allocate(pageCount: 17)
      } != nil)
    let refusals = allocator.statistics.refusals
    #expect(refusals.contiguity == 1 && refusals.total == 1)
    #expect(refusals.count(order: 5) == 1)
    allocator.deallocate(all: pages)
  }

  @Test func whatNeedsTooManyMappingsIsRefusedForThem() throws {
    let allocator = try allocator(.whenNeeded, mappingLimit: 4)
    let pages = try allocator.fragment { $0 % 2 == 0 }
    #expect(
      refusal { () throws(CompoundError) in
        _ = try allocator.allocate(pageCount: 8)
      } != nil)
    let refusals = allocator.statistics.refusals
    #expect(refusals.mappings == 1 && refusals.total == 1)
    #expect(refusals.count(order: 3) == 1)
    allocator.deallocate(all: pages)
  }

  @Test func whatTheKernelRefusesIsTheSystems() throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2), faults: faults)
    faults.fail(.populate, times: .max, errno: ENOMEM)
    #expect(
      refusal { () throws(CompoundError) in
        _ = try allocator.allocate(pageCount: 2)
      } == .systemCall(.populate, errno: ENOMEM))
    let refusals = allocator.statistics.refusals
    #expect(refusals.system == 1 && refusals.total == 1 && refusals.count(order: 1) == 1)
  }

  @Test func aRefusedGrowthCountsWithItsNewSize() throws {
    let allocator = try allocator(.whenNeeded)
    var buffer = try allocator.allocate(pageCount: 40)
    let others = try allocator.allocate(pageCount: 20)
    let error = refusal { () throws(CompoundError) in
      try buffer.resize(toByteCount: PageCount(50).byteCount)
    }
    #expect(error != nil)
    #expect(allocator.statistics.refusals.count(order: 6) == 1)
    #expect(allocator.statistics.failures == 1)
    #expect(others.byteCount == PageCount(20).byteCount)
  }

  @Test func aResizeThatSucceedsLeavesNoCount() throws {
    let allocator = try CompoundAllocator.contiguousFirst(.page)
    let object = try allocator.allocatePointer(byteCount: 1000)
    let same = try allocator.reallocatePointer(object, byteCount: 100)
    #expect(allocator.statistics.refusals == RefusalCounts())
    allocator.deallocate(same)
  }

  /// A bulk request asks for more than it must have only as long as there is some.
  @Test(arguments: [FallbackPolicy.always, .whenNeeded])
  func whatABulkRequestCanDoWithoutIsNotRefused(fallback: FallbackPolicy) throws {
    let allocator = try allocator(fallback)
    var slots = PageSlots(count: 64, order: 1, allocator: allocator)
    try allocator.allocate(into: &slots, demand: .atLeast(1))
    #expect(allocator.statistics.refusals == RefusalCounts())
    let error = refusal { () throws(CompoundError) in try allocator.allocate(into: &slots) }
    #expect(error != nil)
    #expect(allocator.statistics.failures == 1)
    #expect(allocator.statistics.refusals.count(order: 1) == 1)
  }

  /// Random requests, against a plain count of the errors.
  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func refusalsAgreeWithTheErrors(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let fallback = [FallbackPolicy.whenNeeded, .never, .probability(0.3)][Int(seed - 1)]
    let allocator = try allocator(fallback, mappingLimit: 12)
    var expected = (capacity: 0, contiguity: 0, mappings: 0, other: 0)
    var orders = [Int](repeating: 0, count: 19)
    var blocks: [UnsafeMutableRawPointer] = []
    for _ in 0..<3000 {
      if Bool.random(using: &random), let index = blocks.indices.randomElement(using: &random) {
        allocator.deallocate(blocks.remove(at: index))
        continue
      }
      let byteCount = ByteCount(Int.random(in: 1...60_000, using: &random))
      let error = refusal { () throws(CompoundError) in
        blocks.append(try allocator.allocatePointer(byteCount: byteCount))
      }
      guard let error else { continue }
      orders[PageOrder(covering: PageCount(covering: byteCount)).rawValue] += 1
      switch error {
      case .outOfMemory(_, _, _, limit: .capacity): expected.capacity += 1
      case .outOfMemory: expected.contiguity += 1
      case .mappingBudget: expected.mappings += 1
      default: expected.other += 1
      }
    }
    let refusals = allocator.statistics.refusals
    #expect(refusals.total > 0)
    #expect(refusals.capacity == expected.capacity && refusals.contiguity == expected.contiguity)
    #expect(refusals.mappings == expected.mappings && refusals.system == expected.other)
    #expect((0..<19).map { refusals.count(order: PageOrder($0)) } == orders)
    allocator.deallocate(all: blocks)
  }

  @Test func refusalsPrintAndCodeThemselves() throws {
    var refusals = RefusalCounts()
    #expect("\(refusals)" == "0: 0 capacity, 0 contiguity, 0 mappings, 0 system")
    refusals.note(.outOfMemory(asked: 1, free: 0, largestRun: 0, limit: .capacity), 1)
    refusals.note(.mappingBudget(needed: 1, available: 0, limit: 0), PageCount(1 << 30))
    let text = "2: 1 capacity, 0 contiguity, 1 mappings, 0 system; by order 0: 1, 18: 1"
    #expect("\(refusals)" == text)
    let data = try JSONEncoder().encode(refusals)
    #expect(try JSONDecoder().decode(RefusalCounts.self, from: data) == refusals)
    let long =
      Data(#"{"capacity":0,"contiguity":0,"mappings":0,"system":0,"byOrder":["#.utf8)
      + Data(String(repeating: "0,", count: 19).utf8) + Data("0]}".utf8)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(RefusalCounts.self, from: long) }
  }
}
