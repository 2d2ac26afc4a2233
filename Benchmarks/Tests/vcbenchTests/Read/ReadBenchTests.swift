// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcbench

@Suite struct ReadBenchTests {
  private static let sizes = [0, 1, 4095, 4096, 4097, 1 << 20 + 13]

  /// Short measurements of small requests, so that batches go round often.
  private func options(pages: Int = 5) -> ReadOptions {
    var options = ReadOptions()
    options.rounds = 1
    options.nanoseconds = 2_000_000
    options.pages = pages
    options.depth = 3
    return options
  }

  /// Bytes that differ from block to block.
  private static func bytes(_ count: Int) -> [UInt8] {
    var generator = SplitMix64(seed: UInt64(count))
    return (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
  }

  /// The hash as the help tells it.
  private static func hash(_ bytes: [UInt8]) -> UInt64 {
    XXH64.hash(
      stride(from: 0, to: bytes.count, by: 4096).map {
        XXH64.hash(Array(bytes[$0..<min(bytes.count, $0 + 4096)]))
      })
  }

  @Test(arguments: PageWay.forRead, sizes)
  func everyWayFindsTheHash(way: PageWay, size: Int) throws {
    let bytes = Self.bytes(size)
    try Samples.withBytes(bytes) { path in
      let options = options()
      let job = try ReadJob([path], pages: options.pages)
      #expect(job.hash == Self.hash(bytes))
      #expect(job.plan.sizes == [size])
      let bench = try ReadBench(way, options)
      for _ in 0..<2 {
        let round = try bench.measure(job)
        #expect(round.hash == job.hash)
        #expect(round.violations.isEmpty)
        #expect(round.byteCount >= size)
        #expect((round.byteCount > 0) == (size > 0))
        #expect(round.pages >= job.plan.blockCount)
        // A pool takes some ahead.
        #expect(way == .pool || round.taken == round.fromBelow)
        #expect((round.recyclingRate != nil) == (way == .pool && size > 0))
      }
    }
  }

  @Test(arguments: PageWay.forRead)
  func readsSeveralFilesWithManyThreads(way: PageWay) throws {
    try Samples.withBytes(Self.bytes(300_001)) { first in
      try Samples.withBytes(Self.bytes(5000)) { second in
        var options = options(pages: 7)
        options.readers = 3
        options.hashers = 2
        options.depth = 2
        let job = try ReadJob([first, second, first], pages: options.pages)
        let round = try ReadBench(way, options).measure(job)
        #expect(round.violations.isEmpty)
        #expect(round.hash == job.hash)
        #expect(job.hash(ofFile: 0) == job.hash(ofFile: 2))
        #expect(job.hash(ofFile: 1) == Self.hash(Self.bytes(5000)))
      }
    }
  }

  @Test(arguments: PageWay.forRead)
  func tellsADamagedBlock(way: PageWay) throws {
    try Samples.withBytes(Self.bytes(100_000)) { path in
      let options = options()
      var job = try ReadJob([path], pages: options.pages)
      // As if the block had been another one when it was read plainly.
      job.expected[17] ^= 1
      let round = try ReadBench(way, options).measure(job)
      #expect(round.hash != job.hash)
      let line = try #require(round.violations.first)
      #expect(round.violations.count == 1)
      #expect(line.contains("\(path): the block at byte \(17 * 4096) is not what pread found"))
      let result = ReadResult(options, job, rows: [ReadRow(way, [round])])
      #expect(result.violations == [line])
      #expect(ReadDocument.json(result).text.contains("\"verified\": false"))
      #expect(!ReadTable.text(result).contains("the same for all ways"))
    }
  }

  @Test func aFileThatShrinksIsSaid() throws {
    try Samples.withBytes(Self.bytes(100_000)) { path in
      let options = options()
      let job = try ReadJob([path], pages: options.pages)
      try #require(truncate(path, 50_000) == 0)
      for way in PageWay.forRead {
        let bench = try ReadBench(way, options)
        let failure = #expect(throws: CommandFailure.self) { _ = try bench.measure(job) }
        #expect(
          failure?.message == "\(path): shrank while it was read, to 48.8 KiB")
      }
    }
  }

  @Test func aFileThatChangesIsSaid() throws {
    try Samples.withBytes(Self.bytes(10_000)) { path in
      let options = options()
      let job = try ReadJob([path], pages: options.pages)
      try Data(Self.bytes(10_001)).write(to: URL(filePath: path), options: [])
      let failure = #expect(throws: CommandFailure.self) {
        _ = try ReadBench(.pool, options).measure(job)
      }
      #expect(failure?.message == "\(path): changed while it was read")
    }
  }

  @Test func theMedianLeavesTheSchedulerOut() {
    var work = PageWork()
    for _ in 0..<3 { work.add(pages: 10, nanoseconds: 100) }
    work.add(pages: 10, nanoseconds: 4_000_000)
    work.add(pages: 0, nanoseconds: 50)
    #expect(work.median == 10)
    #expect(work.nanoseconds == 4_000_350)
    #expect(PageWork().median == 0)
  }
}
