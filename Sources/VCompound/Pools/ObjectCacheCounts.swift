// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What an object cache has and has done.
///
/// Invariant: what is in the table, and what magazines have room for, is no more than the limit; so
/// what is in magazines can go to the table at any time.
struct ObjectCacheCounts: Sendable {
  var made = 0
  var unmade = 0
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
  var out: Int { made - unmade - kept }

  /// How many more the table may have.
  var room: Int { limit - kept - granted }

  /// What a thread may keep for itself: an eighth, so that others find the rest.
  static func share(of limit: Int) -> Int { min(limit / 8, ObjectMagazines.largestCapacity) }

  /// Gives a magazine room, unless it has some, or there is none left to give.
  mutating func grant(_ magazine: Magazine) {
    let share = Self.share(of: limit)
    guard magazine.capacity == 0, room >= share else { return }
    magazine.capacity = share
    granted += share
  }
}
