// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound

/// The texts of the errors: one line that names the numbers and says what helps.
@Suite struct CompoundErrorTests {
  static let all: [CompoundError] = [
    .outOfMemory(asked: 71, free: 63, largestRun: 59, limit: .capacity),
    .outOfMemory(asked: 71, free: 83, largestRun: 59, limit: .contiguity),
    .outOfMemory(asked: 73, free: 7, largestRun: 7, limit: .region),
    .outOfMemory(asked: 71, free: 83, largestRun: 59, limit: .residency),
    .mappingBudget(needed: 71, available: 63, limit: 59),
    .invalidSize(ByteCount(-71), capacity: 8192),
    .sizeOverflow(count: 71, stride: 63),
    .invalidAlignment(71),
    .unsupportedPageSize(16_384),
    .usedAfterFork,
    .systemCall(.populate, errno: 12),
  ]

  static let numbers = [
    ["71 pages", "63 pages", "59 pages", "capacity"],
    ["71 pages", "83 pages", "59 pages", "contiguous", "'never'"],
    ["73 pages", "7 pages", "region", "limit"],
    ["71 pages", "83 pages", "59 pages", "resident"],
    ["71", "63", "59"],
    ["-71", "8192"],
    ["71 elements", "63 bytes", "overflow"],
    ["71", "power of two"],
    ["16384", "4096"],
  ]

  @Test(arguments: all)
  func isOneLine(error: CompoundError) {
    #expect(!error.description.isEmpty)
    #expect(error.description.split(whereSeparator: \.isNewline).count == 1)
  }

  @Test(arguments: zip(all.prefix(numbers.count), numbers))
  func namesTheNumbers(error: CompoundError, words: [String]) {
    for word in words {
      #expect(error.description.contains(word), "\(word)")
    }
  }

  @Test func saysWhatHelpsAgainstTheMappingBudget() {
    let text = CompoundError.mappingBudget(needed: 3, available: 2, limit: 1).description
    #expect(text.contains("AllocatorConfiguration.mappingLimit"))
    #expect(text.contains("vm.max_map_count"))
    #expect(text.contains("free stitched blocks"))
  }

  @Test func saysWhatAChildOfForkShallDo() {
    #expect(CompoundError.usedAfterFork.description.contains("open an allocator of its own"))
  }

  @Test func namesTheCallAndItsError() {
    let text = CompoundError.systemCall(.populate, errno: 12).description
    #expect(text.contains("madvise(MADV_POPULATE_WRITE)"))
    #expect(text.contains("Cannot allocate memory"))
    #expect(text.contains("errno 12"))
  }

  @Test(arguments: [
    (CompoundPoolError.invalidLimit(.kept, value: 71), ["kept is 71", "1 ... 1048576"]),
    (.exhausted(limit: 71), ["71", "put some back", "PagePool.Limits.out"]),
    (.fragmentTooLarge(71, page: 4096), ["71", "4096", "higher order"]),
    (.allocation(.invalidAlignment(71)), ["71", "power of two"]),
  ])
  func theErrorsOfPoolsSayWhatToDo(error: CompoundPoolError, words: [String]) {
    #expect(error.description.split(whereSeparator: \.isNewline).count == 1)
    for word in words {
      #expect(error.description.contains(word), "\(word)")
    }
  }

  @Test func textsDiffer() {
    #expect(Set(Self.all.map(\.description)).count == Self.all.count)
  }
}
