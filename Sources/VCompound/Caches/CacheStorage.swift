// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Owns the memory of one thread's magazines in one allocator.
///
/// Apart from the engine's other memory, since a child of fork must find it wiped: the control
/// words first, then, on pages of their own that cost nothing until their sizes are used, the
/// magazines of objects and those of pages.
///
/// Invariant: `cache` is initialized, at the start of the mapping, while the object lives.
@safe
final class CacheStorage: @unchecked Sendable {
  /// The magazines and what guards them.
  let cache: UnsafeMutablePointer<ThreadCache>

  private let mapping: Mapping

  /// Where the words of `used` and the magazines are.
  ///
  /// A load waits for an earlier store whose address has the same last 12 bits. The control words
  /// have 0 to 0x80; these offsets keep them, and each other, from those of the magazines for
  /// powers of two: with the magazines on a page boundary, 64, 256 and 1,024 pages were a fifth
  /// slower than 16.
  private static let usedOffset = 3584
  private static let magazineOffset = 4096 + ObjectMagazines.byteCount + 1024

  /// Maps a cache.
  ///
  /// - Parameters:
  ///   - pageLimit: the most pages in it.
  ///   - system: what to call.
  /// - Throws: `systemCall`.
  init(pageLimit: Int, system: OperatingSystem) throws(CompoundError) {
    let count = Magazine.largestPageCount + 1
    let tables = PageCount(covering: ByteCount(count * MemoryLayout<Magazine>.stride))
    let byteCount =
      ByteCount.page + ByteCount(ObjectMagazines.byteCount) + tables.byteCount + ByteCount.page
    let address = try system.mapTable(byteCount: byteCount)
    let mapping = Mapping(adopting: address, byteCount: byteCount, system: system)
    try system.wipeOnFork(at: address, byteCount: byteCount)
    precondition(MemoryLayout<ThreadCache>.size <= Self.usedOffset)
    precondition(ThreadCache.usedWordCount * 8 <= ByteCount.page.rawValue - Self.usedOffset)
    guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      stop("the kernel mapped a cache at address 0")
    }
    let magazines = unsafe (start + Self.magazineOffset).bindMemory(
      to: Magazine.self, capacity: count)
    let cache = unsafe start.bindMemory(to: ThreadCache.self, capacity: 1)
    let table = unsafe SharedTable(base: magazines, count: count)
    let words = unsafe (start + Self.usedOffset).bindMemory(
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
