// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Which absent chunks are made resident for a request.
@Suite struct HideAbsentTests {
  @Test(arguments: [(1, 1), (511, 1), (512, 1), (513, 2), (1024, 2), (1025, 3), (2000, 4)])
  func takesTheFewestChunks(count: Int, chunks: Int) throws {
    let model = try CheckedFrames(10 * 512)
    #expect(model.hide(for: PageCount(count), contiguous: false) == 0..<chunks)
    let absent = model.frames.freeAbsent
    #expect(absent == PageCount((10 - chunks) * 512))
  }

  @Test func countsTheFramesThatAreResident() throws {
    let model = try CheckedFrames(10 * 512, residentChunks: [4])
    model.mark(4 * 512 + 100, 100)
    // 412 are free, in two pieces; 1,024 more are missing for 1,436.
    #expect(model.hide(for: 1436, contiguous: false)?.count == 2)
    #expect(model.hide(for: 1437, contiguous: false)?.count == 3)
  }

  @Test func prefersChunksNextToAFreePrefix() throws {
    let model = try CheckedFrames(6 * 512, residentChunks: [3])
    model.mark(3 * 512 + 100, 412)
    #expect(model.hide(for: 600, contiguous: false) == 2..<3)
    while !model.hidden.isEmpty { model.publish(0) }
    #expect(model.takeContiguous(600)?.first == PageFrame(2 * 512))
  }

  @Test func prefersSeveralChunksNextToAFreePrefix() throws {
    let model = try CheckedFrames(6 * 512, residentChunks: [3])
    model.mark(3 * 512 + 100, 412)
    // Two chunks are missing in any case; 4 ..< 6 would be the shorter range.
    #expect(model.hide(for: 1100, contiguous: false) == 1..<3)
  }

  @Test func prefersChunksNextToAFreeSuffix() throws {
    let model = try CheckedFrames(6 * 512, residentChunks: [2])
    model.mark(2 * 512, 412)
    #expect(model.hide(for: 600, contiguous: false) == 3..<4)
    while !model.hidden.isEmpty { model.publish(0) }
    #expect(model.takeContiguous(600)?.first == PageFrame(2 * 512 + 412))
  }

  @Test func oneRunCostsMoreChunksOnlyWhereItMust() throws {
    // Chunk 1 has 300 free frames at its start, chunk 0 before it and 2 ..< 6 are absent.
    let model = try CheckedFrames(6 * 512, residentChunks: [1])
    model.mark(512 + 300, 212)
    #expect(model.hide(for: 800, contiguous: true) == 0..<1)
    model.retire(0)
    #expect(model.hide(for: 813, contiguous: false) == 2..<4)
    model.retire(0)
    #expect(model.grow(for: 1400, contiguous: false).joined().count == 3)
    model.shrink()
    #expect(model.hide(for: 2048, contiguous: true) == 2..<6)
    model.retire(0)
    #expect(model.hide(for: 2049, contiguous: true) == nil)
    #expect(model.grow(for: 2860, contiguous: false) == [0..<1, 2..<6])
    #expect(model.frames.freeAbsent == 0)
  }

  @Test func theLimitBoundsAllRangesTogether() throws {
    // Absent: chunks 0 and 2; with chunk 1 between them, which is free, they make a run.
    let model = try CheckedFrames(4 * 512, residentChunks: [1, 3])
    model.mark(3 * 512, 512)
    #expect(model.hide(for: 1536, contiguous: true, atMost: 1023) == nil)
    #expect(model.hide(for: 1536, contiguous: false, atMost: 1023) == nil)
    model.compare()
    #expect(model.hide(for: 1536, contiguous: true, atMost: 1024) == 0..<1)
    model.publish(0)
    #expect(model.hide(for: 1536, contiguous: true, atMost: 512) == 2..<3)
  }

  @Test func moreThanThereIsChangesNothing() throws {
    let model = try CheckedFrames(1024 + 100)
    #expect(model.hide(for: 1125, contiguous: false) == nil)
    #expect(model.hide(for: 1125, contiguous: true) == nil)
    model.compare()
    #expect(model.hide(for: 1124, contiguous: false) == 0..<3)
  }

