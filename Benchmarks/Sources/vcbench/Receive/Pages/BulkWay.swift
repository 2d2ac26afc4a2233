// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A page that came with others in one call, and is freed with others in one call.
package struct BulkPage: ReceivePage, ~Copyable {
  package typealias Supply = BulkSupply

  fileprivate let buffer: CompoundBuffer

  package var baseAddress: UnsafeMutableRawPointer { unsafe buffer.baseAddress }

  package static func fill(
    _ rack: inout PageRack<BulkPage>, from supply: BulkSupply
  ) throws(CommandFailure) {
    try supply.fill(&rack)
  }

  package static func release(_ rack: inout PageRack<BulkPage>, to supply: BulkSupply) {
    supply.release(&rack)
  }

  fileprivate consuming func unwrapped() -> CompoundBuffer { buffer }
}

/// An arena, and an array of slots on either side.
///
/// Invariants: only the receiver's thread touches `slots` and `taken`, only the consumer's thread
/// `returned`.
package final class BulkSupply: PageSupply, @unchecked Sendable {
  private let allocator: CompoundAllocator
  private var slots: PageSlots
  private var returned: PageSlots
  private var taken = 0

  /// The pages of a call.
  private static let batch = 64

  package init(pages: Int) throws(CommandFailure) {
    allocator = try CompoundAllocator.forPages(pages + 2 * Self.batch, hasMagazines: true)
    slots = PageSlots(count: Self.batch, allocator: allocator)
    returned = PageSlots(count: Self.batch, allocator: allocator)
  }

  fileprivate func fill(_ rack: inout PageRack<BulkPage>) throws(CommandFailure) {
    while !rack.isFull {
      do throws(CompoundError) {
        taken += try allocator.allocate(into: &slots).newlyTaken
      } catch {
        throw CompoundSource.failure(error)
      }
      BulkSupply.move(&slots, into: &rack)
    }
  }

  private static func move(_ slots: inout PageSlots, into rack: inout PageRack<BulkPage>) {
    for index in 0..<slots.count where !rack.isFull {
      if let page = slots.take(at: index) { rack.put(BulkPage(buffer: page)) }
    }
  }

  fileprivate func release(_ rack: inout PageRack<BulkPage>) {
    BulkSupply.release(&rack, by: &returned)
  }

  private static func release(_ rack: inout PageRack<BulkPage>, by slots: inout PageSlots) {
    while let page = rack.takeFirst() {
      slots.put(page.unwrapped(), at: slots.filledCount)
      if slots.isFull { slots.removeAll() }
    }
    slots.removeAll()
  }

  package var account: PageAccount { PageAccount(fromBelow: taken, recyclingRate: 0) }

  package func end() -> PagesOut {
    slots.removeAll()
    let statistics = allocator.statistics
    return PagesOut(pages: statistics.liveBlocks, liveBytes: statistics.live.rawValue)
  }
}
