// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

@testable import VCompound

extension CompoundAllocator {
  /// A buffer whose pages are stamped with the number of a block.
  func stamped(_ pages: Int, block: Int) throws -> CompoundBuffer {
    var buffer = try allocate(pageCount: PageCount(pages))
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: pages, block: block) }
    return buffer
  }

  /// An allocator of which every other page is free, as often as it says, and the pages in use.
  static func scattered(
    _ mebibytes: Int, mappingLimit: Int? = nil
  ) throws -> (CompoundAllocator, [UnsafeMutableRawPointer]) {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.mayExchange = false
    configuration.mappingLimit = mappingLimit
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(mebibytes), configuration: configuration)
    return (allocator, try allocator.fragment { $0 % 2 == 0 })
  }
}

extension CompoundBuffer {
  /// Whether the pages from one on have the stamps of a block.
  borrowing func holds(from page: Int = 0, _ pages: Int, block: Int) -> Bool {
    withUnsafeBytes { bytes in
      let part = UnsafeRawBufferPointer(rebasing: bytes[(page * 4096)...])
      return stampsHold(part, pages: pages, block: block)
    }
  }
}

/// Whether there is no buffer, which must not be compared with nil.
func isNone(_ buffer: inout CompoundBuffer?) -> Bool {
  guard let some = buffer.take() else { return true }
  buffer = consume some
  return false
}
