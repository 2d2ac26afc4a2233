// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// Pages of a pool, dropped one by one by whoever puts them back.
extension PooledPage: SourcePage {
  package typealias Source = PagePoolSource

  package static func fill(
    _ rack: inout PageRack<PooledPage>, _ count: Int, from source: PagePoolSource
  ) throws(CommandFailure) {
    try source.use { (pool) throws(CompoundPoolError) in
      try rack.fill(count) { () throws(CompoundPoolError) in try pool.take(label: "vcbench") }
    }
  }
}

/// Pages of a pool, put back many at a time.
package struct BulkPooledPage: SourcePage, ~Copyable {
  package typealias Source = PagePoolSource

  private let page: PooledPage

  package var baseAddress: UnsafeMutableRawPointer { unsafe page.baseAddress }

  package static func fill(
    _ rack: inout PageRack<BulkPooledPage>, _ count: Int, from source: PagePoolSource
  ) throws(CommandFailure) {
    try source.use { (pool) throws(CompoundPoolError) in
      try rack.fill(count) { () throws(CompoundPoolError) in
        BulkPooledPage(page: try pool.take(label: "vcbench"))
      }
    }
  }

  package static func release(_ rack: inout PageRack<BulkPooledPage>, to source: PagePoolSource) {
    var batch = PooledPageBatch()
    while let page = rack.takeFirst() { batch.append(page.unwrapped()) }
    batch.putBack()
  }

  private consuming func unwrapped() -> PooledPage { page }
}

/// A pool.
///
/// Invariant: it is used by one thread at a time: by that which takes pages while that runs, before
/// and afterwards by the thread that started it. Pages come back from any.
package final class PagePoolSource: PageSource, @unchecked Sendable {
  private let allocator: CompoundAllocator
  private var pool: PagePool?
  private var atEnd: PagePoolStatistics?

  /// Opens a pool in an arena of its own, which keeps as many pages as may be out.
  package convenience init(pages: Int) throws(CommandFailure) {
    try self.init(pages: pages, kept: pages)
  }

  /// Opens a pool in an arena of its own.
  ///
  /// - Parameters:
  ///   - pages: the most that are out.
  ///   - kept: the most that it keeps.
  /// - Throws: a failure where there is no memory for it.
  package convenience init(pages: Int, kept: Int) throws(CommandFailure) {
    let allocator = try CompoundAllocator.forPages(pages, hasMagazines: true)
    try self.init(allocator, pages: pages, kept: kept)
  }

  /// Opens a pool of an allocator.
  init(_ allocator: CompoundAllocator, pages: Int, kept: Int) throws(CommandFailure) {
    self.allocator = allocator
    do throws(CompoundPoolError) {
      pool = try PagePool(allocator: allocator, limits: .init(out: pages, kept: kept))
    } catch {
      throw .input("cannot open a page pool: \(error)")
    }
  }

  /// Uses the pool for a while, which does nothing once it is closed.
  @inline(__always)
  fileprivate func use(
    _ body: (inout PagePool) throws(CompoundPoolError) -> Void
  ) throws(CommandFailure) {
    // As a local value nobody need check that two accesses do not overlap.
    guard var pool = pool.take() else { return }
    var failure: CommandFailure?
    do throws(CompoundPoolError) {
      try body(&pool)
    } catch {
      failure = CompoundSource.failure(error)
    }
    self.pool = consume pool
    if let failure { throw failure }
  }

  /// What the pool has done.
  package var statistics: PagePoolStatistics? { pool?.statistics ?? atEnd }

  package func account(taken: Int) -> PageAccount {
    PageAccount(fromBelow: statistics?.slow ?? 0, recyclingRate: statistics?.recyclingRate)
  }

  /// Closes the pool, if it is open.
  ///
  /// - Returns: the pages that are still out.
  func close() -> Int {
    guard let pool = pool.take() else { return 0 }
    let statistics = pool.statistics
    atEnd = statistics
    return max(statistics.inFlight, pool.close().holders.count)
  }

  package func settle() -> PagesOut {
    let pages = close()
    return PagesOut(allocator, atLeast: pages)
  }
}
