// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import ThreadSlot

/// One thread's magazines in one allocator.
///
/// The owning thread uses them without a lock and without an atomic read-modify-write; any other
/// thread can empty them at any time, so that nothing hides from a request. The protocol, which
/// puts all the cost on the rare side (an asymmetric Dekker lock):
///
///     owner                          reclaimer, under the allocator's cache lock
///     busy = 1                       isOpen = 0
///     (compiler fence)               membarrier: a full barrier on every running thread
///     if isOpen { use }              wait until busy == 0
///     busy = 0 (release)             use
///                                    isOpen = 1 (release)
///
/// Without the barrier the owner's store of `busy` could still be on its way while its load of
/// `isOpen` sees 1. With it, either the reclaimer sees `busy`, or the owner sees that the cache
/// is closed and takes the slow path.
///
/// The memory is wiped in children of fork, where every cache is therefore closed.
struct ThreadCache: ~Copyable {
  /// Cleared while somebody else is at the magazines, and for good when the allocator goes.
  let isOpen = Atomic<UInt32>(1)

  /// Set while the owner is at the magazines.
  private let isBusy = Atomic<UInt32>(0)

  /// The pages in all magazines.
  ///
  /// Written by whoever is at them, read by anybody.
  let cachedPages = Atomic<Int>(0)

  /// Blocks taken from the magazines and put into them, those of pointers and those of buffers.
  let pointerCounts = Traffic()
  let bufferCounts = Traffic()

  /// Objects of buffers taken from the object magazines less those put into them, since it was
  /// last collected.
  ///
  /// Written by the owner.
  let ownedObjects = Atomic<Int>(0)

  /// What went through the magazines since it was last collected.
  ///
  /// Written by the owner.
  struct Traffic: ~Copyable {
    let taken = Atomic<Int>(0)
    let put = Atomic<Int>(0)
  }

  /// A bit for every page count whose magazine has been used since the last drain.
  ///
  /// Apart, like the magazines, so that nothing ever has to change this value itself while
  /// somebody looks at its atomic parts.
  private let used: SharedTable<UInt64>

  /// The most pages in all magazines together.
  let pageLimit: Int

  /// Where the magazines are.
  private let magazines: SharedTable<Magazine>

  /// The words in `used`.
  static let usedWordCount = Magazine.largestPageCount / 64 + 1

  init(magazines: SharedTable<Magazine>, used: SharedTable<UInt64>, pageLimit: Int) {
    self.magazines = magazines
    self.used = used
    self.pageLimit = pageLimit
  }

  // MARK: The owner's side

  /// Enters the magazines, if they are open.
  ///
  /// Call `leave` in any case.
  @inline(__always)
  borrowing func enter() -> Bool {
    isBusy.store(1, ordering: .relaxed)
    vcompound_compiler_fence()
    return isOpen.load(ordering: .acquiring) != 0
  }

  /// Leaves the magazines.
  @inline(__always)
  borrowing func leave() {
    isBusy.store(0, ordering: .releasing)
  }

  /// Takes a block of this many pages.
  @inline(__always)
  borrowing func take(_ pageCount: Int, isOwned: Bool) -> Frame? {
    defer { leave() }
    guard enter() else { return nil }
    guard let frame = magazines.update(pageCount, { $0.pop() }) else { return nil }
    cachedPages.add(-pageCount)
    if isOwned { bufferCounts.taken.add(1) } else { pointerCounts.taken.add(1) }
    return frame
  }

  /// Puts a block of this many pages in.
  ///
  /// - Returns: whether there was room.
  @inline(__always)
  borrowing func put(_ frame: Frame, _ pageCount: Int, isOwned: Bool) -> Bool {
    defer { leave() }
    guard enter() else { return false }
    guard cachedPages.load(ordering: .relaxed) + pageCount <= pageLimit else { return false }
    guard magazines.update(pageCount, { $0.push(frame, pageCount: pageCount) }) else {
      return false
    }
    used.update(pageCount >> 6) { $0 |= 1 << UInt64(pageCount & 63) }
    cachedPages.add(pageCount)
    if isOwned { bufferCounts.put.add(1) } else { pointerCounts.put.add(1) }
    return true
  }

  // MARK: Everybody's side

  /// Waits until the owner has left, after the cache was closed and all threads passed a barrier.
  borrowing func waitForOwner() {
    while isBusy.load(ordering: .acquiring) != 0 { OperatingSystem.yieldProcessor() }
  }

  /// Empties the magazines, which are closed.
  borrowing func drain(_ body: (Frame, _ pageCount: Int) -> Void) {
    for word in 0..<Self.usedWordCount {
      var bits = used.load(word)
      while bits != 0 {
        let pageCount = word << 6 + bits.trailingZeroBitCount
        bits &= bits - 1
        while let frame = magazines.update(pageCount, { $0.pop() }) { body(frame, pageCount) }
      }
      used.store(0, at: word)
    }
    cachedPages.store(0, ordering: .relaxed)
  }
}

extension Atomic<Int> {
  /// Adds without being one operation: for counters with one writer.
  @inline(__always)
  func add(_ amount: Int) {
    store(load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }
}
