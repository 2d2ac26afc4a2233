// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A page that is allocated and freed by itself, past the magazines of threads: through the frames.
package struct FramePage: ReceivePage, ~Copyable {
  package typealias Supply = FrameSupply

  fileprivate let buffer: CompoundBuffer

  package var baseAddress: UnsafeMutableRawPointer { unsafe buffer.baseAddress }

  package static func fill(
    _ rack: inout PageRack<FramePage>, from supply: FrameSupply
  ) throws(CommandFailure) {
    try supply.fill(&rack)
  }
}

/// An arena without magazines.
///
/// Invariant: only the receiver's thread touches `taken`.
package final class FrameSupply: PageSupply, @unchecked Sendable {
  private let allocator: CompoundAllocator
  private var taken = 0

  package init(pages: Int) throws(CommandFailure) {
    allocator = try CompoundAllocator.forPages(pages, hasMagazines: false)
  }

  fileprivate func fill(_ rack: inout PageRack<FramePage>) throws(CommandFailure) {
    taken += rack.emptyCount
    do throws(CompoundError) {
      while !rack.isFull { rack.put(FramePage(buffer: try allocator.allocate(pageCount: 1))) }
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  package var account: PageAccount { PageAccount(fromBelow: taken, recyclingRate: 0) }

  package func end() -> PagesOut {
    let statistics = allocator.statistics
    return PagesOut(pages: statistics.liveBlocks, liveBytes: statistics.live.rawValue)
  }
}
