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

  private let page: MallocPage

  package var baseAddress: UnsafeMutableRawPointer { unsafe page.baseAddress }

  package static func fill(
    _ rack: inout PageRack<RingPage>, _ count: Int, from source: RingPageSource
  ) throws(CommandFailure) {
    let fresh = count - source.refill(&rack, count)
    source.fresh += fresh
    for _ in 0..<fresh { rack.put(RingPage(page: try MallocPage())) }
  }

  package static func release(_ rack: inout PageRack<RingPage>, to source: RingPageSource) {
    source.returned += rack.count
    RingPageSource.putBack(&rack, into: &source.inlet)
  }
}

/// A ring of pages on their way back, and malloc where it is empty.
///
/// Invariants: only the taking thread touches `outlet`, `taken` and `fresh`, only the returning
/// one `inlet` and `returned`. There are places enough for all pages.
package final class RingPageSource: PageSource, @unchecked Sendable {
  fileprivate var inlet: Ring<RingPage>.Inlet
  private var outlet: Ring<RingPage>.Outlet
  private var taken = 0
  fileprivate var fresh = 0
  fileprivate var returned = 0

  package init(pages: Int) {
    let ring = Ring<RingPage>(capacity: pages)
    inlet = ring.makeInlet()
    outlet = ring.makeOutlet()
  }

  /// Takes what is in the ring, so many pages at most, and returns how many these are.
  fileprivate func refill(_ rack: inout PageRack<RingPage>, _ count: Int) -> Int {
    taken += count
    return Self.refill(&rack, count, from: &outlet)
  }

  // The ends are passed on, so that a field is not checked for exclusive use at each page.

  private static func refill(
    _ rack: inout PageRack<RingPage>, _ count: Int, from outlet: inout Ring<RingPage>.Outlet
  ) -> Int {
    var found = 0
    while found < count, let page = outlet.next() {
      rack.put(page)
      found += 1
    }
    outlet.publish()
    return found
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
    PageAccount(
      fromBelow: fresh, recyclingRate: taken == 0 ? 0 : 1 - Double(fresh) / Double(taken))
  }

  package func end() -> PagesOut { PagesOut(pages: taken - returned) }
}
