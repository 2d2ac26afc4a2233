// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One of several rings through which threads that are not the pool's consumer put pages back.
///
/// The kernel has one ring with a lock, and its own benchmark shows what that costs: with four
/// processors returning pages, thousands of cycles a page. Here each thread has a ring that it
/// tries first; where somebody else is at it, it goes on to the next one instead of waiting.
///
/// Whoever returns a page holds the ring for the moment of a store. The consumer, or whoever stands
/// in for it, takes pages out without holding it.
///
/// All zeroes are a ring that is closed: so it is in children of fork.
struct ReturnShard: ~Copyable {
  /// `closed`, `free` or `held`.
  private let state: Atomic<UInt32>
  /// Where the next page goes; the places are those of the ring, counted on and on.
  private let tail = Atomic<UInt32>(0)
  /// The pages that came through.
  ///
  /// Written by whoever holds the ring.
  let returned = Atomic<Int>(0)
  // Those who return pages and the one who takes them write to different cache lines, and the
  // processor fetches lines in pairs.
  private let gapBehindTail = InlineArray<14, UInt64>(repeating: 0)
  /// Where the next page is taken from.
  private let head = Atomic<UInt32>(0)
  private let capacity: UInt32
  private let first: Int
  private let slots: SharedTable<UInt32>
  private let gapBehindHead = InlineArray<11, UInt64>(repeating: 0)

  private static var closed: UInt32 { 0 }
  private static var free: UInt32 { 1 }
  private static var held: UInt32 { 2 }

  /// Makes an open ring.
  ///
  /// - Parameters:
  ///   - slots: a table.
  ///   - first: where the ring's part of it begins.
  ///   - capacity: how long that is.
  init(slots: SharedTable<UInt32>, first: Int, capacity: Int) {
    state = Atomic(Self.free)
    self.capacity = UInt32(capacity)
    self.first = first
    self.slots = slots
  }

  private func slot(_ position: UInt32) -> Int { first + Int(position % capacity) }

  /// Puts a page in, unless somebody else is at the ring, or it is full or closed.
  ///
  /// - Returns: whether it is in.
  @inline(__always)
  borrowing func put(_ index: UInt32) -> Bool {
    // A look before the ring is held: a full ring, and a held one, are left alone.
    guard tail.load(ordering: .relaxed) &- head.load(ordering: .relaxed) < capacity,
      state.load(ordering: .relaxed) == Self.free,
      state.compareExchange(
        expected: Self.free, desired: Self.held, successOrdering: .acquiring,
        failureOrdering: .relaxed
      ).exchanged
    else { return false }
    let end = tail.load(ordering: .relaxed)
    let isRoom = end &- head.load(ordering: .acquiring) < capacity
    if isRoom {
      slots.store(index, at: slot(end))
      tail.store(end &+ 1, ordering: .releasing)
      returned.add(1)
    }
    // The last access: the pool may go as soon as it is closed.
    state.store(Self.free, ordering: .releasing)
    return isRoom
  }

  /// The pages in the ring, as far as this thread can see.
  var count: Int {
    Int(tail.load(ordering: .relaxed) &- head.load(ordering: .relaxed))
  }

  /// Takes pages out, the ones put in first.
  ///
  /// For one thread at a time.
  ///
  /// - Parameters:
  ///   - limit: the most pages.
  ///   - body: takes one over.
  /// - Returns: how many there were.
  borrowing func take(atMost limit: Int, _ body: (UInt32) -> Void) -> Int {
    let start = head.load(ordering: .relaxed)
    let available = Int(tail.load(ordering: .acquiring) &- start)
    let count = min(limit, available)
    guard count > 0 else { return 0 }
    for step in 0..<UInt32(count) { body(slots.load(slot(start &+ step))) }
    head.store(start &+ UInt32(count), ordering: .releasing)
    return count
  }

  /// Closes the ring for good; nobody is at it when this returns.
  borrowing func close() {
    while true {
      let (exchanged, found) = state.compareExchange(
        expected: Self.free, desired: Self.closed, successOrdering: .acquiringAndReleasing,
        failureOrdering: .relaxed)
      if exchanged || found == Self.closed { return }
      OperatingSystem.yieldProcessor()
    }
  }
}
