// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// Slots that one call fills, and one call empties.
struct BulkPages: ReadPages, ~Copyable {
  private var slots: PageSlots

  init(count: Int, from source: BulkPageSource) {
    slots = PageSlots(count: count, allocator: source.allocator)
  }

  /// Fills all slots, whatever the request needs: what it leaves is there for the next one.
  mutating func fill(_ count: Int, from source: BulkPageSource) throws(CommandFailure) -> Int {
    do throws(CompoundError) {
      return try source.allocator.allocate(into: &slots, demand: .atLeast(count)).newlyTaken
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  func address(_ index: Int) -> UnsafeMutableRawPointer {
    unsafe slots.baseAddress(at: index)
  }

  /// In one call where that is all there are, else one by one.
  mutating func release(_ count: Int) {
    if count == slots.filledCount { return slots.removeAll() }
    for index in 0..<count { _ = slots.take(at: index) }
  }
}
