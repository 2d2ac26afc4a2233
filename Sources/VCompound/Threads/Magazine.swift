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
