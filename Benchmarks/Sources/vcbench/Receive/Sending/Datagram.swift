// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What the sender puts into a datagram, and the consumer finds again.
///
///     0        8        16      24            length
///     | number | length | check | payload ... |
///
/// The check covers everything but itself, and any single damaged byte changes it. It is that of
/// Fowler, Noll and Vo over words, in four lanes that do not wait for each other.
package enum Datagram {
  /// The header, in bytes.
  package static let headerByteCount = 24

  /// The largest datagram: what fits into a page.
  package static let mostBytes = LivePeak.pageSize

  private static let basis: UInt64 = 0xCBF2_9CE4_8422_2325
  private static let prime: UInt64 = 0x0000_0100_0000_01B3

  /// Fills the payload, which all datagrams of a buffer share.
  ///
  /// - Parameters:
  ///   - base: where the datagram is; `byteCount` bytes.
  ///   - byteCount: its length, a multiple of 8 from the header's on.
  ///   - seed: what the payload is made from.
  /// - Returns: the digest of the payload, which ``write(_:number:byteCount:digest:)`` needs.
  package static func fill(
    _ base: UnsafeMutableRawPointer, byteCount: Int, seed: UInt64
  ) -> UInt64 {
    var random = SplitMix64(seed: seed)
    for offset in stride(from: headerByteCount, to: byteCount, by: 8) {
      unsafe base.storeBytes(of: random.next(), toByteOffset: offset, as: UInt64.self)
    }
    return unsafe digest(base, byteCount)
  }

  /// Writes the header of a datagram.
  ///
  /// - Parameters:
  ///   - base: where the datagram is; `byteCount` bytes.
  ///   - number: its sequence number.
  ///   - byteCount: its length, a multiple of 8 from the header's on.
  ///   - digest: that of its payload.
  package static func write(
    _ base: UnsafeMutableRawPointer, number: UInt64, byteCount: Int, digest: UInt64
  ) {
    let length = UInt64(byteCount)
    unsafe base.storeBytes(of: number, as: UInt64.self)
    unsafe base.storeBytes(of: length, toByteOffset: 8, as: UInt64.self)
    unsafe base.storeBytes(
      of: check(number, length, digest), toByteOffset: 16, as: UInt64.self)
  }

  /// Reads a datagram.
  ///
  /// - Parameters:
  ///   - base: where it was received; a multiple of 8.
  ///   - byteCount: how long it came in.
  /// - Returns: its number, or nil where it is damaged.
  @inline(__always)
  package static func number(_ base: UnsafeRawPointer, byteCount: Int) -> UInt64? {
    guard byteCount >= headerByteCount, byteCount % 8 == 0 else { return nil }
    let number = unsafe base.load(as: UInt64.self)
    let length = unsafe base.load(fromByteOffset: 8, as: UInt64.self)
    let found = unsafe base.load(fromByteOffset: 16, as: UInt64.self)
    guard length == UInt64(byteCount),
      found == check(number, length, unsafe digest(base, byteCount))
    else { return nil }
    return number
  }

  @inline(__always)
  private static func check(_ number: UInt64, _ length: UInt64, _ digest: UInt64) -> UInt64 {
    (((basis ^ number) &* prime ^ length) &* prime ^ digest) &* prime
  }

  @inline(__always)
  private static func digest(_ base: UnsafeRawPointer, _ byteCount: Int) -> UInt64 {
    var lanes = SIMD4<UInt64>(basis, basis &+ 1, basis &+ 2, basis &+ 3)
    var offset = headerByteCount
    while offset + 32 <= byteCount {
      let words = unsafe base.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
      lanes = (lanes ^ words) &* prime
      offset += 32
    }
    var digest = lanes[0]
    for lane in 1..<4 { digest = (digest ^ lanes[lane]) &* prime }
    while offset < byteCount {
      digest = unsafe (digest ^ base.load(fromByteOffset: offset, as: UInt64.self)) &* prime
      offset += 8
    }
    return digest
  }
}
