// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Hands values from one thread to another, in order.
///
/// Either side has an end of its own, which publishes what it did a batch at a time: the lines that
/// both look at go to and fro once a batch, not once a value. Where the ends are not worth keeping,
/// values are sent and received one by one.
///
/// Invariants: the places from `head` to the inlet's own position hold a value, but for those that
/// the outlet has taken and not published; only the inlet moves `tail`, only the outlet `head`.
@safe
package final class Ring<Element: ~Copyable>: @unchecked Sendable {
  fileprivate let base: UnsafeMutablePointer<Element>
  fileprivate let mask: Int
  /// The places.
  package let capacity: Int
  fileprivate let tail = Atomic<Int>(0)
  // The two sides write to different pairs of cache lines.
  private let gap = InlineArray<16, UInt64>(repeating: 0)
  fileprivate let head = Atomic<Int>(0)
  fileprivate let hasInlet = Atomic<Bool>(false)
  fileprivate let hasOutlet = Atomic<Bool>(false)
  private let closed = Atomic<Bool>(false)

  /// Makes an empty ring of at least so many places: the next power of two.
  package init(capacity: Int) {
    precondition(capacity > 0, "a ring of \(capacity) places")
    var places = 1
    while places < capacity { places *= 2 }
    self.capacity = places
    mask = places - 1
    unsafe base = UnsafeMutablePointer.allocate(capacity: places)
  }

  deinit {
    var position = head.load(ordering: .relaxed)
    while position < tail.load(ordering: .relaxed) {
      unsafe (base + (position & mask)).deinitialize(count: 1)
      position += 1
    }
    unsafe base.deallocate()
  }

  /// Makes the end that values go into; a second one stops the program.
  package func makeInlet() -> Inlet {
    precondition(!hasInlet.exchange(true, ordering: .relaxed), "the ring has an inlet already")
    return Inlet(self)
  }

  /// Makes the end that values come out of; a second one stops the program.
  package func makeOutlet() -> Outlet {
    precondition(!hasOutlet.exchange(true, ordering: .relaxed), "the ring has an outlet already")
    return Outlet(self)
  }

  /// Says that nothing more is sent.
  package func close() { closed.store(true, ordering: .releasing) }

  /// Whether nothing more will come: ask before looking for the last value, not after.
  package var isClosed: Bool { closed.load(ordering: .acquiring) }
}

// MARK: - One by one

// For a ring without ends: one thread sends, one receives, and each value is seen at once.
extension Ring where Element: ~Copyable {
  /// Whether there is no room; for the sender, whom nobody else takes room from.
  package var isFull: Bool {
    tail.load(ordering: .relaxed) - head.load(ordering: .acquiring) >= capacity
  }

  /// Sends a value; the sender has seen that there is room.
  package func send(_ element: consuming Element) {
    assert(!hasInlet.load(ordering: .relaxed), "a value sent past the ring's inlet")
    precondition(!isFull, "a value sent into a full ring")
    let position = tail.load(ordering: .relaxed)
    unsafe (base + (position & mask)).initialize(to: element)
    tail.store(position + 1, ordering: .releasing)
  }

  /// Whether there is nothing to receive; for the receiver.
  package var isEmpty: Bool {
    head.load(ordering: .relaxed) >= tail.load(ordering: .acquiring)
  }

  /// Takes the next value, or nil where there is none yet.
  package func receive() -> Element? {
    assert(!hasOutlet.load(ordering: .relaxed), "a value received past the ring's outlet")
    let position = head.load(ordering: .relaxed)
    guard position < tail.load(ordering: .acquiring) else { return nil }
    let element = unsafe (base + (position & mask)).move()
    head.store(position + 1, ordering: .releasing)
    return element
  }
}

// MARK: - Batches

extension Ring where Element: ~Copyable {
  /// The end of a ring that values go into; what was added is published when it ends.
  package struct Inlet: ~Copyable, Sendable {
    private let ring: Ring
    private var tail: Int
    private var knownHead: Int

    fileprivate init(_ ring: Ring) {
      self.ring = ring
      tail = ring.tail.load(ordering: .relaxed)
      knownHead = ring.head.load(ordering: .acquiring)
    }

    deinit { ring.tail.store(tail, ordering: .releasing) }

    /// Whether there is room for another value.
    @inline(__always)
    package mutating func hasRoom() -> Bool {
      if tail - knownHead < ring.capacity { return true }
      knownHead = ring.head.load(ordering: .acquiring)
      return tail - knownHead < ring.capacity
    }

    /// Adds a value, for which there must be room.
    @inline(__always)
    package mutating func add(_ element: consuming Element) {
      precondition(hasRoom(), "a value added to a full ring")
      unsafe (ring.base + (tail & ring.mask)).initialize(to: element)
      tail += 1
    }

    /// Shows the other side what was added.
    @inline(__always)
    package mutating func publish() { ring.tail.store(tail, ordering: .releasing) }
  }

  /// The end of a ring that values come out of; what was taken is published when it ends.
  package struct Outlet: ~Copyable, Sendable {
    private let ring: Ring
    private var head: Int
    private var knownTail: Int

    fileprivate init(_ ring: Ring) {
      self.ring = ring
      head = ring.head.load(ordering: .relaxed)
      knownTail = ring.tail.load(ordering: .acquiring)
    }

    deinit { ring.head.store(head, ordering: .releasing) }

    /// Takes the next value, or nil where there is none yet.
    @inline(__always)
    package mutating func next() -> Element? {
      if head == knownTail {
        knownTail = ring.tail.load(ordering: .acquiring)
        if head == knownTail { return nil }
      }
      let element = unsafe (ring.base + (head & ring.mask)).move()
      head += 1
      return element
    }

    /// Shows the other side what was taken: its places have room again.
    @inline(__always)
    package mutating func publish() { ring.head.store(head, ordering: .releasing) }
  }
}
