// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The hash XXH64 of Yann Collet: 64 bits, not cryptographic, one of the fastest without special
/// instructions.
///
/// By its specification, version 0.1.1 (`doc/xxhash_spec.md` of xxHash).
package enum XXH64 {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The hash of some bytes.
  package static func hash(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
    unsafe bytes.withUnsafeBytes { unsafe hash($0, seed: seed) }
  }

  /// The hash of a list of numbers, each as eight bytes, the lowest first.
  package static func hash(_ numbers: some Sequence<UInt64>) -> UInt64 {
    let bytes = numbers.map(\.littleEndian)
    return unsafe bytes.withUnsafeBytes { unsafe hash($0) }
  }

  /// The hash of some bytes.
  package static func hash(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    var offset = 0
    var state: UInt64
    if bytes.count >= 32 {
      state = unsafe stripes(bytes, seed: seed)
      offset = bytes.count & ~31
    } else {
      state = seed &+ prime5
    }
    state &+= UInt64(bytes.count)
    while offset + 8 <= bytes.count {
      state = rotate(state ^ round(0, unsafe load(bytes, offset)), 27) &* prime1 &+ prime4
      offset += 8
    }
    if offset + 4 <= bytes.count {
      let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      state ^= UInt64(UInt32(littleEndian: word)) &* prime1
      state = rotate(state, 23) &* prime2 &+ prime3
      offset += 4
    }
    while offset < bytes.count {
      state = rotate(unsafe state ^ UInt64(bytes[offset]) &* prime5, 11) &* prime1
      offset += 1
    }
    return avalanche(state)
  }

  /// Mixes all whole stripes of 32 bytes, in four lanes that do not wait for each other.
  @inline(__always)
  private static func stripes(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
    var lane1 = seed &+ prime1 &+ prime2
    var lane2 = seed &+ prime2
    var lane3 = seed
    var lane4 = seed &- prime1
    var offset = 0
    while offset + 32 <= bytes.count {
      lane1 = round(lane1, unsafe load(bytes, offset))
      lane2 = round(lane2, unsafe load(bytes, offset &+ 8))
      lane3 = round(lane3, unsafe load(bytes, offset &+ 16))
      lane4 = round(lane4, unsafe load(bytes, offset &+ 24))
      offset &+= 32
    }
    var state = rotate(lane1, 1) &+ rotate(lane2, 7) &+ rotate(lane3, 12) &+ rotate(lane4, 18)
    for lane in [lane1, lane2, lane3, lane4] {
      state = (state ^ round(0, lane)) &* prime1 &+ prime4
    }
    return state
  }

  @inline(__always)
  private static func load(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  @inline(__always)
  private static func round(_ lane: UInt64, _ input: UInt64) -> UInt64 {
    rotate(lane &+ input &* prime2, 31) &* prime1
  }

  @inline(__always)
  private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value &<< count | value &>> (64 &- count)
  }

  @inline(__always)
  private static func avalanche(_ state: UInt64) -> UInt64 {
    var state = (state ^ state &>> 33) &* prime2
    state = (state ^ state &>> 29) &* prime3
    return state ^ state &>> 32
  }
}
