// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The marks that show whether a block's memory is its own.
///
/// Each page of the block (counted from its first byte) begins with eight bytes made from the
/// block's number and the page's, and the very last byte is another mark. So memory that two
/// blocks share shows, a page in the wrong place shows, and a tail that was not copied shows.
package enum Stamp {
  private static let pageSize = LivePeak.pageSize
  private static let width = MemoryLayout<UInt64>.size

  /// Writes all the marks of a block.
  ///
  /// - Parameters:
  ///   - block: the block's number.
  ///   - address: its first byte.
  ///   - byteCount: its size, at least 1.
  @inline(__always)
  package static func write(
    _ block: Int32, at address: UnsafeMutableRawPointer, byteCount: Int
  ) {
    let base = base(block)
    var offset = 0
    // A page with eight bytes or less is marked by its last byte alone: marks never overlap.
    while offset + width < byteCount {
      unsafe address.storeBytes(of: mark(base, offset), toByteOffset: offset, as: UInt64.self)
      offset += pageSize
    }
    let last = UInt8(truncatingIfNeeded: mark(base, byteCount) >> 56)
    unsafe address.storeBytes(of: last, toByteOffset: byteCount - 1, as: UInt8.self)
  }

  /// Checks the marks in the first bytes of a block.
  ///
  /// - Parameters:
  ///   - block: the number that the marks were made with.
  ///   - address: the block's first byte.
  ///   - byteCount: the size that the marks were made for.
  ///   - prefix: how many bytes of that are there still.
  /// - Returns: the offset of the first mark that is wrong, or nil.
  package static func firstDamage(
    _ block: Int32, at address: UnsafeMutableRawPointer, byteCount: Int, prefix: Int
  ) -> Int? {
    let base = base(block)
    var offset = 0
    while offset + width < byteCount, offset + width <= prefix {
      let found = unsafe address.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if found != mark(base, offset) { return offset }
      offset += pageSize
    }
    guard byteCount <= prefix else { return nil }
    let last = UInt8(truncatingIfNeeded: mark(base, byteCount) >> 56)
    let found = unsafe address.load(fromByteOffset: byteCount - 1, as: UInt8.self)
    return found == last ? nil : byteCount - 1
  }

  @inline(__always)
  private static func base(_ block: Int32) -> UInt64 {
    UInt64(truncatingIfNeeded: block &+ 1) &* 0x9E37_79B9_7F4A_7C15
  }

  @inline(__always)
  private static func mark(_ base: UInt64, _ offset: Int) -> UInt64 {
    (base ^ UInt64(truncatingIfNeeded: offset)) &* 0xBF58_476D_1CE4_E5B9
  }
}
