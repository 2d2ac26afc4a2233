// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct UseTests {
  @Test(arguments: UseCase.runs)
  func aBlockIsStitchedFromItsRuns(run: Int) throws {
    let block = try UseBlock.stitched(run: run, pageCount: 1024)
    #expect(block.runLengths == [run])
    #expect(block.wordCount == 1024 * 512)
  }

  @Test func aContiguousBlockIsOneRun() throws {
    let block = try UseBlock.contiguous(pageCount: 512)
    #expect(block.runLengths == [512])
    #expect(block.wordCount == 512 * 512)
  }

  /// Every word is 1, so that what is read is known, and is the same after writing.
  @Test(arguments: [nil, 8] as [Int?])
  func everyWayUsesTheWholeBlockAndLeavesItAsItIs(run: Int?) throws {
    let block =
      if let run {
        try UseBlock.stitched(run: run, pageCount: 512)
      } else {
        try UseBlock.contiguous(pageCount: 512)
      }
    for way in UseWay.allCases {
      let accesses = way.accesses(of: block.wordCount)
      var state: UInt64 = 5
      way.pass(over: block, &state)
      var places: UInt64 = 5
      for _ in 0..<accesses { places = places &* UseWay.factor &+ 1 }
      switch way {
      case .readInOrder: #expect(state == 5 + UInt64(block.wordCount))
      case .readAtRandom, .writeAtRandom: #expect(state == places)
      case .writeInOrder: #expect(state == 5)
      }
    }
    var sum: UInt64 = 0
    UseWay.readInOrder.pass(over: block, &sum)
    #expect(sum == UInt64(block.wordCount))
  }

  @Test(arguments: UseWay.allCases)
  func aCaseComparesWithContiguousMemory(way: UseWay) throws {
    var options = BenchOptions()
    options.rounds = 2
    options.nanoseconds = 1000
    let result = try UseCase.measure(way, pageCount: 512, options)
    #expect(result.rows.map(\.contender).first == "contiguous")
    #expect(result.rows.map(\.contender).last == "runs of 1 page")
    #expect(result.rows.count == 1 + UseCase.runs.count)
    #expect(result.rows.allSatisfy { $0.rounds.count == 2 && ($0.ratio ?? 0) > 0 })
    #expect(!result.notes.contains { $0.contains("was not stitched") })
  }

  @Test func hugeMappingsOfARangeAreAdded() {
    let text = """
      7f0000000000-7f0000400000 rw-s 00000000 00:01 77 /memfd:a (deleted)
      Size:               4096 kB
      ShmemPmdMapped:     2048 kB
      7f0000400000-7f0000600000 rw-s 00000000 00:01 77 /memfd:a (deleted)
      ShmemPmdMapped:     2048 kB
      7f0000800000-7f0000a00000 rw-s 00000000 00:01 77 /memfd:a (deleted)
      ShmemPmdMapped:     1024 kB
      """
    let bytes = Array(text.utf8)
    func count(_ range: Range<UInt>) -> Int? { HugeMappings.byteCount(bytes, in: range) }
    #expect(count(0x7f00_0000_0000..<0x7f00_0060_0000) == 4 << 20)
    #expect(count(0x7f00_0040_0000..<0x7f00_0060_0000) == 2 << 20)
    #expect(count(0x7f00_0000_0000..<0x7f00_0010_0000) == 1 << 20)
    #expect(count(0x7f00_0070_0000..<0x7f00_0080_0000) == nil)
  }
}
