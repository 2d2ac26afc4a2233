// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// Who hands out pages of 4 KiB in the page benchmarks.
enum PageContender: CaseIterable, Sendable {
  case bulk
  case frames
  case magazines
  case malloc

  /// The name in the tables.
  var name: String {
    switch self {
    case .bulk: "VCompound, bulk"
    case .frames: "VCompound, frames"
    case .magazines: "VCompound, magazines"
    case .malloc: "glibc"
    }
  }
}

/// Takes some pages and frees them, again and again, one by one or in one call.
final class PageBatch {
  private let count: Int
  private let malloc: MallocSource
  private let magazines: CompoundSource
  private let frames: CompoundSource

  private static let pageByteCount = LivePeak.pageSize

  /// Opens the arenas for batches of so many pages.
  init(count: Int) throws(CommandFailure) {
    self.count = count
    let pages = count + 1024
    malloc = try MallocSource()
    magazines = CompoundSource(try CompoundAllocator.forPages(pages, hasMagazines: true))
    frames = CompoundSource(try CompoundAllocator.forPages(pages, hasMagazines: false))
  }

  /// Measures a contender; each page is one operation.
  func measure(
    _ contender: PageContender, for budget: UInt64
  ) throws(CommandFailure) -> Lap {
    switch contender {
    case .bulk: try measureBulk(for: budget)
    case .frames: try measureSingles(frames, for: budget)
    case .magazines: try measureSingles(magazines, for: budget)
    case .malloc: try measureSingles(malloc, for: budget)
    }
  }

  private func measureBulk(for budget: UInt64) throws(CommandFailure) -> Lap {
    let allocator = magazines.allocator
    var slots = PageSlots(count: count, allocator: allocator)
    return try Lap.run(for: budget, operations: count) { () throws(CommandFailure) in
      do throws(CompoundError) {
        try allocator.allocate(into: &slots)
        slots.removeAll()
      } catch {
        throw CompoundSource.failure(error)
      }
    }
  }

  private func measureSingles(
    _ source: some BlockSource, for budget: UInt64
  ) throws(CommandFailure) -> Lap {
    let count = count
    let bytes = Self.pageByteCount
    // In a variable of its own: the array would be checked for other users at each access.
    var addresses = [UInt](repeating: 0, count: count)
    return try Lap.run(for: budget, operations: count) { () throws(CommandFailure) in
      for index in 0..<count {
        addresses[index] = UInt(bitPattern: unsafe try source.allocate(bytes))
      }
      for index in 0..<count { source.free(addresses[index], byteCount: bytes) }
    }
  }
}
