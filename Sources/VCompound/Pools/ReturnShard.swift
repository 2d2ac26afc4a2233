// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One of several rings through which threads that are not the pool's consumer put pages back.
///
/// The kernel has one ring with a lock, and its own benchmark shows what that costs: with four
/// processors returning pages, thousands of cycles a page. Here each thread has a ring that it
/// tries first; where another thread is at it, it goes on to the next one instead of waiting.
///
/// A thread that returns a page holds the ring for the moment of a store. The consumer, or the
/// thread that has shut its gate, takes pages out without holding the ring.
///
/// All zeroes are a ring that is closed: so it is in children of fork.
struct ReturnShard: ~Copyable {
  /// `closed`, `free` or `held`.
  private let state: Atomic<UInt32>
  /// Where the next page goes.
  ///
  /// Positions run from 0 to twice the capacity and begin anew there: so a full ring differs from
  /// an empty one, and they never wrap by themselves.
  private let tail = Atomic<UInt32>(0)
  /// The pages that came through.
  ///
  /// Written by the thread that holds the ring.
  let returned = Atomic<Int>(0)
  // The threads that return pages and the one that takes them write to different cache lines, and
  // the processor fetches lines in pairs.
  private let gapBehindTail = InlineArray<14, UInt64>(repeating: 0)
  /// Where the next page is taken from.
  private let head = Atomic<UInt32>(0)
  private let capacity: UInt32
  private let first: Int
  private let slots: SharedNumbers
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
  init(slots: SharedNumbers, first: Int, capacity: Int) {
    state = Atomic(Self.free)
    self.capacity = UInt32(capacity)
    self.first = first
    self.slots = slots
  }

  @inline(__always)
  private func slot(_ position: UInt32) -> Int {
    first + Int(position < capacity ? position : position &- capacity)
  }

  /// The position so many pages behind another one; at most as many as the capacity.
  @inline(__always)
  private func position(_ position: UInt32, plus pages: UInt32) -> UInt32 {
    let sum = position &+ pages
    return sum < 2 &* capacity ? sum : sum &- 2 &* capacity
  }

  /// The pages from one position to another.
  @inline(__always)
  private func distance(from head: UInt32, to tail: UInt32) -> UInt32 {
    tail >= head ? tail &- head : tail &+ 2 &* capacity &- head
  }

  /// Puts a page in and returns true, unless another thread is at the ring, or it is full or
  /// closed.
  @inline(__always)
  borrowing func put(_ index: UInt32) -> Bool {
    // A look before the ring is held: a full ring, and a held one, are left alone.
    guard
      distance(from: head.load(ordering: .relaxed), to: tail.load(ordering: .relaxed)) < capacity,
      state.load(ordering: .relaxed) == Self.free,
      state.compareExchange(
        expected: Self.free, desired: Self.held, successOrdering: .acquiring,
        failureOrdering: .relaxed
      ).exchanged
    else { return false }
    let end = tail.load(ordering: .relaxed)
    let isRoom = distance(from: head.load(ordering: .acquiring), to: end) < capacity
    if isRoom {
      slots.store(index, at: slot(end))
      tail.store(position(end, plus: 1), ordering: .releasing)
      returned.add(1)
    }
    // The last access: the pool may go as soon as it is closed.
    state.store(Self.free, ordering: .releasing)
    return isRoom
  }

  /// Puts pages in, as many as there is room for; none where another thread is at the ring, or it
  /// is closed.
  ///
  /// - Parameters:
  ///   - numbers: where the pages are.
  ///   - first: where those begin that are to be put in: all from there on, at least one.
  /// - Returns: how many were put in.
  borrowing func put(_ numbers: Span<UInt32>, from first: Int) -> Int {
    guard
      distance(from: head.load(ordering: .relaxed), to: tail.load(ordering: .relaxed)) < capacity,
      state.load(ordering: .relaxed) == Self.free,
      state.compareExchange(
        expected: Self.free, desired: Self.held, successOrdering: .acquiring,
        failureOrdering: .relaxed
      ).exchanged
    else { return 0 }
    let end = tail.load(ordering: .relaxed)
    let room = capacity - distance(from: head.load(ordering: .acquiring), to: end)
    let count = min(Int(room), numbers.count - first)
    for step in 0..<count {
      slots.store(numbers[first + step], at: slot(position(end, plus: UInt32(step))))
    }
    tail.store(position(end, plus: UInt32(count)), ordering: .releasing)
    returned.add(count)
    // The last access, if these were the last pages of the caller's: as in `put`.
    state.store(Self.free, ordering: .releasing)
    return count
  }

  /// Calls a function with each page in the ring, while other threads put pages in and take some
  /// out: every page that is in it all the time, none that is out of it all the time.
  func look(_ body: (UInt32) -> Void) {
    let start = head.load(ordering: .acquiring)
    // No more than the ring has room for: the head may have moved on since, and the tail after it.
    let count = min(capacity, distance(from: start, to: tail.load(ordering: .acquiring)))
    for step in 0..<count { body(slots.load(slot(position(start, plus: step)))) }
  }

  /// The pages in the ring, as far as this thread can see.
  var count: Int {
    Int(distance(from: head.load(ordering: .relaxed), to: tail.load(ordering: .relaxed)))
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
    let available = Int(distance(from: start, to: tail.load(ordering: .acquiring)))
    let count = min(limit, available)
    guard count > 0 else { return 0 }
    for step in 0..<UInt32(count) { body(slots.load(slot(position(start, plus: step)))) }
    head.store(position(start, plus: UInt32(count)), ordering: .releasing)
    return count
  }

  /// Opens a ring, if it is closed.
  borrowing func open() {
    _ = state.compareExchange(
      expected: Self.closed, desired: Self.free, successOrdering: .acquiringAndReleasing,
      failureOrdering: .relaxed)
  }

  /// Closes the ring; no thread is at it when this returns.
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
