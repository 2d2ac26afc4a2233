// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Where the frames are that are neither free nor without memory.
///
/// At any time each frame is in exactly one account:
///
/// - *absent*, *free*: `Frames` counts them. A chunk on its way from one to the other is *hidden*.
/// - *transit*: taken, and not handed over yet.
/// - *slabs*: cut into objects, or about to be.
/// - *out*: entered in the block table. A block that is out is in use, in a thread's magazine
///   (`ThreadCaches` counts those), or kept by a pool or an object cache (they count their own).
///
/// What is in transit, in a magazine, or kept can still become free: no request is refused before
/// it has (`Transit`, `Reclaimers`).
package struct Accounts: Hashable, Sendable {
  /// Frames taken, and not handed over yet.
  package internal(set) var transit: PageCount = 0
  /// Frames of slabs.
  package internal(set) var slabs: PageCount = 0
  /// Frames of blocks, those in magazines among them.
  package internal(set) var out: PageCount = 0

  /// The account that a run of frames goes to, or comes from.
  package enum Name: Sendable {
    case transit
    case slabs
    case out
  }

  /// Adds to an account, or with a negative number takes away.
  @inline(__always)
  mutating func add(_ pages: PageCount, to name: Name) {
    switch name {
    case .transit: transit += pages
    case .slabs: slabs += pages
    case .out: out += pages
    }
  }

  /// All frames in use.
  package var used: PageCount { transit + slabs + out }
}
