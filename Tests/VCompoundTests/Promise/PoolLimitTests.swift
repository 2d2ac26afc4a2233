// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// A pool is exhausted only while as many pages as its limit are really out.
@Suite struct PoolLimitTests {
  /// Another thread looks at the allocator, or empties its caches, meanwhile.
  @Test(arguments: 0..<3)
  func aPoolOfOnePageServesItBesideOthers(way: Int) throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
    let refusals = Refusals()
    let isOver = Flag()
    let crew = Crew(1) { _ in
      while !isOver.isRaised {
        switch way {
        case 0: allocator.drain()
        case 1: _ = (allocator.fragmentation, allocator.availability(order: 0))
        default: _ = try? allocator.trim()
        }
      }
    }
    let end = ContinuousClock.now + .seconds(2)
    var pool = try PagePool(allocator: allocator, limits: .init(out: 1, kept: 64))
    while !refusals.any, ContinuousClock.now < end {
      // The page is out for a moment, and then nobody has it.
      refusals.noting("the only page", allocator) {
        _ = try pool.take()
      }
    }
    isOver.raise()
    crew.join()
    refusals.expectNone("a pool of one page")
  }

  /// A page that is cut up and let go of makes room for the next.
  @Test(arguments: [1, 2], [64, 1500, 4096])
  func aPoolOfFewPagesServesFragmentsForEver(out: Int, size: Int) throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    var pool = try PagePool(allocator: allocator, limits: .init(out: out, kept: 1))
    for _ in 0..<1000 {
      var fragment = try pool.takeFragment(byteCount: ByteCount(size))
      fragment.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: 1) }
    }
  }

  /// While a fragment of the only page is out, and the next does not fit, there is none.
  @Test func aFragmentThatIsOutKeepsTheOnlyPage() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(2))
    var pool = try PagePool(allocator: allocator, limits: .init(out: 1, kept: 1))
    do {
      let first = try pool.takeFragment(byteCount: 3000)
      #expect(throws: CompoundPoolError.exhausted(limit: 1)) {
        _ = try pool.takeFragment(byteCount: 3000)
      }
      let size = first.byteCount
      #expect(size == 3000)
    }
    let next = try pool.takeFragment(byteCount: 3000)
    let size = next.byteCount
    #expect(size == 3000)
  }
}
