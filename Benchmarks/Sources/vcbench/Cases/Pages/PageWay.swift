// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// A way to come by pages, one by one.
package protocol PageWay: ~Copyable, Sendable {
  /// Takes a page, on the consumer's thread.
  mutating func take() throws(CommandFailure) -> WayPage

  /// Makes what a returner lets go of pages by.
  func makeSink() -> PageSink

  /// Ends it.
  ///
  /// - Returns: the pages that are still out, and should not be.
  consuming func end() -> Int
}

extension PageWay where Self: ~Copyable {
  package func makeSink() -> PageSink { PageSink() }
}

/// A page of 4 KiB; lets go of it when it leaves scope, on any thread.
///
/// One type for all ways, since protocols cannot have associated types that are not copied.
package enum WayPage: ~Copyable, Sendable {
  case pooled(PooledPage)
  case buffer(CompoundBuffer)
  case malloc(MallocPage)
}

/// Lets go of pages, on another thread than that which took them.
package struct PageSink: Sendable {
  /// Where pages go; nil where leaving scope is all that is needed.
  private let list: LockedPages?
  private let isInBulk: Bool

  init(list: LockedPages? = nil, isInBulk: Bool = false) {
    self.list = list
    self.isInBulk = isInBulk
  }

  /// Lets go of a page; of a pooled one perhaps when the batch is put back.
  func release(_ page: consuming WayPage, _ batch: inout PooledPageBatch) {
    if let list { return list.put(page) }
    guard isInBulk else { return }
    switch consume page {
    case .pooled(let pooled): batch.append(pooled)
    case .buffer(let buffer): _ = buffer
    case .malloc(let block): _ = block
    }
  }
}

// MARK: - VCompound

/// Pages of a pool, dropped by the returner, one by one or in bulk.
package struct PoolWay: PageWay, ~Copyable {
  private let allocator: CompoundAllocator
  private var pool: PagePool
  private let isInBulk: Bool

  /// Opens a pool for so many pages.
  package init(pages: Int, isInBulk: Bool = false) throws(CommandFailure) {
    let allocator = try CompoundAllocator.forPages(pages, hasMagazines: true)
    let pool = try PoolWay.pool(of: allocator, pages)
    self.allocator = allocator
    self.pool = pool
    self.isInBulk = isInBulk
  }

  package func makeSink() -> PageSink { PageSink(isInBulk: isInBulk) }

  private static func pool(
    of allocator: CompoundAllocator, _ pages: Int
  ) throws(CommandFailure) -> PagePool {
    do throws(CompoundPoolError) {
      return try PagePool(allocator: allocator, limits: .init(out: pages, kept: max(1, pages / 2)))
    } catch {
      throw .input("cannot open a page pool: \(error)")
    }
  }

  package mutating func take() throws(CommandFailure) -> WayPage {
    do throws(CompoundPoolError) {
      return .pooled(try pool.take(label: "receiver"))
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  package consuming func end() -> Int {
    let allocator = allocator
    let out = pool.close().holders.count
    return max(out, allocator.statistics.liveBlocks)
  }
}

/// Pages taken and freed one by one, past the magazines of threads: through the frames.
package struct FramesWay: PageWay, ~Copyable {
  private let allocator: CompoundAllocator

  /// Opens an arena for so many pages.
  package init(pages: Int, hasMagazines: Bool = false) throws(CommandFailure) {
    allocator = try CompoundAllocator.forPages(pages, hasMagazines: hasMagazines)
  }

  package mutating func take() throws(CommandFailure) -> WayPage {
    do throws(CompoundError) {
      return .buffer(try allocator.allocate(pageCount: 1))
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  package consuming func end() -> Int { allocator.statistics.liveBlocks }
}

// MARK: - Malloc

/// Pages of the malloc of this process.
package struct MallocWay: PageWay, ~Copyable {
  /// Needs nothing.
  package init() {}

  package mutating func take() throws(CommandFailure) -> WayPage {
    .malloc(try MallocPage.taken())
  }

  package consuming func end() -> Int { 0 }
}
