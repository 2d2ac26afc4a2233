// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The sizes that object caches come in, by number.
///
/// 8 bytes, then steps of 16 up to 128, then eight steps for every doubling up to 32 KiB: what is
/// lost in an object of more than 128 bytes is at most an eighth of it. From 16 bytes on, sizes are
/// multiples of 16. A size rounded up to a multiple of some alignment is in a class whose size is
/// a multiple of that too, so objects in a slab on a page boundary can have any alignment below
/// a page's.
///
/// A namespace rather than a value: classes are table indices on the fast path.
enum SizeClass {
  /// How many classes there are.
  static var count: Int { 73 }

  /// The largest size.
  static var largest: Int { 32768 }

  /// The smallest class whose objects have at least this many bytes.
  ///
  /// In a few instructions and without a branch, since requests of all sizes come mixed. From 128
  /// bytes on, the three bits behind the highest one of `byteCount - 1` count the steps in its
  /// doubling; below, they are those behind the 128.
  ///
  /// - Parameter byteCount: 1 ... `largest`.
  /// - Returns: 0 ..< `count`.
  @inline(__always)
  static func covering(_ byteCount: Int) -> Int {
    let last = byteCount &- 1
    let highest = Int.bitWidth - 1 - (last | 128).leadingZeroBitCount
    let step = (highest &- 7) << 3 &+ last &>> (highest &- 3)
    return byteCount <= 8 ? 0 : step &+ 1
  }

  /// The bytes that a request needs so that its object is aligned: the class that covers them
  /// is one of multiples of the alignment.
  ///
  /// - Parameters:
  ///   - byteCount: the size.
  ///   - alignment: a power of two.
  /// - Returns: the size, rounded up.
  @inline(__always)
  static func rounded(_ byteCount: Int, alignment: Int) -> Int {
    (byteCount &+ alignment &- 1) & ~(alignment &- 1)
  }

  /// The size of the objects of a class.
  static func byteCount(_ kind: Int) -> Int {
    guard kind > 0 else { return 8 }
    guard kind > 16 else { return kind * 16 }
    let doubling = (kind - 1) / 8 - 1
    return (9 + (kind - 1) % 8) << (doubling + 4)
  }

  /// Whether a request of this many bytes can have got an object of a class: with no alignment
  /// of its own, or with one that takes a larger object.
  static func canHold(_ byteCount: Int, kind: Int) -> Bool {
    guard byteCount > 0, byteCount <= Self.byteCount(kind) else { return false }
    var alignment = 1
    while alignment < PageCount.bytesPerPage {
      let bytes = rounded(byteCount, alignment: alignment)
      if bytes <= largest, covering(bytes) == kind { return true }
      alignment <<= 1
    }
    return false
  }
}
