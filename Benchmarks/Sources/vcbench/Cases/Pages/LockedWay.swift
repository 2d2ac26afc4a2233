// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import VCompound

/// Pages that are kept in one list behind one lock, which everybody takes: what a pool without
/// rings of its own would cost.
struct LockedWay: PageWay, ~Copyable {
  private let allocator: CompoundAllocator
  private let list: LockedPages

  /// Opens an arena for so many pages.
  init(pages: Int) throws(CommandFailure) {
    allocator = try CompoundAllocator.forPages(pages, hasMagazines: true)
    list = LockedPages(capacity: pages)
  }

  func take() throws(CommandFailure) -> WayPage {
    if let page = list.take() { return page }
    do throws(CompoundError) {
      return .buffer(try allocator.allocate(pageCount: 1))
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  func makeSink() -> PageSink { PageSink(list: list) }

  consuming func end() -> Int {
    let allocator = allocator
    list.removeAll()
    return allocator.statistics.liveBlocks
  }
}

/// The list and its lock.
final class LockedPages: Sendable {
  private let pages: Mutex<PageRack<WayPage>>

  init(capacity: Int) { pages = Mutex(PageRack(capacity: capacity)) }

  func take() -> WayPage? { pages.withLock { $0.takeFirst() } }

  /// Puts a page in, or lets go of it where the list is full.
  func put(_ page: consuming WayPage) {
    var page: WayPage? = consume page
    pages.withLock { rack in
      if !rack.isFull, let page = page.take() { rack.put(page) }
    }
  }

  func removeAll() { pages.withLock { $0.removeAll() } }
}
