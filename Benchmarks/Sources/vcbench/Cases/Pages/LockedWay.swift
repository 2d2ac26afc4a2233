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
  private var taken = 0

  /// Opens an arena for so many pages.
  init(pages: Int) throws(CommandFailure) {
    allocator = try CompoundAllocator.forPages(pages, hasMagazines: true)
    list = LockedPages(capacity: pages)
  }

  mutating func take() throws(CommandFailure) -> DatagramPage {
    if let page = list.take() { return page }
    do throws(CompoundError) {
      taken += 1
      return .buffer(try allocator.allocate(pageCount: 1))
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  func makeSink() -> PageSink { PageSink(list: list) }

  var account: PageAccount { PageAccount(fromBelow: taken) }

  consuming func end() -> Int {
    let allocator = allocator
    list.removeAll()
    return allocator.statistics.liveBlocks
  }
}

/// The list and its lock.
final class LockedPages: @unchecked Sendable {
  private let pages: Mutex<Shelf>

  /// Belongs to whoever holds the lock.
  private struct Shelf: @unchecked Sendable {
    let pages: PageShelf<DatagramPage>
  }

  init(capacity: Int) { pages = Mutex(Shelf(pages: PageShelf(capacity: capacity))) }

  func take() -> DatagramPage? { pages.withLock { $0.pages.takeLast() } }

  /// Puts a page in, or lets go of it where the list is full.
  func put(_ page: consuming DatagramPage) {
    var page: DatagramPage? = consume page
    pages.withLock { shelf in
      if !shelf.pages.isFull, let page = page.take() { shelf.pages.add(page) }
    }
  }

  func removeAll() {
    while true {
      let page = take()
      if page == nil { return }
    }
  }
}
