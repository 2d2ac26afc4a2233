// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What an object cache has and has done.
///
/// Invariant: what is in the table, and what magazines have room for, is no more than the limit; so
/// what is in magazines can go to the table at any time.
struct ObjectCacheCounts: Sendable {
  var created = 0
  var destroyed = 0
  /// Objects in the table of those that are kept.
  var kept = 0
  /// What threads' magazines have room for.
  var granted = 0
  /// The most that are kept.
  var limit = 0
  /// Whether nothing is kept now.
  var isShut = false
  /// Whether the cache is gone.
  var isClosed = false

  /// Objects that are out, or in magazines.
  var out: Int { created - destroyed - kept }

  /// How many more the table may have.
  var room: Int { limit - kept - granted }

  /// What a thread may keep for itself: an eighth.
  static func share(of limit: Int) -> Int { min(limit / 8, ObjectMagazines.largestCapacity) }

  /// What a thread may keep for itself.
  var share: Int { Self.share(of: limit) }

  /// Gives an empty magazine room, if it has none yet, and no more than half of the limit is given
  /// away with it: the table has the other half, for threads that only take and those that only
  /// put.
  ///
  /// - Returns: how many objects of the table the magazine is to get: half of what it has room for,
  ///   and as many as make that room.
  mutating func grant(_ magazine: Magazine) -> Int {
    if magazine.capacity > 0 { return min(kept, magazine.capacity / 2) }
    guard share > 0, granted + share <= limit / 2, room + kept >= share else { return 0 }
    let moved = max(min(kept, share / 2), share - room)
    magazine.capacity = share
    granted += share
    return moved
  }
}
