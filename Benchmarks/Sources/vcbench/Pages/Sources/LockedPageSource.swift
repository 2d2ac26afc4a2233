// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import VCompound

/// A page that goes back into one list behind one lock, which everybody takes: what a pool without
/// rings of its own would cost.
package struct LockedPage: SourcePage, ~Copyable {
  package typealias Source = LockedPageSource

  private let buffer: CompoundBuffer

  package var baseAddress: UnsafeMutableRawPointer { unsafe buffer.baseAddress }

  package static func fill(
    _ rack: inout PageRack<LockedPage>, _ count: Int, from source: LockedPageSource
  ) throws(CommandFailure) {
    do throws(CompoundError) {
      try rack.fill(count) { () throws(CompoundError) in
        if let page = source.take() { return page }
        source.fresh.add(1, ordering: .relaxed)
        return LockedPage(buffer: try source.allocator.allocate(pageCount: 1))
      }
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  package static func release(_ rack: inout PageRack<LockedPage>, to source: LockedPageSource) {
    while let page = rack.takeFirst() { source.put(page) }
  }
}

/// The list and its lock.
package final class LockedPageSource: PageSource {
  fileprivate let allocator: CompoundAllocator
  private let list: Mutex<PageRack<LockedPage>>
  fileprivate let fresh = Atomic<Int>(0)

  /// Opens an arena for so many pages, all of which the list has room for.
  package init(pages: Int) throws(CommandFailure) {
    allocator = try CompoundAllocator.forPages(pages, hasMagazines: true)
    list = Mutex(PageRack(capacity: pages))
  }

  fileprivate func take() -> LockedPage? { list.withLock { $0.takeLast() } }

  /// Puts a page in, or lets go of it where the list is full.
  fileprivate func put(_ page: consuming LockedPage) {
    var page: LockedPage? = consume page
    list.withLock { rack in
      if !rack.isFull, let page = page.take() { rack.append(page) }
    }
  }

  package func account(taken: Int) -> PageAccount {
    PageAccount(fresh: fresh.load(ordering: .relaxed), of: taken)
  }

  package func settle() -> PagesOut {
    list.withLock { $0.removeAll() }
    return PagesOut(allocator)
  }
}
