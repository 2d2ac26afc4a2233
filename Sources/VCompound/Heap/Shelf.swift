// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The magazines that an object cache has, one in every thread's cache: objects that are made, kept
/// by the thread that let go of them.
///
/// They are taken and put without a lock, as those of the size classes are, and emptied with them.
/// There are some for the first object caches of a heap; others do without.
struct Shelf: ~Copyable, Sendable {
  /// Which magazines these are, or -1.
  ///
  /// Read in the gate: who has read a number there is waited for before the magazines are cleared
  /// for the next cache.
  private let kind = Atomic<Int>(-1)

  /// Takes an object out of the calling thread's magazine.
  @inline(__always)
  func take(_ heap: Heap) -> PackedPlace? {
    guard let cache = unsafe heap.threads.current else { return nil }
    let magazines = unsafe ObjectMagazines(of: cache)
    let object = magazines.inGate { () -> UInt? in
      let kind = kind.load(ordering: .relaxed)
      return kind < 0 ? nil : magazines[kind].pop()
    }
    return object.flatMap { $0 }.map { PackedPlace(rawValue: $0) }
  }

  /// Puts an object into the calling thread's magazine, if there is room, and tells whether there
  /// was.
  @inline(__always)
  func put(_ place: PackedPlace, _ heap: Heap) -> Bool {
    guard let cache = unsafe heap.threads.current else { return false }
    let magazines = unsafe ObjectMagazines(of: cache)
    let isPut = magazines.inGate { () -> Bool in
      let kind = kind.load(ordering: .relaxed)
      return kind >= 0 && magazines[kind].push(place.rawValue)
    }
    return isPut == true
  }

  /// Runs a function with the calling thread's magazine in the gate, if there is one and the gate
  /// is open.
  func withMagazine<Result>(_ heap: Heap, _ body: (Magazine) -> Result) -> Result? {
    guard let cache = unsafe heap.threads.current else { return nil }
    let magazines = unsafe ObjectMagazines(of: cache)
    let result = magazines.inGate { () -> Result? in
      let kind = kind.load(ordering: .relaxed)
      return kind < 0 ? nil : body(magazines[kind])
    }
    return result.flatMap { $0 }
  }

  /// The objects in all threads' magazines.
  func count(_ heap: Heap) -> Int {
    let kind = kind.load(ordering: .relaxed)
    guard kind >= 0 else { return 0 }
    return unsafe heap.threads.withAll { forEach in
      var count = 0
      unsafe forEach { unsafe count += ObjectMagazines(of: $0)[kind].count }
      return count
    }
  }

  /// Gets magazines, if there are any left.
  func open(_ heap: Heap, _ keeper: any ShelfKeeper) {
    if let found = heap.shelves.add(keeper) { kind.store(found, ordering: .relaxed) }
  }

  /// Gives the magazines up, which the keeper clears.
  func close(_ heap: Heap, _ keeper: any ShelfKeeper) {
    let kind = kind.exchange(-1, ordering: .relaxed)
    guard kind >= 0 else { return }
    unsafe heap.threads.pause { unsafe keeper.clear(ObjectMagazines(of: $0)[kind]) }
    heap.threads.resume()
    heap.shelves.remove(kind)
  }
}

/// An object cache, as threads' caches know it.
protocol ShelfKeeper: AnyObject, Sendable {
  /// Takes all objects out of a magazine, which has no room from then on.
  ///
  /// The owner is not at it. Called with the lock of the threads' caches held: it calls nothing of
  /// the heap.
  func clear(_ magazine: Magazine)
}

/// Which object cache has which magazines.
struct Shelves: ~Copyable, Sendable {
  private let keepers = Lock(
    [(any ShelfKeeper)?](repeating: nil, count: ObjectMagazines.shelfCount))

  /// Enters a keeper.
  ///
  /// - Returns: the number of its magazines, or nil where there are none left.
  func add(_ keeper: any ShelfKeeper) -> Int? {
    keepers.withLock { keepers in
      guard let place = keepers.firstIndex(where: { $0 == nil }) else { return nil }
      keepers[place] = keeper
      return ObjectMagazines.classCount + place
    }
  }

  /// Takes a keeper out, whose magazines are clear.
  func remove(_ kind: Int) {
    keepers.withLock { $0[kind - ObjectMagazines.classCount] = nil }
  }

  /// Has all objects taken out of a thread's magazines.
  func clear(_ magazines: ObjectMagazines) {
    keepers.withLock { keepers in
      for (place, keeper) in keepers.enumerated() {
        keeper?.clear(magazines[ObjectMagazines.classCount + place])
      }
    }
  }
}
