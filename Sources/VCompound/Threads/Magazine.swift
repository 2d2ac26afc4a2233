// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Free blocks of one page count, kept for the next request of that count: a stack of their
/// first frames, in one cache line.
///
/// (Bonwick and Adams call a per-processor stack of free objects a magazine; these are a
/// thread's.) All zeroes are an empty magazine whose capacity has not been set yet.
struct Magazine: BitwiseCopyable {
  private(set) var count: UInt16 = 0
  private var capacity: UInt16 = 0
  private var frames = InlineArray<15, UInt32>(repeating: 0)

  /// The page counts that have magazines: up to 4 MiB.
  static let largestPageCount = 1024

  /// How many blocks a magazine keeps: fifteen small ones, one of a MiB or more.
  ///
  /// What is kept cannot merge with its neighbours, so large blocks are kept sparingly.
  static func capacity(forPageCount pageCount: Int) -> UInt16 {
    UInt16(max(1, min(15, 256 / pageCount)))
  }

  /// Whether there is room for a block.
  var hasRoom: Bool { capacity == 0 || count < capacity }

  /// Takes a block out.
  @inline(__always)
  mutating func pop() -> Frame? {
    guard count > 0 else { return nil }
    count -= 1
    return Frame(Int(frames[Int(count)]))
  }

  /// Puts a block in.
  ///
  /// - Parameters:
  ///   - frame: its first frame.
  ///   - pageCount: what the magazine is for.
  /// - Returns: whether there was room.
  @inline(__always)
  mutating func push(_ frame: Frame, pageCount: Int) -> Bool {
    if count >= capacity {
      guard capacity == 0 else { return false }
      capacity = Magazine.capacity(forPageCount: pageCount)
    }
    frames[Int(count)] = UInt32(frame.rawValue)
    count += 1
    return true
  }
}

/// The most pages that one thread keeps in its magazines.
///
/// Enough for what it uses over and over, and little to take back.
struct MagazineLimits: Sendable {
  private let small: Int
  private let large: Int

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
  }

  /// The pages that may be kept where a block of so many is among them.
  @inline(__always)
  func pages(besides pageCount: Int) -> Int {
    pageCount <= Self.smallest ? small : large
  }
}
