// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Memory that a value owns, for the pointers and spans that it gives out.
///
/// Invariant: the memory belongs to the value that made this one, and is used while that lives.
@safe
struct Memory: Equatable {
  private let address: UInt
  let byteCount: ByteCount

  /// Names memory of a length.
  @inline(__always)
  init(_ address: UInt, _ byteCount: ByteCount = 0) {
    self.address = address
    self.byteCount = byteCount
  }

  /// A part of it; the program stops for a range that is not inside.
  subscript(range: Range<Int>) -> Memory {
    guard 0 <= range.lowerBound, range.upperBound <= byteCount.rawValue else {
      stop("bytes \(range) of \(hexadecimal(address)), which has \(byteCount)")
    }
    return Memory(address + UInt(bitPattern: range.lowerBound), ByteCount(range.count))
  }

  /// The first byte.
  @unsafe
  @inline(__always)
  var start: UnsafeMutableRawPointer {
    guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
      stop("a block at address 0")
    }
    return unsafe start
  }

  /// All bytes, to read.
  @unsafe
  @inline(__always)
  var bytes: UnsafeRawBufferPointer {
    unsafe UnsafeRawBufferPointer(start: start, count: byteCount.rawValue)
  }

  /// All bytes, to read and write.
  @unsafe
  @inline(__always)
  var mutableBytes: UnsafeMutableRawBufferPointer {
    unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount.rawValue)
  }
}