  @Test func theShortTailChunkCountsForWhatItHas() throws {
    let model = try CheckedFrames(1024 + 100, residentChunks: [0, 1])
    model.takeContiguous(1024)
    #expect(model.hide(for: 101, contiguous: false) == nil)
    #expect(model.hide(for: 100, contiguous: true) == 2..<3)
    model.publish(0)
    model.compare()
    #expect(model.takeContiguous(100)?.first == PageFrame(1024))
  }

  @Test func anAlignedRunIsMadePossible() throws {
    let model = try CheckedFrames(8 * 512, residentChunks: [0])
    model.mark(0, 512)
    #expect(model.grow(for: 512, contiguous: true, alignment: 1024).count == 1)
    #expect(model.takeContiguous(512, alignment: 1024) != nil)
  }

  // MARK: As few chunks as possible

  @Test func theShortTailChunkIsNotTakenWhereAFullOneSavesAChunk() throws {
    // Absent: chunk 0, and chunks 5 and 6, of which the last has one frame.
    let model = try CheckedFrames(6 * 512 + 1, residentChunks: [1, 2, 3, 4])
    model.takeContiguous(2048)
    #expect(model.grow(for: 1024, contiguous: false) == [0..<1, 5..<6])
  }

  @Test func anAlignedRunInTheMiddleOfAnAbsentRangeTakesNoChunksBeforeIt() throws {
    let model = try CheckedFrames(39 * 512, residentChunks: [0])
    model.mark(0, 512)
    // 8 ..< 16 is aligned to 8 chunks and would be enough.
    let range = model.hide(for: 4096, contiguous: true, alignment: 4096)
    #expect(range == 8..<16)
  }

  @Test func aRunThroughResidentChunksBetweenAbsentOnesIsFound() throws {
    let model = try CheckedFrames(4 * 512, residentChunks: [1, 3])
    model.mark(3 * 512, 512)
    // Chunk 1 is resident and free; with 0 and 2 it makes a run of 1,536 frames.
    #expect(model.grow(for: 1536, contiguous: true) == [0..<1, 2..<3])
  }

  @Test(arguments: 0..<40)
  func randomArenasTakeTheFewestChunks(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let pageCount = 512 * Int.random(in: 2...7, using: &generator) + [0, 1, 300][seed % 3]
    let model = try CheckedFrames(pageCount)
    var growths = 0
    for step in 0..<40 {
      // Chunks come and go in odd places, some wholly free, some not.
      if step % 3 == 0 { model.shrink() }
      if step % 5 == 4 { for _ in 0..<4 { model.giveSome(using: &generator) } }
      let contiguous = Bool.random(using: &generator)
      let alignment = contiguous ? 1 << Int.random(in: 0...11, using: &generator) : 1
      let count = Int.random(in: 1...pageCount, using: &generator)
      let reference = model.reference
      let missing = count - reference.count(.free)
      let isServed = reference.serves(count, contiguous: contiguous, alignment: alignment)
      var fewest = reference.fewestChunks(forRunOf: count, alignment: alignment)
      if !contiguous {
        let whole = (0..<pageCount / 512).count { reference.states[$0 * 512] == .absent }
        let wanted = (missing + 511) / 512
        fewest = missing > reference.count(.absent) ? nil : min(wanted, whole + 1)
      }
      let grown = model.grow(for: count, contiguous: contiguous, alignment: alignment)
      #expect(grown.joined().count == (isServed ? 0 : fewest ?? 0))
      growths += grown.count
      let serves = model.reference.serves(count, contiguous: contiguous, alignment: alignment)
      #expect(serves == (isServed || fewest != nil))
      if serves, step % 2 == 0 { model.takeContiguous(count / 2 + 1) }
      if step % 7 == 0 { model.takeContiguous(Int.random(in: 1...100, using: &generator)) }
    }
    model.compare()
    #expect(growths > 0)
  }
}
