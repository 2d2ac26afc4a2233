// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct LivePeakTests {
  /// The peak by the letter of its definition: at every moment all the live blocks are added up.
  private func slowPeak(_ trace: Trace) -> (pages: Int, byteCount: Int) {
    var alive: [Int32: Int] = [:]
    var pages = 0
    var byteCount = 0
    func measure() {
      let large = alive.values.filter { $0 >= 4096 }.reduce(0) { $0 + ($1 + 4095) / 4096 }
      let small = alive.values.filter { $0 < 4096 }.reduce(0, +)
      pages = max(pages, large + (small + 4095) / 4096)
      byteCount = max(byteCount, alive.values.reduce(0, +))
    }
    for event in Samples.elements(trace.events) {
      switch event.kind {
      case .allocate: alive[event.block] = event.byteCount
      case .free: alive[event.block] = nil
      case .reallocate:
        let old = alive[event.previous] ?? 0
        let inPlace =
          old >= 4096 && event.byteCount >= 4096
          && (event.byteCount + 4095) / 4096 <= (old + 4095) / 4096
        if inPlace { alive[event.previous] = nil }
        alive[event.block] = event.byteCount
        measure()
        alive[event.previous] = nil
      }
      measure()
    }
    return (pages, byteCount)
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func agreesWithTheSlowModel(seed: UInt64) throws {
    let trace = try Samples.random(400, seed: seed, largest: seed % 2 == 0 ? 6000 : 40_000)
    let peak = LivePeak(of: trace)
    let expected = slowPeak(trace)
    #expect(peak.pages == expected.pages)
    #expect(peak.byteCount == expected.byteCount)
  }

  @Test func smallBlocksCountTogether() throws {
    let peak = LivePeak(of: try Samples.parse("a 0 2000 1 0 0\na 1 2000 1 0 0\na 2 97 1 0 0\n"))
    #expect(peak.pages == 2)
    #expect(peak.byteCount == 4097)
  }

  @Test func aReallocationCountsTwiceUnlessInPlace() throws {
    let shrinks = LivePeak(of: try Samples.parse("a 0 8192 1 0 0\nr 0 1 4097 0 0\n"))
    #expect(shrinks.pages == 2)
    #expect(shrinks.byteCount == 8192)
    let grows = LivePeak(of: try Samples.parse("a 0 8192 1 0 0\nr 0 1 8193 0 0\n"))
    #expect(grows.pages == 5)
    #expect(grows.byteCount == 16_385)
    let becomesSmall = LivePeak(of: try Samples.parse("a 0 4096 1 0 0\nr 0 1 4095 0 0\n"))
    #expect(becomesSmall.pages == 2)
    #expect(becomesSmall.byteCount == 8191)
    let becomesLarge = LivePeak(of: try Samples.parse("a 0 3000 1 0 0\nr 0 1 4096 0 0\n"))
    #expect(becomesLarge.pages == 2)
    #expect(becomesLarge.byteCount == 7096)
  }

  @Test func knowsThePeakOfARealProgram() throws {
    let trace = try TraceFile(path: Samples.path("ffmpeg-decode.trace")).trace
    let expected = slowPeak(trace)
    let peak = LivePeak(of: trace)
    #expect(peak.pages == expected.pages)
    #expect(peak.byteCount == expected.byteCount)
    // The README of the traces says 24.9 MB.
    #expect(peak.byteCount / 100_000 == 248 || peak.byteCount / 100_000 == 249)
  }
}
