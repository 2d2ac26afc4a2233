// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands values from one thread to another, in order.
///
/// Invariants: the places from `head` to `tail` hold a value, the others none; only the sender
/// moves `tail`, only the receiver moves `head`.
@safe
package final class PageRing<Element: ~Copyable>: @unchecked Sendable {
  private let base: UnsafeMutablePointer<Element>
  private let capacity: Int
  private let tail = Atomic<Int>(0)
  // The two sides write to different pairs of cache lines.
  private let gap = InlineArray<16, UInt64>(repeating: 0)
  private let head = Atomic<Int>(0)
  private let closed = Atomic<Bool>(false)

  /// Makes an empty ring of at least one place.
  package init(capacity: Int) {
    self.capacity = capacity
    unsafe base = UnsafeMutablePointer.allocate(capacity: capacity)
  }

  deinit {
    var position = head.load(ordering: .relaxed)
    while position < tail.load(ordering: .relaxed) {
      unsafe (base + position % capacity).deinitialize(count: 1)
      position += 1
    }
    unsafe base.deallocate()
  }

  /// Whether there is no room; for the sender, whom nobody else takes room from.
  package var isFull: Bool {
    tail.load(ordering: .relaxed) - head.load(ordering: .acquiring) >= capacity
  }

  /// Sends a value; the sender has seen that there is room.
  package func send(_ element: consuming Element) {
    precondition(!isFull, "a value sent into a full ring")
    let position = tail.load(ordering: .relaxed)
    unsafe (base + position % capacity).initialize(to: element)
    tail.store(position + 1, ordering: .releasing)
  }

  /// Whether there is nothing to receive; for the receiver.
  package var isEmpty: Bool {
    head.load(ordering: .relaxed) >= tail.load(ordering: .acquiring)
  }

  /// Takes the next value, or nil where there is none yet.
  package func receive() -> Element? {
    let position = head.load(ordering: .relaxed)
    guard position < tail.load(ordering: .acquiring) else { return nil }
    let element = unsafe (base + position % capacity).move()
    head.store(position + 1, ordering: .releasing)
    return element
  }

  /// Says that nothing more is sent.
  package func close() { closed.store(true, ordering: .releasing) }

  /// Whether nothing more will come: ask before looking for the last value, not after.
  package var isClosed: Bool { closed.load(ordering: .acquiring) }
}
