// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Owns a page of malloc, which is at whatever address that gives.
@safe
package struct MallocPage: SourcePage, ~Copyable, @unchecked Sendable {
  package typealias Source = MallocPageSource

  package let baseAddress: UnsafeMutableRawPointer

  /// Takes a page.
  @inline(__always)
  init() throws(CommandFailure) {
    guard let place = unsafe malloc(LivePeak.pageSize) else {
      throw .input("malloc refused a page")
    }
    unsafe baseAddress = place
  }

  deinit { unsafe free(baseAddress) }

  package static func fill(
    _ rack: inout PageRack<MallocPage>, _ count: Int, from source: MallocPageSource
  ) throws(CommandFailure) {
    try rack.fill(count) { () throws(CommandFailure) in try MallocPage() }
  }
}

/// Malloc, which does not tell what is out.
package final class MallocPageSource: PageSource {
  package init(pages: Int) {}

  package func settle() -> PagesOut { PagesOut() }
}
