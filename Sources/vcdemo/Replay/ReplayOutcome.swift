// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What happened in one replay.
package struct ReplayOutcome: Equatable, Sendable {
  /// The time of the event loop and its phases, in nanoseconds.
  package struct Times: Equatable, Sendable {
    /// The whole loop.
    package var total: UInt64 = 0
    /// The requests, reallocations among them.
    package var allocate: UInt64 = 0
    /// Writing the stamps, and checking them where that is asked for.
    package var touch: UInt64 = 0
    /// Freeing.
    package var free: UInt64 = 0
  }

  /// A stamp that was found damaged.
  package struct Damage: Equatable, Sendable {
    /// The block, by its number in the order of birth.
    package let block: Int32
    /// The offset of the first mark that is wrong.
    package let offset: Int
    /// The index of the event before which it was found, nil for the check at the end.
    package let event: Int?

    /// Notes the damage of a block.
    package init(block: Int32, offset: Int, event: Int?) {
      self.block = block
      self.offset = offset
      self.event = event
    }
  }

  /// The times.
  package var times = Times()
  /// The requests that were refused.
  package var failures = 0
  /// The events that were left out because their block had been refused.
  package var skipped = 0
  /// The blocks found damaged.
  package var damaged = 0
  /// The first of them.
  package var firstDamage: Damage?

  /// Counts a damaged block, where `offset` says that it is one.
  mutating func note(_ offset: Int?, block: Int32, event: Int?) {
    guard let offset else { return }
    damaged += 1
    firstDamage = firstDamage ?? Damage(block: block, offset: offset, event: event)
  }
}
