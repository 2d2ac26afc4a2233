// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

@testable import VCompound

extension CompoundAllocator {
  /// The heap behind the door.
  var heapForTests: Heap { door.pass { $0 } }

  /// Empties the magazines of all threads.
  func drainCaches() { heapForTests.withThreadCachesPaused(emptying: .allObjects) {} }

  /// An allocator whose policy is the build's own: under FALLBACK_ALWAYS it stitches everything.
  static func ofBuild(
    _ capacity: ByteCount, faults: FaultPlan? = nil
  ) throws(CompoundError) -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.faultPlan = faults
    return try CompoundAllocator(capacity: capacity, configuration: configuration)
  }

  /// An allocator that stitches only when needed, for tests that are about the contiguous path.
  static func contiguousFirst(
    _ capacity: ByteCount, mappingLimit: Int? = nil, upkeep: ArenaUpkeep? = nil,
    faults: FaultPlan? = nil
  ) throws(CompoundError) -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.mappingLimit = mappingLimit
    configuration.upkeep = upkeep
    configuration.faultPlan = faults
    return try CompoundAllocator(capacity: capacity, configuration: configuration)
  }

  /// An allocator that stitches when needed, and exchanges nothing, for tests that are about
  /// stitched blocks.
  static func stitchingFirst(_ capacity: ByteCount) throws(CompoundError) -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.mayExchange = false
    return try CompoundAllocator(capacity: capacity, configuration: configuration)
  }

  /// Takes every page of the arena one by one, and frees those that a predicate names.
  ///
  /// - Returns: the pages that are still out.
  func fragment(freeing shallFree: (Int) -> Bool) throws -> [UnsafeMutableRawPointer] {
    var kept: [UnsafeMutableRawPointer] = []
    var freed: [UnsafeMutableRawPointer] = []
    let count = statistics.free.rawValue / 4096
    for _ in 0..<count {
      let page = try allocatePointer(byteCount: .page, alignment: .page)
      let number = frame(ofPage: 0, inBlockContaining: page)?.rawValue ?? 0
      if shallFree(number) { freed.append(page) } else { kept.append(page) }
    }
    for page in freed { deallocate(page) }
    return kept
  }

  /// Frees a list of blocks.
  func deallocate(all pointers: [UnsafeMutableRawPointer]) {
    for pointer in pointers { deallocate(pointer) }
  }

  /// Frees a list of blocks by their addresses, which several threads may know.
  func deallocate(all addresses: [UInt]) {
    deallocate(all: addresses.compactMap { UnsafeMutableRawPointer(bitPattern: $0) })
  }
}

/// A pattern that says to which block and page it belongs.
func stamp(_ block: Int, page: Int) -> UInt64 {
  UInt64(truncatingIfNeeded: block) << 24 ^ UInt64(page) &* 0x9E37_79B9_7F4A_7C15
}

/// Writes the stamps of a block's pages, `from` the given page on, where a block has grown.
///
/// The last page has none at its end, which may lie behind the block's last byte.
func writeStamps(_ base: UnsafeMutableRawPointer, pages: Int, block: Int, from first: Int = 0) {
  for page in first..<max(first, pages) {
    base.storeBytes(of: stamp(block, page: page), toByteOffset: page << 12, as: UInt64.self)
  }
  let firstEnd = max(0, first - 1)
  for page in firstEnd..<max(firstEnd, pages - 1) {
    base.storeBytes(of: stamp(~block, page: page), toByteOffset: page << 12 + 4088, as: UInt64.self)
  }
}

/// Writes the stamps of a buffer's pages.
func writeStamps(
  _ bytes: UnsafeMutableRawBufferPointer, pages: Int, block: Int, from first: Int = 0
) {
  guard let base = bytes.baseAddress else { return }
  writeStamps(base, pages: pages, block: block, from: first)
}

/// Whether a buffer's pages carry their stamps.
func stampsHold(_ bytes: UnsafeRawBufferPointer, pages: Int, block: Int) -> Bool {
  guard let base = bytes.baseAddress else { return false }
  return stampsHold(base, pages: pages, block: block)
}

/// Whether a block's pages carry their stamps.
///
/// The one at the end of the last page is not looked at: it may lie behind the block's last byte,
/// and does not move with the block then.
func stampsHold(_ base: UnsafeRawPointer, pages: Int, block: Int) -> Bool {
  (0..<pages).allSatisfy { page in
    base.load(fromByteOffset: page << 12, as: UInt64.self) == stamp(block, page: page)
      && (page == pages - 1
        || base.load(fromByteOffset: page << 12 + 4088, as: UInt64.self)
          == stamp(~block, page: page))
  }
}
