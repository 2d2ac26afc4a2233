// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Which run serves a contiguous request: hand-made cases.
@Suite struct ContiguousTests {
  private func first(
    _ count: Int, alignment: Int = 1, size chunks: Int = 16, free: [Range<Int>]
  ) throws -> Int? {
    let pageCount = chunks * 512
    let model = try CheckedFrames(pageCount, free: free)
    let run = model.takeContiguous(count, alignment: alignment)
    model.compare()
    return run?.first.rawValue
  }

  @Test func theShortestRunOfAChunkServes() throws {
    #expect(try first(3, free: [10..<20, 30..<34, 40..<45]) == 30)
  }

  @Test func theShortestRunServesWhateverChunkItIsIn() throws {
    #expect(try first(3, free: [0..<100, 110..<114, 1024..<1034]) == 110)
    #expect(try first(3, free: [0..<100, 1020..<1026]) == 1020)
    #expect(try first(3, free: [0..<5, 1018..<1026]) == 0)
    #expect(try first(5, free: [508..<514, 1030..<1035, 2000..<2100]) == 1030)
  }

  @Test func runsOverBordersCountWhole() throws {
    // The parts inside a chunk would be short enough to be chosen.
    #expect(try first(10, free: [500..<1000, 1020..<1500, 2000..<2100]) == 2000)
    #expect(try first(300, free: [1500..<1900]) == 1500)
    #expect(try first(100, free: [500..<4096]) == 500)
  }

  @Test func moreThanAChunkIsServedAcrossBorders() throws {
    #expect(try first(513, free: [100..<1024, 2000..<2600]) == 2000)
    #expect(try first(700, free: [100..<1024, 2000..<2600]) == 100)
    #expect(try first(1500, free: [100..<1024, 2000..<2600]) == nil)
  }

  @Test func theShortestOfAFewLongRunsInOneListServes() throws {
    // 4,096 ... 4,223 frames share a list; the last one filed is tried first.
    #expect(try first(4100, size: 60, free: [100..<4210, 5000..<9150, 10_000..<14_130]) == 100)
    #expect(try first(4115, size: 60, free: [100..<4210, 5000..<9150, 10_000..<14_130]) == 10_000)
    #expect(try first(4140, size: 60, free: [100..<4210, 5000..<9150, 10_000..<14_130]) == 5000)
  }

  @Test func anAlignedRequestBeginsInsideARun() throws {
    #expect(try first(4, alignment: 8, free: [1..<9, 17..<28]) == 24)
    #expect(try first(5, alignment: 8, free: [1..<9, 17..<28]) == nil)
    #expect(try first(2, alignment: 512, free: [500..<520]) == 512)
    #expect(try first(600, alignment: 512, free: [500..<1100, 1500..<2200]) == 1536)
  }

  @Test func anAlignmentOverAChunkIsMet() throws {
    #expect(try first(4, alignment: 2048, free: [512..<600, 1024..<1030, 2040..<2060]) == 2048)
    #expect(try first(1, alignment: 4096, free: [512..<4096]) == nil)
    #expect(try first(600, alignment: 1024, free: [1500..<2700, 3000..<3700]) == 3072)
    #expect(try first(600, alignment: 1024, free: [1500..<2700, 3000..<3600]) == 2048)
    #expect(try first(512, alignment: 4096, free: [0..<512]) == 0)
  }

  @Test func manyShortRunsOfTheSameLengthDoNotHideAFittingOne() throws {
    // More runs of the same length than the search tries; only the last one is aligned.
    let pageCount = 200 * 512
    var free = (1..<60).map { $0 * 1024 - 3..<$0 * 1024 + 5 }
    free.append(80 * 1024 - 8..<80 * 1024)
    let model = try CheckedFrames(pageCount, free: free)
    #expect(model.takeContiguous(8, alignment: 8)?.first == PageFrame(80 * 1024 - 8))
    #expect(model.takeContiguous(8, alignment: 8) == nil)
  }

  @Test func frameBehindABlockIsTakenOnlyIfFree() throws {
    let model = try CheckedFrames(1024 + 10, free: [100..<1034])
    #expect(model.takeNext(100, 50))
    #expect(model.takeNext(150, 362 + 500))
    #expect(!model.takeNext(149, 2))
    #expect(!model.takeNext(1012, 23), "past the end")
    #expect(model.takeNext(1012, 22))
    #expect(!model.takeNext(1034, 1))
    model.compare()
  }

  @Test func framesWithoutMemoryAreNotTaken() throws {
    let model = try CheckedFrames(2048, residentChunks: [0, 2])
    #expect(model.takeContiguous(513) == nil)
    #expect(!model.takeNext(512, 1))
    #expect(!model.takeNext(0, 513))
    #expect(model.takeNext(0, 512))
    #expect(model.takeContiguous(512)?.first == PageFrame(1024))
    #expect(model.takeContiguous(1) == nil)
  }
}
