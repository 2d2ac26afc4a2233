// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Blocks in one piece, objects, and what is asked of them.
extension MallocRow {
  static let blocks = [
    MallocRow("objects, more than magazines hold") { allocator in
      var held = roomForPointers(10_000)
      return try mallocs {
        for number in 0..<10_000 {
          held.append(try allocator.allocatePointer(byteCount: ByteCount(1 + number % 3000)))
        }
        allocator.deallocate(all: held)
      }
    },
    MallocRow("pages, more than magazines hold") { allocator in
      var held = roomForPointers(1000)
      return try mallocs {
        for number in 0..<1000 {
          let pages = PageCount(1 + number % 20)
          held.append(try allocator.allocatePointer(byteCount: pages.byteCount))
        }
        allocator.deallocate(all: held)
      }
    },
    MallocRow("memory that becomes resident, and goes") { allocator in
      try mallocs {
        for mebibytes in [1, 8, 60] { _ = try allocator.allocate(byteCount: .mebibytes(mebibytes)) }
        try allocator.trim()
        _ = try allocator.allocate(byteCount: .mebibytes(64))
      }
    },
    MallocRow("buffers, zeroed, aligned, wiped", configure: { $0.wipesFreedMemory = true }) {
      allocator in
      try mallocs {
        for byteCount in [ByteCount(100), 5000, 40_000, .mebibytes(3)] {
          _ = try allocator.allocate(byteCount: byteCount, zeroed: true)
          _ = try allocator.allocate(byteCount: byteCount, alignment: .kibibytes(64))
        }
      }
    },
    MallocRow("from buffer to pointer and back") { allocator in
      try mallocs {
        for byteCount in [ByteCount(100), 40_000, .mebibytes(3)] {
          let pointer = try allocator.allocate(byteCount: byteCount).relinquish()
          _ = allocator.adopt(pointer)
          let sized = try allocator.allocatePointer(byteCount: byteCount)
          allocator.deallocate(sized, byteCount: byteCount)
          allocator.deallocate(try allocator.allocateBytes(count: byteCount.rawValue))
        }
      }
    },
    MallocRow("resized in place") { allocator in
      var buffer = try allocator.allocate(pageCount: 100)
      var isInPlace = true
      let calls = try mallocs {
        for pages in [300, 400, 50, 51, 1, 200] {
          let isDone = try buffer.resizeInPlace(toByteCount: PageCount(pages).byteCount)
          isInPlace = isInPlace && isDone
        }
      }
      #expect(isInPlace)
      return calls
    },
    MallocRow("resized by copying") { allocator in
      var buffer = try allocator.allocate(pageCount: 10)
      let behind = try allocator.allocate(pageCount: 10)
      let address = buffer.baseAddress
      let calls = try mallocs { try buffer.resize(toByteCount: PageCount(200).byteCount) }
      #expect(buffer.baseAddress != address)
      #expect(buffer.isStitched == false)
      #expect(behind.pageCount == 10)
      return calls
    },
    MallocRow("resized from an object to pages and back") { allocator in
      var pointer = try allocator.allocatePointer(byteCount: 8)
      return try mallocs {
        for shift in 4...22 {
          pointer = try allocator.reallocatePointer(pointer, byteCount: ByteCount(1 << shift))
        }
        for shift in (0...21).reversed() {
          pointer = try allocator.reallocatePointer(pointer, byteCount: ByteCount(1 << shift))
        }
        allocator.deallocate(pointer)
      }
    },
    MallocRow("bulk") { allocator in
      var slots = PageSlots(count: 3000, allocator: allocator)
      var long = PageSlots(count: 100, order: 3, allocator: allocator)
      return try mallocs {
        try allocator.allocate(into: &slots, demand: .atLeast(1))
        try allocator.allocate(into: &long)
        for index in 0..<100 {
          if let page = slots.take(at: index) { slots.put(page, at: index) }
        }
        allocator.deallocate(&slots)
        try allocator.allocate(into: &slots)
        slots.removeAll()
        long.removeAll()
      }
    },
    MallocRow("looking up and at statistics") { allocator in
      let object = try allocator.allocatePointer(byteCount: 100)
      let pages = try allocator.allocatePointer(byteCount: .mebibytes(1))
      defer { allocator.deallocate(all: [object, pages]) }
      var isRight = true
      let calls = mallocs {
        for pointer in [object, pages + 5000] {
          isRight = isRight && allocator.owns(pointer)
          isRight = isRight && allocator.block(containing: pointer)?.isStitched == false
        }
        let frame = allocator.frame(ofPage: 1, inBlockContaining: pages)
        isRight = isRight && frame.map { allocator.address(of: $0) } == pages + 4096
        isRight = isRight && allocator.statistics.liveBlocks == 2
        isRight = isRight && allocator.availability(order: 3).freePages > 0
      }
      #expect(isRight)
      return calls
    },
    MallocRow("requests that are refused", .mebibytes(2)) { allocator in
      let most = try allocator.allocate(pageCount: 500)
      return mallocs {
        refuse { () throws(CompoundError) in _ = try allocator.allocate(pageCount: 13) }
        refuse { () throws(CompoundError) in _ = try allocator.allocate(byteCount: 0) }
        refuse { () throws(CompoundError) in
          _ = try allocator.allocate(byteCount: 1, alignment: 3)
        }
        refuse { () throws(CompoundError) in _ = try allocator.allocate(pageCount: 513) }
        _ = most.pageCount
      }
    },
  ]
}

/// Expects that a function throws, without a box for the error.
func refuse<Failure: Error>(_ body: () throws(Failure) -> Void) {
  do throws(Failure) {
    try body()
    Issue.record("not refused")
  } catch {
  }
}
