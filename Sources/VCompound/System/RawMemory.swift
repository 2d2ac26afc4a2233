// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What is done to memory as a whole.
///
/// The addresses come from owners of mappings, which vouch for the ranges.
enum RawMemory {
  /// Fills memory with a byte.
  static func fill(_ address: UInt, _ byteCount: ByteCount, with byte: UInt8) {
    guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else { return }
    unsafe memset(start, Int32(byte), byteCount.rawValue)
  }

  /// The first byte in a part of a block that is not the one that all should be.
  ///
  /// A comparison of the part with itself, one byte further on, tells whether all are alike: the C
  /// library does it in a fraction of a microsecond a page, and nearly all parts pass it.
  ///
  /// - Parameters:
  ///   - byte: what all should be.
  ///   - address: the start of the block.
  ///   - part: which bytes of it to look at.
  /// - Returns: its distance from the start of the block, or nil where there is none.
  static func firstOther(than byte: UInt8, _ address: UInt, _ part: Range<Int>) -> Int? {
    guard !part.isEmpty, let start = unsafe UnsafePointer<UInt8>(bitPattern: address) else {
      return nil
    }
    let first = unsafe start + part.lowerBound
    if unsafe first.pointee == byte, unsafe memcmp(first, first + 1, part.count - 1) == 0 {
      return nil
    }
    return part.first { unsafe start[$0] != byte }
  }

  /// The byte at an address.
  static func byte(at address: UInt) -> UInt8? {
    unsafe UnsafePointer<UInt8>(bitPattern: address)?.pointee
  }

  /// Fills the page table of one fresh mapping of resident file pages.
  ///
  /// A read fault maps the pages around it that the file has in memory, 64 KiB of them
  /// ("fault-around"), and those of a shared writable mapping of a memory file are writable at
  /// once. So a read every 64 KiB costs 0.06 µs a page, where `MADV_POPULATE_READ` costs 0.20 and
  /// `MADV_POPULATE_WRITE` 0.75. A huge page that is congruent is mapped by the first read. Where
  /// the kernel is set to map less around a fault, later accesses fault in the rest.
  ///
  /// - Parameters:
  ///   - address: the start of the mapping; a fault maps nothing beyond it.
  ///   - byteCount: its length.
  @_optimize(none)
  static func fillPageTable(_ address: UInt, _ byteCount: ByteCount) {
    let step: UInt = 1 << 16
    let end = address + UInt(bitPattern: byteCount.rawValue)
    var place = address
    while place < end {
      // The value does not matter, but the load must be made: hence no optimisation.
      _ = unsafe UnsafePointer<UInt8>(bitPattern: place)?.pointee
      place = (place & ~(step - 1)) + step
    }
  }

  /// Copies memory to a place that does not overlap it.
  static func copy(_ byteCount: ByteCount, from source: UInt, to destination: UInt) {
    guard let source = unsafe UnsafeRawPointer(bitPattern: source),
      let destination = unsafe UnsafeMutableRawPointer(bitPattern: destination)
    else { return }
    unsafe memcpy(destination, source, byteCount.rawValue)
  }
}
