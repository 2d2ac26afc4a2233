// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Pages and slots that are not there stop every build, with the index and the count.
@Suite struct BoundsMistakeTests {
  @Test(arguments: [17, -1, .max, .min])
  func aPageThatABufferDoesNotHave(page: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [page] in
      let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
      let buffer = try allocator.allocate(pageCount: 13)
      _ = buffer.frame(ofPage: page)
    }
    #expect(lastWords(result, say: "VCompound: ", "\(page)", "13"))
  }

  @Test(arguments: [17, -1])
  func aPageThatAStitchedBufferDoesNotHave(page: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [page] in
      var configuration = AllocatorConfiguration()
      configuration.fallback = .always
      let allocator = try CompoundAllocator(capacity: .mebibytes(2), configuration: configuration)
      let buffer = try allocator.allocate(pageCount: 13)
      _ = buffer.frame(ofPage: page)
    }
    #expect(lastWords(result, say: "VCompound: ", "\(page)", "13"))
  }

  @Test(arguments: [17, -1], [100, 13 * 4096])
  func aPageThatTheBlockAtAnAddressDoesNotHave(page: Int, size: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [page, size] in
      let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
      let pointer = try allocator.allocatePointer(byteCount: ByteCount(size))
      _ = allocator.frame(ofPage: page, inBlockContaining: pointer)
    }
    #expect(lastWords(result, say: "VCompound: ", "\(page)", size == 100 ? "1" : "13"))
  }

  @Test(arguments: [262_656, -1])
  func aFrameThatTheArenaDoesNotHave(frame: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [frame] in
      let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
      _ = allocator.address(of: PageFrame(frame))
    }
    #expect(lastWords(result, say: "VCompound: ", "\(frame)", "262656"))
  }

  @Test(arguments: [29, -1], 0..<4)
  func aSlotThatAnArrayDoesNotHave(index: Int, way: Int) async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { [index, way] in
      let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(2))
      var slots = PageSlots(count: 23, allocator: allocator)
      try allocator.allocate(into: &slots)
      switch way {
      case 0: _ = slots.isFilled(at: index)
      case 1: _ = slots.take(at: index)
      case 2: _ = slots.baseAddress(at: index)
      default: slots.put(try allocator.allocate(pageCount: 1), at: index)
      }
    }
    #expect(lastWords(result, say: "VCompound: ", "\(index)", "23"))
  }
}
