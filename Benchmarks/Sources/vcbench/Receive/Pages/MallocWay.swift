// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A page of malloc for each datagram.
extension MallocPage: ReceivePage {
  package typealias Supply = MallocSupply

  package var baseAddress: UnsafeMutableRawPointer { unsafe place }

  package static func fill(
    _ rack: inout PageRack<MallocPage>, from supply: MallocSupply
  ) throws(CommandFailure) {
    try supply.fill(&rack)
  }

  package static func release(_ rack: inout PageRack<MallocPage>, to supply: MallocSupply) {
    supply.returned.add(rack.count, ordering: .relaxed)
    rack.removeAll()
  }
}

/// Counts pages of malloc, which does not.
package final class MallocSupply: PageSupply {
  private let taken = Atomic<Int>(0)
  fileprivate let returned = Atomic<Int>(0)

  package init(pages: Int) {}

  fileprivate func fill(_ rack: inout PageRack<MallocPage>) throws(CommandFailure) {
    taken.add(rack.emptyCount, ordering: .relaxed)
    while !rack.isFull { rack.put(try MallocPage.taken()) }
  }

  package var account: PageAccount {
    PageAccount(fromBelow: taken.load(ordering: .relaxed), recyclingRate: nil)
  }

  package func end() -> PagesOut {
    PagesOut(
      pages: taken.load(ordering: .relaxed) - returned.load(ordering: .relaxed))
  }
}
