// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The objects of one size class that no thread keeps for itself: those in slabs, and those in the
/// depot, which have been freed and are kept together for the next thread that needs some.
///
/// Guarded by the lock of the class. It is taken after the lock of the caches and before that of
/// the ledger, and never while slabs are made.
struct SizeCache {
  /// The slabs.
  var lists: SlabLists
  /// Objects that are not in their slabs.
  var depot: [UInt] = []
  /// Objects handed out past the magazines, ever.
  var directCount = 0
}

/// Where an object is: in which slab, and the how manieth it is there.
struct ObjectPlace {
  /// The first frame of the slab.
  let head: Frame
  /// The class.
  let kind: Int
  /// The number in the slab; the slab's capacity or more in its tail.
  let index: Int
  /// The bytes between the object's first one and the address that was looked up.
  let offset: Int
}
