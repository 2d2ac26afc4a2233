// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
@_spi(Measuring) package import VCompound

/// A way to come by pages for datagrams.
package protocol PageWay: ~Copyable, Sendable {
  /// Takes a page, on the receiver's thread.
  mutating func take() throws(CommandFailure) -> DatagramPage

  /// Makes what the consumer lets go of pages by.
  func makeSink() -> PageSink

  /// What there is to tell about the pages taken so far.
  var account: PageAccount { get }

  /// Ends it.
  ///
  /// - Returns: the pages that are still out, and should not be.
  consuming func end() -> Int
}

extension PageWay where Self: ~Copyable {
  package func makeSink() -> PageSink { PageSink() }
}

/// A page of 4 KiB that a datagram is received into; lets go of it when it leaves scope, on any
/// thread.
///
/// One type for all ways, since protocols cannot have associated types that are not copied.
package enum DatagramPage: ~Copyable, Sendable {
  case pooled(PooledPage)
  case buffer(CompoundBuffer)
  case malloc(MallocPage)

  /// The first byte.
  @unsafe
  package var place: UnsafeMutableRawPointer {
    switch self {
    case .pooled(let page): unsafe page.baseAddress
    case .buffer(let buffer): unsafe buffer.baseAddress
    case .malloc(let page): unsafe page.place
    }
  }
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
  func release(_ page: consuming DatagramPage, _ batch: inout PooledPageBatch) {
    if let list { return list.put(page) }
    guard isInBulk else { return }
    switch consume page {
    case .pooled(let pooled): batch.append(pooled)
    case .buffer(let buffer): _ = buffer
    case .malloc(let block): _ = block
    }
  }
}

/// What there is to tell about pages.
package struct PageAccount: Equatable, Sendable {
  /// Pages taken from below: from the frames, or from malloc.
  package var fromBelow = 0
  /// The share of pages that were used again without asking below; nil where nobody counts.
  package var recyclingRate: Double?
}

/// The ways that are compared.
package enum PageWayName: String, CaseIterable, Sendable {
  case pool
  case bulk
  case frames
  case malloc

  /// What it is, in half a line.
  var summary: String {
    switch self {
    case .pool: "page pool"
    case .bulk: "bulk, no pool"
    case .frames: "page by page"
    case .malloc: "malloc"
    }
  }
}

// MARK: - VCompound

/// Pages of a pool, dropped by the consumer, one by one or in bulk.
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
      throw .input("receive: cannot open a page pool: \(error)")
    }
  }

  package mutating func take() throws(CommandFailure) -> DatagramPage {
    do throws(CompoundPoolError) {
      return .pooled(try pool.take(label: "receiver"))
    } catch {
      throw refused(error)
    }
  }

  package var account: PageAccount {
    let statistics = pool.statistics
    return PageAccount(
      fromBelow: statistics.slow, recyclingRate: statistics.recyclingRate)
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
  private var taken = 0

  /// Opens an arena for so many pages.
  package init(pages: Int, hasMagazines: Bool = false) throws(CommandFailure) {
    allocator = try CompoundAllocator.forPages(pages, hasMagazines: hasMagazines)
  }

  package mutating func take() throws(CommandFailure) -> DatagramPage {
    do throws(CompoundError) {
      taken += 1
      return .buffer(try allocator.allocate(pageCount: 1))
    } catch {
      throw refused(error)
    }
  }

  package var account: PageAccount { PageAccount(fromBelow: taken) }

  package consuming func end() -> Int { allocator.statistics.liveBlocks }
}

// MARK: - Malloc

/// Pages of the malloc of this process.
package struct MallocWay: PageWay, ~Copyable {
  private var taken = 0

  /// Needs nothing.
  package init() {}

  package mutating func take() throws(CommandFailure) -> DatagramPage {
    guard let place = unsafe malloc(LivePeak.pageSize) else {
      throw .input("receive: malloc refused a page")
    }
    taken += 1
    return unsafe .malloc(MallocPage(place: place))
  }

  package var account: PageAccount { PageAccount(fromBelow: taken) }

  package consuming func end() -> Int { 0 }
}

/// Owns a page of malloc.
@safe
package struct MallocPage: ~Copyable, @unchecked Sendable {
  package let place: UnsafeMutableRawPointer

  init(place: UnsafeMutableRawPointer) { unsafe self.place = unsafe place }

  deinit { unsafe free(place) }
}

extension CompoundAllocator {
  /// An arena for so many pages, and some more.
  static func forPages(
    _ count: Int, hasMagazines: Bool
  ) throws(CommandFailure) -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    if !hasMagazines { configuration.leaveOut(.pageMagazines) }
    do throws(CompoundError) {
      return try CompoundAllocator(
        capacity: ByteCount((count + 512) * LivePeak.pageSize), configuration: configuration)
    } catch {
      throw .input("cannot open an arena: \(error)")
    }
  }
}

private func refused(_ error: some Error) -> CommandFailure {
  .input("receive: a page was refused: \(error)")
}
