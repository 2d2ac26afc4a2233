// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Writes to blocks as programs do that use all of what they ask for.
package enum Touch {
  /// Writes the first word of a block, as much as there is of it, and a byte of each further page.
  @unsafe @inline(__always)
  package static func pages(of block: UnsafeMutableRawPointer, byteCount: Int) {
    if byteCount >= 8 {
      unsafe block.storeBytes(of: 1, as: UInt64.self)
    } else {
      unsafe block.storeBytes(of: 1, as: UInt8.self)
    }
    let page = LivePeak.pageSize
    var offset = page - Int(bitPattern: block) & (page - 1)
    while offset < byteCount {
      unsafe block.storeBytes(of: 1, toByteOffset: offset, as: UInt8.self)
      offset += page
    }
  }
}
