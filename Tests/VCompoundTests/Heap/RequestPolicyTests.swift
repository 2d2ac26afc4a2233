// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// What one request may have done for it.
@Suite struct RequestPolicyTests {
  private let never = RequestPolicy(stitching: .never)
  private let always = RequestPolicy(stitching: .always)
  private let resident = RequestPolicy(usesResidentMemoryOnly: true)

  @Test(arguments: [FallbackPolicy.never, .whenNeeded, .always])
  func aRequestSaysWhetherItIsStitched(fallback: FallbackPolicy) throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = fallback
    let allocator = try CompoundAllocator(capacity: .mebibytes(8), configuration: configuration)
    // Blocks of that size are in a magazine, and are no answer.
    for _ in 0..<3 { _ = try allocator.allocate(byteCount: .kibibytes(64)).byteCount }
    let stitched = try allocator.allocate(byteCount: .kibibytes(64), policy: always)
    let contiguous = try allocator.allocate(byteCount: .kibibytes(64), zeroed: true, policy: never)
    let plain = try allocator.allocate(byteCount: .kibibytes(64), policy: RequestPolicy())
    let answers = [stitched.isStitched, contiguous.isStitched, plain.isStitched]
    #expect(answers == [true, false, fallback == .always])
    let isZero = contiguous.withUnsafeBytes { $0.allSatisfy { $0 == 0 } }
    #expect(isZero)
  }

  @Test func neverMeansOneRunOrARefusal() throws {
    var configuration = AllocatorConfiguration()
    configuration.mayExchange = false
    let allocator = try CompoundAllocator(capacity: .mebibytes(2), configuration: configuration)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let error = CompoundError.outOfMemory(
      asked: 2, free: 256, largestRun: 1, limit: .contiguity)
    #expect(throws: error) {
      _ = try allocator.allocate(byteCount: .kibibytes(8), policy: never).byteCount
    }
    let whenNeeded = RequestPolicy(stitching: .whenNeeded)
    let stitched = try allocator.allocate(byteCount: .kibibytes(8), policy: whenNeeded)
    let isStitched = stitched.isStitched
    #expect(isStitched)
    allocator.deallocate(all: kept)
  }

  @Test func aSmallSizeHasPagesOfItsOwn() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    let small = try allocator.allocate(byteCount: 100, policy: always)
    let facts = (small.byteCount, small.isStitched, UInt(bitPattern: small.baseAddress) % 4096)
    #expect(facts == (100, false, 0))
    #expect(allocator.statistics.slabs == 0)
    #expect(throws: CompoundError.invalidSize(0, capacity: .mebibytes(2))) {
      _ = try allocator.allocate(byteCount: 0, policy: never).byteCount
    }
  }

  @Test func residentMemoryOnlyMakesNone() throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8), faults: faults)
    let owner = Owner()
    allocator.addReclaimer(for: owner) { _, _ in
      Issue.record("nothing is called")
      return false
    }
    let error = CompoundError.outOfMemory(
      asked: 1, free: 2048, largestRun: 2048, limit: .residency)
    #expect(throws: error) {
      _ = try allocator.allocate(byteCount: .page, policy: resident).byteCount
    }
    #expect(throws: CompoundError.self) {
      _ = try allocator.allocate(byteCount: .mebibytes(8), policy: resident).byteCount
    }
    #expect(faults.count(of: .populate) == 0 && faults.count(of: .collapse) == 0)
    #expect(allocator.statistics.failures == 0)
    // What has become resident for others serves.
    let other = try allocator.allocate(byteCount: .page)
    let free = allocator.statistics.freeResident
    let buffer = try allocator.allocate(byteCount: free, policy: resident)
    let sizes = (buffer.byteCount, allocator.statistics.freeResident)
    #expect(sizes == (free, 0))
    #expect(other.byteCount == .page)
  }

  private final class Owner: Sendable {}
}
