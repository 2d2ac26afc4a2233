// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// How many pages a bulk call must find, and what it may do for them.
///
/// All slots are filled while free resident pages last. Beyond those, what threads and page pools
/// keep is given up, and memory made resident, only as far as the demand goes.
public enum BulkDemand: Hashable, Sendable {
  /// Every empty slot, or none.
  case all

  /// At least so many new pages, or every empty slot where there are fewer; else none.
  case atLeast(Int)

  /// As many as are free and resident: nothing becomes resident, and nothing is given up.
  case available
}

/// What a bulk call has done.
///
/// Two numbers, since one of them alone means something else where slots were filled before: the
/// kernel's call returns one, and broke its own users with it.
@frozen
public struct BulkResult: Hashable, Sendable {
  /// The pages that this call took.
  public let newlyTaken: Int

  /// The slots that are filled now, wherever they lie.
  public let filled: Int

  /// Makes a result.
  @inlinable
  public init(newlyTaken: Int, filled: Int) {
    self.newlyTaken = newlyTaken
    self.filled = filled
  }
}

extension CompoundAllocator {
  /// Fills the empty slots of an array of pages in one call (Linux: `alloc_pages_bulk`).
  ///
  /// Filled slots stay as they are; the new pages take the empty ones in order. Pages from one call
  /// lie side by side where the free memory does. An array that is full already is a success.
  ///
  /// ```swift
  /// var slots = PageSlots(count: 64, allocator: allocator)
  /// let result = try allocator.allocate(into: &slots, demand: .atLeast(1))
  /// ```
  ///
  /// - Parameters:
  ///   - slots: an array that was made for this allocator; the program stops for another one.
  ///   - demand: how many pages there must be.
  ///   - zeroed: whether the new pages read zero at first.
  /// - Returns: how many pages were taken, and how many slots are filled.
  /// - Throws: as ``allocate(byteCount:alignment:zeroed:)-(ByteCount,_,_)``. No slot has changed
  ///   then.
  /// - Complexity: O(slots); a lock and some instructions for every run of free pages, and a few
  ///   for every page. Pages of a higher order that find no run are allocated one by one, and
  ///   stitched.
  @discardableResult
  public func allocate(
    into slots: inout PageSlots, demand: BulkDemand = .all, zeroed: Bool = false
  ) throws(CompoundError) -> BulkResult {
    stopIfForeign(slots)
    return try slots.fill(demand, isZeroed: zeroed)
  }

  /// Frees all pages of an array in one call.
  ///
  /// - Parameter slots: an array that was made for this allocator, or the program stops; it is
  ///   empty
  ///   afterwards.
  /// - Complexity: O(slots).
  public func deallocate(_ slots: inout PageSlots) {
    stopIfForeign(slots)
    slots.removeAll()
  }

  private func stopIfForeign(_ slots: borrowing PageSlots) {
    guard slots.door.isSame(as: door) else {
      stop("an array of \(slots.count) page slots was made for another allocator")
    }
  }
}
