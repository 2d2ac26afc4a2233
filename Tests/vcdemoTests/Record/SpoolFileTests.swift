// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import vcdemo

/// Spool files as the recording library lays them out, whole and cut off.
@Suite struct SpoolFileTests {
  /// The bytes of a file with chunks of a page.
  private func bytes(_ chunks: [(thread: Int, start: UInt64, words: [UInt64])]) -> [UInt8] {
    var words: [UInt64] = [0x3147_474f_4c50_4356, 7, 6, 1, 90, 36_500, 28, 0, 0]
    words[8] = 0x2f61_2f62 &+ 0
    var pages = [words + Array(repeating: 0, count: 512 - words.count)]
    for (thread, start, events) in chunks {
      let head: [UInt64] = [0x314b_4e55_4843_4356, 4096, UInt64(thread), start]
      pages.append(head + events + Array(repeating: 0, count: 512 - head.count - events.count))
    }
    return pages.joined().flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
  }

  private func allocate(_ time: UInt64, _ address: UInt64, _ size: UInt64) -> [UInt64] {
    [1 | 4 << 3 | time << 9, address, size]
  }

  private func free(_ time: UInt64, _ address: UInt64) -> [UInt64] { [2 | time << 9, address] }

  /// The addresses in the order in which they come, and their threads.
  private func merged(_ bytes: [UInt8]) throws -> [[UInt64]] {
    try Samples.withBytes(bytes) { path in
      var merge = SpoolMerge(try SpoolFile(path: path))
      var found: [[UInt64]] = []
      while let (event, thread) = merge.next() {
        found.append([event.time, event.address, UInt64(thread), event.kind.rawValue])
      }
      return found
    }
  }

  @Test func theHeaderIsRead() throws {
    try Samples.withBytes(bytes([])) { path in
      let file = try SpoolFile(path: path)
      let facts = [file.process, Int(file.start), Int(file.error)]
      #expect(facts == [7, 90, 28])
      let cost = file.eventCost
      #expect(cost == 36.5)
      let count = file.chunks.count
      #expect(count == 0)
    }
  }

  @Test func eventsOfAllThreadsComeByTime() throws {
    let found = try merged(
      bytes([
        (thread: 0, start: 100, words: allocate(0, 1, 10) + free(50, 1)),
        (thread: 1, start: 110, words: allocate(5, 2, 10) + allocate(30, 3, 10)),
        (thread: 0, start: 160, words: allocate(1, 4, 10)),
      ]))
    #expect(
      found == [
        [100, 1, 0, 1], [115, 2, 1, 1], [140, 3, 1, 1], [150, 1, 0, 2], [161, 4, 0, 1],
      ])
  }

  @Test func ofTwoAtOneTimeTheFreeComesFirst() throws {
    let found = try merged(
      bytes([
        (thread: 0, start: 100, words: allocate(9, 1, 10)),
        (thread: 1, start: 100, words: free(9, 1)),
      ]))
    #expect(found.map { $0[3] } == [2, 1])
  }

  @Test(arguments: 0..<3)
  func manyThreadsAgreeWithSorting(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var expected: [UInt64] = []
    var chunks: [(thread: Int, start: UInt64, words: [UInt64])] = []
    for thread in 0..<40 {
      var time: UInt64 = 0
      for _ in 0..<1 + random.below(3) {
        var words: [UInt64] = []
        let start = time
        for _ in 0..<random.below(100) {
          time += 1 + UInt64(random.below(1000))
          words += allocate(time - start, time, 1)
          expected.append(time)
        }
        chunks.append((thread, start, words))
      }
    }
    #expect(try merged(bytes(chunks)).map { $0[0] } == expected.sorted())
  }

  @Test func filesThatAreCutOffAnywhereAreRead() throws {
    let whole = bytes([(thread: 0, start: 100, words: allocate(0, 1, 10) + allocate(1, 2, 20))])
    #expect(try merged(whole).count == 2)
    for end in [4096 + 33, 4096 + 40, 4096 + 55, 4096 + 56, 4096 + 79, 4096 + 80] {
      let found = try merged(Array(whole[..<end]))
      #expect(found.count == (end - 4096 - 32) / 24, "\(end)")
    }
    #expect(throws: CommandFailure.self) { try merged([1, 2, 3]) }
    #expect(throws: CommandFailure.self) { try merged([]) }
  }
}
