// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import VCompound

/// A queue of pages to a thread that puts them back.
final class PageLane: @unchecked Sendable {
  private typealias Page = DropBox<PooledPage>

  private let lock = Lock<(pages: [Page], isFinished: Bool)>(([], false))

  func send(_ page: consuming PooledPage) {
    let box = DropBox(page)
    lock.withLock { $0.pages.append(box) }
  }

  func finish() { lock.withLock { $0.isFinished = true } }

  /// Puts back what has come.
  ///
  /// - Returns: whether more may come.
  func putBack(inBulk: Bool) -> Bool {
    let (pages, isFinished) = lock.withLock { state in
      let pages = state.pages
      state.pages = []
      return (pages, state.isFinished && pages.isEmpty)
    }
    if inBulk {
      var batch = PooledPageBatch()
      for page in pages {
        if let page = page.value.take() { batch.append(page) }
      }
      batch.putBack()
    } else {
      for page in pages { page.drop() }
    }
    if pages.isEmpty { OperatingSystem.yieldProcessor() }
    return !isFinished
  }
}

/// Something that one thread says to others.
final class StopSign: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .relaxed) }
  func set() { value.store(true, ordering: .relaxed) }
}
