// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A page that goes round between receiver and consumer: nothing is cheaper, and nothing less able.
///
/// Beside the pool it shows what is lost by more than one returner, counts of holders, limits and
/// statistics; beside page by page, the most that any pool can gain.
package struct RingPage: ReceivePage, ~Copyable {
  package typealias Supply = RingSupply

  fileprivate let page: MallocPage

  package var baseAddress: UnsafeMutableRawPointer { unsafe page.baseAddress }

  package static func fill(
    _ rack: inout PageRack<RingPage>, from supply: RingSupply
  ) throws(CommandFailure) {
    try supply.fill(&rack)
  }

  package static func release(_ rack: inout PageRack<RingPage>, to supply: RingSupply) {
    supply.release(&rack)
  }
}

/// A ring of pages on their way back, and malloc where it is empty.
///
/// Invariants: only the receiver's thread touches `outlet`, `taken` and `fresh`, only the
/// consumer's thread `inlet` and `returned`. There are places enough for all pages.
package final class RingSupply: PageSupply, @unchecked Sendable {
  private let ring: BatchRing<RingPage>
  private var inlet: BatchRing<RingPage>.Inlet
  private var outlet: BatchRing<RingPage>.Outlet
  private var taken = 0
  private var fresh = 0
  private var returned = 0

  package init(pages: Int) {
    ring = BatchRing(capacity: pages)
    inlet = ring.makeInlet()
    outlet = ring.makeOutlet()
  }

  fileprivate func fill(_ rack: inout PageRack<RingPage>) throws(CommandFailure) {
    taken += rack.emptyCount
    RingSupply.fill(&rack, from: &outlet)
    fresh += rack.emptyCount
    while !rack.isFull { rack.put(RingPage(page: try MallocPage.taken())) }
  }

  private static func fill(
    _ rack: inout PageRack<RingPage>, from outlet: inout BatchRing<RingPage>.Outlet
  ) {
    while !rack.isFull, let page = outlet.next() { rack.put(page) }
    outlet.publish()
  }

  fileprivate func release(_ rack: inout PageRack<RingPage>) {
    returned += rack.count
    RingSupply.release(&rack, to: &inlet)
  }

  private static func release(
    _ rack: inout PageRack<RingPage>, to inlet: inout BatchRing<RingPage>.Inlet
  ) {
    while let page = rack.takeFirst() {
      precondition(inlet.hasRoom(), "more pages than there can be")
      inlet.add(page)
    }
    inlet.publish()
  }

  package var account: PageAccount {
    PageAccount(
      fromBelow: fresh, recyclingRate: taken == 0 ? 0 : 1 - Double(fresh) / Double(taken))
  }

  package func end() -> PagesOut { PagesOut(pages: taken - returned) }
}
