// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An open file, read and written at offsets.
struct File: ~Copyable {
  private let descriptor: Int32

  /// Opens a file, or makes it.
  init(path: String) {
    descriptor = open(path, O_RDWR | O_CREAT, 0o600)
    guard descriptor >= 0 else { fatalError("\(path): errno \(errno)") }
  }

  deinit { close(descriptor) }

  var size: Int { Int(lseek(descriptor, 0, SEEK_END)) }

  func grow(to size: Int) {
    guard ftruncate(descriptor, size) == 0 else { fatalError("cannot grow: errno \(errno)") }
  }

  func write(_ bytes: [UInt8], at offset: Int) {
    guard pwrite(descriptor, bytes, bytes.count, offset) == bytes.count else {
      fatalError("cannot write at \(offset): errno \(errno)")
    }
  }

  func read(_ range: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: range.count) { bytes, count in
      count = pread(descriptor, bytes.baseAddress, range.count, range.lowerBound)
      guard count == range.count else { fatalError("cannot read \(range): errno \(errno)") }
    }
  }
}
