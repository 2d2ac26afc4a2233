// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The objects of one size class that no thread keeps for itself: those in slabs, and those in the
/// depot, which have been freed and are kept together for the next thread that needs some.
///
/// Guarded by the lock of the class, which is taken after the lock of the caches and before that of
/// the ledger, and is not held while a slab is made.
struct SizeCache {
  /// The slabs.
  var lists: SlabLists
  /// Objects that are not in their slabs.
  var depot: Depot
  /// Objects handed out past the magazines, ever.
  var directCount = 0
}

/// Objects of one class, by their addresses: a stack in a part of a table.
struct Depot {
  private let table: SharedTable<UInt>
  private let first: Int
  private let limit: Int
  private(set) var count = 0

  /// Makes an empty stack for as many objects as `limit` in a table, from `first` on.
  init(_ table: SharedTable<UInt>, first: Int, limit: Int) {
    self.table = table
    self.first = first
    self.limit = limit
  }

  /// Adds an object; the caller knows that there is room.
  mutating func push(_ object: UInt) {
    precondition(count < limit)
    table.store(object, at: first + count)
    count += 1
  }

  /// Takes the object out that was added last.
  mutating func pop() -> UInt? {
    guard count > 0 else { return nil }
    count -= 1
    return table.load(first + count)
  }

  /// Calls a function for every object in it.
  func forEach(_ body: (UInt) -> Void) {
    for place in first..<first + count { body(table.load(place)) }
  }

  /// Whether an object is in it.
  func contains(_ object: UInt) -> Bool {
    (first..<first + count).contains { table.load($0) == object }
  }
}

/// Where an object is: in which slab, and under which number.
struct ObjectPlace {
  /// The first frame of the slab.
  let head: PageFrame
  /// The class.
  let kind: Int
  /// The number in the slab.
  let index: Int
  /// The bytes between the object's first one and the address that was looked up.
  let offset: Int
  /// Whether there is an object: the tail of a slab has none.
  let isObject: Bool
}
