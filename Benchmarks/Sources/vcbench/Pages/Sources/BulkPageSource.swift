// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A page that came with others in one call, and is freed with others in one call.
package struct BulkPage: SourcePage, ~Copyable {
  package typealias Source = BulkPageSource

  private let buffer: CompoundBuffer

  package var baseAddress: UnsafeMutableRawPointer { unsafe buffer.baseAddress }

  package static func fill(
    _ rack: inout PageRack<BulkPage>, _ count: Int, from source: BulkPageSource
  ) throws(CommandFailure) {
    try fill(&rack, count, from: source.allocator, by: &source.slots)
  }

  package static func release(_ rack: inout PageRack<BulkPage>, to source: BulkPageSource) {
    release(&rack, by: &source.returned)
  }

  // The slots are passed on, so that a field is not checked for exclusive use at each page.

  private static func fill(
    _ rack: inout PageRack<BulkPage>, _ count: Int, from allocator: CompoundAllocator,
    by slots: inout PageSlots
  ) throws(CommandFailure) {
    var index = slots.count
    do throws(CompoundError) {
      try rack.fill(count) { () throws(CompoundError) in
        while true {
          if index == slots.count {
            try allocator.allocate(into: &slots)
            index = 0
          }
          defer { index += 1 }
          if let page = slots.take(at: index) { return BulkPage(buffer: page) }
        }
      }
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  private static func release(_ rack: inout PageRack<BulkPage>, by slots: inout PageSlots) {
    while let page = rack.takeFirst() {
      slots.put(page.unwrapped(), at: slots.filledCount)
      if slots.isFull { slots.removeAll() }
    }
    slots.removeAll()
  }

  private consuming func unwrapped() -> CompoundBuffer { buffer }
}

/// An arena, and an array of slots on either side.
///
/// Invariants: only the thread that takes pages by racks touches `slots`, only the one that puts
/// them back `returned`; when that has ended, any.
package final class BulkPageSource: PageSource, @unchecked Sendable {
  /// The arena; who has slots of their own fills those from it.
  let allocator: CompoundAllocator
  fileprivate var slots: PageSlots
  fileprivate var returned: PageSlots

  /// The pages of a call.
  private static let batch = 64

  package init(pages: Int) throws(CommandFailure) {
    allocator = try CompoundAllocator.forPages(pages + 2 * Self.batch, hasMagazines: true)
    slots = PageSlots(count: Self.batch, allocator: allocator)
    returned = PageSlots(count: Self.batch, allocator: allocator)
  }

  package func settle() -> PagesOut {
    slots.removeAll()
    return PagesOut(allocator)
  }
}
