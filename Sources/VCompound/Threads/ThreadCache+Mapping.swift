// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A heap, as its caches know it: what to tell when a cache's thread ends.
struct CacheHome: Sendable {
  /// The heap, by its address: it lives for as long as the cache is in a thread's list.
  let heap: UInt
  /// Takes back what is in a cache, with the lock of the process held.
  let threadEnded: @convention(c) (_ heap: UInt, _ cache: UInt) -> Void
}

extension ThreadCache {
  /// A cache in its mapping.
  typealias Pointer = UnsafeMutablePointer<ThreadCache>

  /// The mapping's length: a page for what is shared, the magazines of objects, those of pages,
  /// each on pages of their own, which cost nothing until their sizes are used.
  private static let byteCount =
    ByteCount.page + ByteCount(ObjectMagazines.byteCount) + ByteCount(PageMagazines.byteCount)

  /// Maps a cache, apart from the heap's other memory, since a child of fork must find it wiped.
  ///
  /// - Returns: the cache; `unmap` gives it back.
  /// - Throws: `systemCall`.
  static func map(
    limits: MagazineLimits, heapNumber: UInt64, home: CacheHome, system: OperatingSystem
  ) throws(CompoundError) -> Pointer {
    let mapping = Mapping(
      adopting: try system.mapTable(byteCount: byteCount), byteCount: byteCount, system: system)
    try system.wipeOnFork(at: mapping.address, byteCount: byteCount)
    precondition(MemoryLayout<ThreadCache>.size <= ObjectMagazines.offset)
    guard let start = unsafe UnsafeMutableRawPointer(bitPattern: mapping.relinquish()) else {
      stop("the kernel mapped a cache at address 0")
    }
    let cache = unsafe start.bindMemory(to: ThreadCache.self, capacity: 1)
    unsafe cache.initialize(to: ThreadCache(limits: limits, heapNumber: heapNumber, home: home))
    return unsafe cache
  }

  /// Gives the memory of a cache back that no thread has.
  static func unmap(_ cache: Pointer, system: OperatingSystem) {
    unsafe cache.deinitialize(count: 1)
    ProcessState.release(
      AddressRange(address: UInt(bitPattern: cache), byteCount: byteCount), system: system)
  }
}
