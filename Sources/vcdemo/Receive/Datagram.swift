// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What the sender puts into a datagram, and the consumer finds again.
///
///     0        8        16       24            length
///     | number | length | check  | filling ... |
///
/// The check covers everything but itself: a 64-bit FNV-1a over words (Fowler, Noll and Vo), which
/// any damaged bit changes.
package enum Datagram {
  /// The header, in bytes.
  package static let headerByteCount = 24

  /// The largest datagram: what fits into a page.
  package static let mostBytes = 4096

  /// Writes a datagram.
  ///
  /// - Parameters:
  ///   - base: where; `byteCount` bytes.
  ///   - number: its sequence number.
  ///   - byteCount: its length, a multiple of 8 from the header's on.
  package static func write(_ base: UnsafeMutableRawPointer, number: UInt64, byteCount: Int) {
    unsafe base.storeBytes(of: number, as: UInt64.self)
    unsafe base.storeBytes(of: UInt64(byteCount), toByteOffset: 8, as: UInt64.self)
    unsafe base.storeBytes(of: check(base, byteCount), toByteOffset: 16, as: UInt64.self)
  }

  /// Fills what lies behind the header, which stays the same for all datagrams of a buffer.
  package static func fill(_ base: UnsafeMutableRawPointer, byteCount: Int, seed: UInt64) {
    var random = SplitMix64(seed: seed)
    for offset in stride(from: headerByteCount, to: byteCount, by: 8) {
      unsafe base.storeBytes(of: random.next(), toByteOffset: offset, as: UInt64.self)
    }
  }

  /// Reads a datagram.
  ///
  /// - Parameters:
  ///   - base: where it was received.
  ///   - byteCount: how long it came in.
  /// - Returns: its number, or nil where it is damaged.
  package static func number(_ base: UnsafeRawPointer, byteCount: Int) -> UInt64? {
    guard byteCount >= headerByteCount, byteCount % 8 == 0,
      unsafe base.load(fromByteOffset: 8, as: UInt64.self) == UInt64(byteCount),
      unsafe base.load(fromByteOffset: 16, as: UInt64.self) == check(base, byteCount)
    else { return nil }
    return unsafe base.load(as: UInt64.self)
  }

  private static func check(_ base: UnsafeRawPointer, _ byteCount: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for offset in stride(from: 0, to: byteCount, by: 8) where offset != 16 {
      hash =
        unsafe (hash ^ base.load(fromByteOffset: offset, as: UInt64.self))
        &* 0x0000_0100_0000_01B3
    }
    return hash
  }
}
