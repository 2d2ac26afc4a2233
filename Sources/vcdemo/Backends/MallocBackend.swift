// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The malloc of this process, whichever is linked or preloaded.
package struct MallocBackend: ReplayBackend, ~Copyable {
  /// malloc aligns to this much without being asked.
  private static let naturalAlignment = 16

  /// Opens nothing: malloc is there, and knows no capacity.
  package init(capacity: Int) {}

  package mutating func allocate(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    guard alignment > MallocBackend.naturalAlignment else { return unsafe malloc(byteCount) }
    var block: UnsafeMutableRawPointer?
    let code = unsafe posix_memalign(&block, alignment, byteCount)
    return unsafe code == 0 ? block : nil
  }

  package mutating func reallocate(
    _ block: UnsafeMutableRawPointer, from oldByteCount: Int, to byteCount: Int
  ) -> UnsafeMutableRawPointer? {
    unsafe realloc(block, byteCount)
  }

  package mutating func free(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe Glibc.free(block)
  }
}
