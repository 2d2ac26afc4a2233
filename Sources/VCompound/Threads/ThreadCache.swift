// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// One thread's magazines in one allocator.
///
/// The owner uses them without a lock and without an atomic read-modify-write; any other thread can
/// empty them at any time, so that nothing hides from a request. `OwnerGate` tells how.
///
/// The memory is wiped in children of fork, where every cache is therefore closed.
struct ThreadCache: ~Copyable {
  /// Shut while another thread is at the magazines, and for good when no front door is left.
  let gate = OwnerGate()

  /// The pages in all magazines.
  ///
  /// Written by the thread that is at them, read by all.
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

    /// Both numbers.
    var values: (taken: Int, put: Int) {
      (taken.load(ordering: .relaxed), put.load(ordering: .relaxed))
    }

    /// Sets both to zero.
    func reset() {
      taken.store(0, ordering: .relaxed)
      put.store(0, ordering: .relaxed)
    }
  }

  /// A bit for every page count whose magazine has been used since the last drain.
  ///
  /// Apart, like the magazines: this value itself never changes while another thread looks at its
  /// atomic parts.
  private let used: SharedTable<UInt64>

  /// The most pages in all magazines together.
  let limits: MagazineLimits

  /// Where the magazines are.
  private let magazines: SharedTable<Magazine>

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

  /// The words in `used`.
  static let usedWordCount = Magazine.largestPageCount / 64 + 1

  init(
    magazines: SharedTable<Magazine>, used: SharedTable<UInt64>, limits: MagazineLimits,
    heapNumber: UInt64, home: CacheHome
  ) {
    self.magazines = magazines
    self.used = used
    self.limits = limits
    self.heapNumber = heapNumber
    self.home = home
  }

  // MARK: The owner's side

  /// Takes a block of this many pages.
  @inline(__always)
  borrowing func take(_ pageCount: Int, owner: BlockOwner) -> Frame? {
    defer { gate.leave() }
    guard gate.enter() else { return nil }
    guard let frame = magazines.update(pageCount, { $0.pop() }) else { return nil }
    cachedPages.add(-pageCount)
    if owner == .buffer { bufferCounts.taken.add(1) } else { pointerCounts.taken.add(1) }
    return frame
  }

  /// Whether there is room for a block of this many pages, for the owner.
  borrowing func hasRoom(_ pageCount: Int) -> Bool {
    cachedPages.load(ordering: .relaxed) + pageCount <= limits.pages(besides: pageCount)
      && magazines.load(pageCount).hasRoom
  }

  /// Puts a block of this many pages in, if there is room, and tells whether there was.
  @inline(__always)
  borrowing func put(_ frame: Frame, _ pageCount: Int, owner: BlockOwner) -> Bool {
    defer { gate.leave() }
    guard gate.enter() else { return false }
    guard cachedPages.load(ordering: .relaxed) + pageCount <= limits.pages(besides: pageCount)
    else { return false }
    guard magazines.update(pageCount, { $0.push(frame, pageCount: pageCount) }) else {
      return false
    }
    used.update(pageCount >> 6) { $0 |= 1 << UInt64(pageCount & 63) }
    cachedPages.add(pageCount)
    if owner == .buffer { bufferCounts.put.add(1) } else { pointerCounts.put.add(1) }
    return true
  }

  // MARK: Other threads' side

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
