// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A page that goes round between the thread that takes pages and the one that puts them back:
/// nothing is cheaper, and nothing less able.
///
/// Beside the pool it shows what is lost by more than one returner, counts of holders, limits and
/// statistics; beside page by page, the most that any pool can gain.
package struct RingPage: SourcePage, ~Copyable {
  package typealias Source = RingPageSource

  fileprivate let page: MallocPage

  package var baseAddress: UnsafeMutableRawPointer { unsafe page.baseAddress }

  package static func fill(
    _ rack: inout PageRack<RingPage>, _ count: Int, from source: RingPageSource
  ) throws(CommandFailure) {
    source.taken += count
    try RingPageSource.fill(&rack, count, from: &source.outlet, &source.fresh)
  }

  package static func release(_ rack: inout PageRack<RingPage>, to source: RingPageSource) {
    source.returned += rack.count
    RingPageSource.putBack(&rack, into: &source.inlet)
  }
}

/// A ring of pages on their way back, and malloc where it is empty.
///
/// Invariants: only the taking thread touches `outlet`, `taken` and `fresh`, only the returning
/// one `inlet` and `returned`; when that has ended, any. There are places enough for all pages.
package final class RingPageSource: PageSource, @unchecked Sendable {
  fileprivate var inlet: Ring<RingPage>.Inlet
  fileprivate var outlet: Ring<RingPage>.Outlet
  fileprivate var taken = 0
  fileprivate var fresh = 0
  fileprivate var returned = 0

  package init(pages: Int) {
    let ring = Ring<RingPage>(capacity: pages)
    inlet = ring.makeInlet()
    outlet = ring.makeOutlet()
  }

  // The ends are passed on, so that a field is not checked for exclusive use at each page.

  /// Takes what is in the ring, and new pages where that is not enough.
  fileprivate static func fill(
    _ rack: inout PageRack<RingPage>, _ count: Int, from outlet: inout Ring<RingPage>.Outlet,
    _ fresh: inout Int
  ) throws(CommandFailure) {
    defer { outlet.publish() }
    try rack.fill(count) { () throws(CommandFailure) in
      if let page = outlet.next() { return page }
      fresh += 1
      return RingPage(page: try MallocPage())
    }
  }

  fileprivate static func putBack(
    _ rack: inout PageRack<RingPage>, into inlet: inout Ring<RingPage>.Inlet
  ) {
    while let page = rack.takeFirst() {
      precondition(inlet.hasRoom(), "more pages than there can be")
      inlet.add(page)
    }
    inlet.publish()
  }

  package func account(taken: Int) -> PageAccount {
    PageAccount(fresh: fresh, of: taken)
  }

  package func settle() -> PagesOut { PagesOut(pages: taken - returned) }
}
