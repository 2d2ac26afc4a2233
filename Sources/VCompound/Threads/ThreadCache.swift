// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What one thread's magazines in one allocator share.
///
/// `ObjectMagazines` and `PageMagazines` are views of the magazines, which lie behind it. The owner
/// uses them without a lock and without an atomic read-modify-write; any other thread can empty
/// them at any time, so that nothing hides from a request. `OwnerGate` tells how.
///
/// The memory is wiped in children of fork, where every cache is therefore closed.
struct ThreadCache: ~Copyable {
  /// Shut while another thread is at the magazines, and for good when no front door is left.
  let gate = OwnerGate()

  // What follows is written by the thread that is at the magazines, read by all.

  /// The pages in all magazines of pages.
  let cachedPages = Atomic<Int>(0)

  /// Blocks of pages of buffers taken from the magazines less those put into them, since it was
  /// last collected.
  let ownedBlocks = Atomic<Int>(0)

  /// The same of objects.
  let ownedObjects = Atomic<Int>(0)

  /// The bytes of the objects that the magazines of the size classes have room for.
  let objectRoom = Atomic<Int>(0)

  /// The page counts whose magazines have been used since they were last emptied.
  let used = PageCountSet()

  /// The most in all magazines together.
  let limits: MagazineLimits

  /// The number of the heap that the cache belongs to.
  let heapNumber: UInt64

  /// What to do when the thread ends.
  let home: CacheHome

  /// The next cache of the heap.
  ///
  /// Guarded, like `isIdle`, by the lock of `ThreadCaches`.
  let nextOfHeap = Atomic<UInt>(0)

  /// Whether the cache has no thread.
  let isIdle = Atomic<Bool>(false)

  /// The bytes that the thread allocates until the census lists a block of its again; 0 at first.
  let untilSample = Atomic<Int>(0)

  /// A cache's neighbours on the list of its thread, by their addresses; all zeroes: on none.
  struct Links {
    /// The thread's word that holds the first cache.
    var first: UInt = 0
    var previous: UInt = 0
    var next: UInt = 0
  }

  /// Where the cache is on the list of its thread.
  ///
  /// Guarded by the lock of the process.
  var links = Links()

  init(limits: MagazineLimits, heapNumber: UInt64, home: CacheHome) {
    self.limits = limits
    self.heapNumber = heapNumber
    self.home = home
  }
}

extension Atomic<Int> {
  /// Adds without being one operation: for counters with one writer.
  @inline(__always)
  func add(_ amount: Int) {
    store(load(ordering: .relaxed) &+ amount, ordering: .relaxed)
  }
}
