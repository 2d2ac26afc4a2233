// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A page that is allocated and freed by itself.
package struct FramePage: SourcePage, ~Copyable {
  package typealias Source = FramePageSource

  private let buffer: CompoundBuffer

  package var baseAddress: UnsafeMutableRawPointer { unsafe buffer.baseAddress }

  package static func fill(
    _ rack: inout PageRack<FramePage>, _ count: Int, from source: FramePageSource
  ) throws(CommandFailure) {
    do throws(CompoundError) {
      try rack.fill(count) { () throws(CompoundError) in
        FramePage(buffer: try source.allocator.allocate(pageCount: 1))
      }
    } catch {
      throw CompoundSource.failure(error)
    }
  }
}

/// An arena: past the magazines of threads, which go to the frames for every page, or with them.
package final class FramePageSource: PageSource {
  fileprivate let allocator: CompoundAllocator

  package convenience init(pages: Int) throws(CommandFailure) {
    try self.init(pages: pages, hasMagazines: false)
  }

  /// Opens an arena for so many pages.
  init(pages: Int, hasMagazines: Bool) throws(CommandFailure) {
    allocator = try CompoundAllocator.forPages(pages, hasMagazines: hasMagazines)
  }

  package func settle() -> PagesOut { PagesOut(allocator) }
}
