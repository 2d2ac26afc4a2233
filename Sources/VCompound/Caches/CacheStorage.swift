// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Owns the memory of one thread's magazines in one allocator.
///
/// Apart from the engine's other memory, since a child of fork must find it wiped: the control
/// words first, then, on pages of their own that cost nothing until their sizes are used, the
/// magazines.
///
/// Invariant: `cache` is initialized, at the start of the mapping, while the object lives.
@safe
final class CacheStorage: @unchecked Sendable {
  /// The magazines and what guards them.
  let cache: UnsafeMutablePointer<ThreadCache>

  private let mapping: Mapping

  /// Maps a cache.
  ///
  /// - Parameters:
  ///   - pageLimit: the most pages in it.
  ///   - system: what to call.
  /// - Throws: `systemCall`.
  init(pageLimit: Int, system: OperatingSystem) throws(CompoundError) {
    let count = Magazine.largestPageCount + 1
    let tables = PageCount(covering: ByteCount(count * MemoryLayout<Magazine>.stride))
    let byteCount = ByteCount.page + tables.byteCount
    let address = try system.mapTable(byteCount: byteCount)
    let mapping = Mapping(adopting: address, byteCount: byteCount, system: system)
    try system.wipeOnFork(at: address, byteCount: byteCount)
    let usedOffset = ByteCount.page.rawValue / 2
    precondition(MemoryLayout<ThreadCache>.size <= usedOffset)
    precondition(ThreadCache.usedWordCount * 8 <= ByteCount.page.rawValue - usedOffset)
    guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      stop("the kernel mapped a cache at address 0")
    }
    let magazines = unsafe (start + ByteCount.page.rawValue).bindMemory(
      to: Magazine.self, capacity: count)
    let cache = unsafe start.bindMemory(to: ThreadCache.self, capacity: 1)
    let table = unsafe SharedTable(base: magazines, count: count)
    let words = unsafe (start + usedOffset).bindMemory(
      to: UInt64.self, capacity: ThreadCache.usedWordCount)
    let used = unsafe SharedTable(base: words, count: ThreadCache.usedWordCount)
    unsafe cache.initialize(
      to: ThreadCache(magazines: table, used: used, pageLimit: pageLimit))
    unsafe self.cache = unsafe cache
    self.mapping = mapping
  }

  deinit {
    unsafe cache.deinitialize(count: 1)
  }

  /// The address, as a thread's slot keeps it.
  var address: UInt { unsafe UInt(bitPattern: cache) }
}
