// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The most that one thread keeps in its magazines.
///
/// Enough for what it uses over and over, and little to take back.
struct MagazineLimits: Sendable {
  private let small: Int
  private let large: Int

  /// The most bytes that the magazines of the size classes have room for: an eighth of the arena.
  let objectBytes: Int

  /// The pages of a small block, at most: 32 KiB.
  private static var smallest: Int { 8 }

  /// The most of any arena: 32 MiB.
  private static var most: Int { 8192 }

  /// Chooses them for an arena: a sixteenth of it, and a quarter as long as blocks are small.
  ///
  /// Small blocks come in many sizes; and where they go, large ones do not fit anyway. On the trace
  /// of git log that halves the time. With a quarter for all, ffmpeg's had blocks stitched.
  init(capacity: PageCount) {
    small = min(Self.most, capacity.rawValue / 4)
    large = min(Self.most, capacity.rawValue / 16)
    objectBytes = min(Self.most, capacity.rawValue / 8) * PageCount.bytesPerPage
  }

  /// The pages that may be kept where a block of so many is among them.
  @inline(__always)
  func pages(besides pageCount: Int) -> Int {
    pageCount <= Self.smallest ? small : large
  }
}
