// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// An array of slots that a request's pages stand in: the page array of a server's thread.
///
/// It goes round: a reader fills its empty slots, reads into the pages and hands it on; whoever
/// checks the bytes releases the pages and sends the array back.
protocol ReadPages: ~Copyable, Sendable {
  /// Where readers get pages from.
  associatedtype Source: PageSource

  /// An array of empty slots.
  init(count: Int, from source: Source)

  /// Fills the empty ones of the first slots; others may be filled, too.
  ///
  /// - Parameters:
  ///   - count: how many slots must be filled.
  ///   - source: where they come from.
  /// - Returns: the pages newly taken.
  /// - Throws: a failure where there are not enough pages.
  mutating func fill(_ count: Int, from source: Source) throws(CommandFailure) -> Int

  /// The page in a filled slot.
  func address(_ index: Int) -> UnsafeMutableRawPointer

  /// Releases the pages in the first slots, on whatever thread.
  mutating func release(_ count: Int)
}

/// Slots for pages that are taken one by one.
struct SinglePages<Page: SourcePage & ~Copyable>: ReadPages, ~Copyable {
  private var rack: PageRack<Page>
  /// Where the pages that are there came from.
  private var source: Page.Source

  init(count: Int, from source: Page.Source) {
    rack = PageRack(capacity: count)
    self.source = source
  }

  mutating func fill(_ count: Int, from source: Page.Source) throws(CommandFailure) -> Int {
    let missing = count - rack.count
    guard missing > 0 else { return 0 }
    // Not counted anew where it is the same: all readers may share it.
    if self.source !== source { self.source = source }
    try Page.fill(&rack, missing, from: source)
    return missing
  }

  func address(_ index: Int) -> UnsafeMutableRawPointer {
    unsafe rack.withPage(index) { unsafe $0.baseAddress }
  }

  mutating func release(_ count: Int) {
    precondition(count == rack.count, "all pages are released, or none")
    rack.release(to: source)
  }
}
