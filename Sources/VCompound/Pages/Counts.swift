// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What has happened in a heap, and the blocks that are out.
package struct Counts: Sendable {
  package internal(set) var contiguousAllocations = 0
  package internal(set) var stitchedAllocations = 0
  package internal(set) var stitchedRuns = 0
  package var exchanges = 0
  package internal(set) var frees = 0
  /// Blocks in one piece although the policy demanded a stitched one, for want of mappings.
  package internal(set) var unforced = 0

  /// Blocks of pages that a buffer owns.
  package internal(set) var ofBuffers = 0
  /// Blocks of pages that a pointer owns.
  package internal(set) var ofPointers = 0
  /// Objects that a buffer owns; in neither of the above.
  package internal(set) var objectsOfBuffers = 0

  /// Whether no front door of the heap is left; see `Lifetime`.
  private var isDoorless = false

  /// Counts a block of pages that is out.
  @inline(__always)
  mutating func enter(_ owner: BlockOwner, _ number: Int = 1) {
    if owner == .buffer { ofBuffers += number } else { ofPointers += number }
  }

  /// Counts blocks of pages that are no longer out.
  ///
  /// - Returns: whether the heap ends with them: then the caller ends it, and touches nothing of it
  ///   afterwards.
  @inline(__always)
  mutating func leave(_ owner: BlockOwner, _ number: Int = 1) -> Bool {
    enter(owner, -number)
    return isLast(number)
  }

  /// Counts an object that a buffer got, or with -1 one that it has no more.
  ///
  /// - Returns: as `leave`.
  mutating func addObjectOfBuffer(_ number: Int) -> Bool {
    objectsOfBuffers += number
    return number < 0 && isLast(-number)
  }

  /// Hands a block of pages from one owner to the other.
  ///
  /// - Returns: as `leave`.
  mutating func handOver(to owner: BlockOwner) -> Bool {
    ofBuffers += owner == .buffer ? 1 : -1
    ofPointers += owner == .buffer ? -1 : 1
    return owner == .pointer && isLast(1)
  }

  /// Notes that the last front door is gone.
  ///
  /// - Returns: whether no buffer owns a block any more: the heap ends at once.
  package mutating func loseLastDoor() -> Bool {
    isDoorless = true
    return ofBuffers + objectsOfBuffers == 0
  }

  @inline(__always)
  private func isLast(_ left: Int) -> Bool {
    isDoorless && left > 0 && ofBuffers + objectsOfBuffers == 0
  }
}
