// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Owns a page of malloc.
@safe
package struct MallocPage: ~Copyable, @unchecked Sendable {
  package let place: UnsafeMutableRawPointer

  init(place: UnsafeMutableRawPointer) { unsafe self.place = unsafe place }

  /// Takes a page.
  @inline(__always)
  static func taken() throws(CommandFailure) -> MallocPage {
    guard let place = unsafe malloc(LivePeak.pageSize) else {
      throw .input("malloc refused a page")
    }
    return unsafe MallocPage(place: place)
  }

  deinit { unsafe free(place) }
}
