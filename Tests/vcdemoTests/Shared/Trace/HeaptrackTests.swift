// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

@Suite struct HeaptrackTests {
  private func events(_ text: String) throws -> [Trace.Event] {
    Samples.elements(try Samples.parse(text).events)
  }

  private func birth(_ block: Int32, _ byteCount: Int) -> Trace.Event {
    Trace.Event(kind: .allocate, alignmentShift: 4, block: block, byteCount: byteCount)
  }

  private func end(_ block: Int32) -> Trace.Event { Trace.Event(kind: .free, block: block) }

  @Test func rawBlocksArePairedByAddress() throws {
    let trace = try Samples.parse(
      """
      v 10400 3
      X /bin/x -c a 1
      m 1 x 0 400000
      t 7fa5 0
      + 11c00 4 7f00aa
      c 1f
      + 20 d 7f00bb
      - 7f00aa
      - dead
      + 0 d 7f00cc
      - 7f00cc
      + 40 d 7f00aa
      + 41 d 7f00bb
      - 7f00aa

      """)
    #expect(
      Samples.elements(trace.events) == [
        birth(0, 0x11C00), birth(1, 32), end(0), birth(2, 64), end(1), birth(3, 65), end(2),
      ])
    let time: UInt64 = 31_000_000
    #expect(Samples.elements(trace.times) == [0, time, time, time, time, time, time])
    #expect(trace.duration == time)
  }

  @Test func interpretedBlocksArePairedByKind() throws {
    let events = try events("v 10400 3\na 10 1\na 2000 2\n+ 0\n+ 1\n+ 1\n- 1\n+ 0\n- 0\n- 1\n- 1\n")
    #expect(
      events == [
        birth(0, 16), birth(1, 0x2000), birth(2, 0x2000), end(2), birth(3, 16), end(3), end(1),
      ])
  }

  @Test(arguments: [
    ("v 1 3\n+ 10 1 xyz\n", ":2: ADDRESS is no number: 'xyz'"),
    ("v 1 3\na 10 1\n+ 5\n", ":3: id 5 is unknown"),
    ("v 1 3\n+ 10000000001 1 5\n", ":2: BYTES is too large"),
    ("v 1 3\nt 1 1\n", ":1: the trace has no events"),
    ("\u{1F}\u{8B}", ":1: unknown event"),
  ])
  func whatIsWrongIsTold(text: String, message: String) {
    let error = #expect(throws: TraceError.self) { try Samples.parse(text) }
    #expect(error?.message(path: "x").hasPrefix("x" + message) == true)
  }

  @Test func compressedFilesAreNamed() {
    for bytes: [UInt8] in [[0x28, 0xB5, 0x2F, 0xFD, 1], [0x1F, 0x8B, 8]] {
      let error = #expect(throws: TraceError.self) { try TraceParser.parse(bytes) }
      #expect(error?.problem == .compressed)
    }
  }

  /// What heaptrack itself counted of this program: 1,233 allocations, 23 of them left.
  @Test func aRecordingOfAProgramIsReadWhole() throws {
    let raw = try TraceFile(path: Samples.path("python.heaptrack")).trace
    var births = 0
    for index in raw.events.indices where raw.events[index].kind == .allocate { births += 1 }
    #expect(births == 1311)
    #expect(raw.events.count == 2 * births - 23)
    let peak = LivePeak(of: raw)
    #expect(peak.byteCount > 10_400_000 && peak.byteCount < 10_500_000)
  }
}
