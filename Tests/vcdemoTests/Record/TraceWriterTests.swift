// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import vcdemo

/// What threads noted by address becomes a trace in which each block has a number.
@Suite struct TraceWriterTests {
  private typealias Event = SpoolFile.Event

  private final class Lines {
    var text = ""
  }

  /// Writes events of thread 0, or of those given.
  private func trace(
    minimum: Int = 1, _ events: [(Event, thread: Int)]
  ) throws -> (text: String, summary: TraceWriter.Summary) {
    let lines = Lines()
    var writer = TraceWriter(start: 100, minimum: minimum) { (line) throws(CommandFailure) in
      lines.text += line
    }
    for (event, thread) in events { try writer.add(event, thread: thread) }
    return (lines.text, writer.summary)
  }

  private func event(
    _ kind: Event.Kind, _ time: UInt64, _ address: UInt64, _ byteCount: UInt64 = 0, shift: Int = 4
  ) -> Event {
    Event(
      kind: kind, time: time, address: address, byteCount: byteCount, alignmentShift: shift)
  }

  @Test func blocksAreBornAndGo() throws {
    let (text, summary) = try trace([
      (event(.allocate, 100, 64, 5000), 0), (event(.allocate, 130, 128, 70, shift: 12), 2),
      (event(.free, 150, 64), 2), (event(.free, 160, 999), 0),
    ])
    #expect(text == "a 0 5000 16 0 0\na 1 70 4096 2 30\nf 0 2 50\n")
    #expect(
      summary == .init(allocations: 2, events: 3, peakBytes: 5070, threads: 3, lost: 0))
  }

  /// Another thread gets the old place before the mover has noted its new one.
  @Test func aMoveEndsTheOldBlockBeforeItsPlaceServesAgain() throws {
    let (text, summary) = try trace([
      (event(.allocate, 100, 64, 10), 0), (event(.moveBegin, 110, 64), 0),
      (event(.allocate, 120, 64, 20), 1), (event(.moveEnd, 130, 256, 30), 0),
      (event(.free, 140, 64), 0), (event(.free, 150, 256), 1),
    ])
    #expect(
      text == "a 0 10 16 0 0\na 1 20 16 1 20\nr 0 2 30 0 30\nf 1 0 40\nf 2 1 50\n")
    #expect(summary.peakBytes == 50 && summary.lost == 0)
  }

  @Test func aMoveThatFailsLeavesTheBlock() throws {
    let (text, _) = try trace([
      (event(.allocate, 100, 64, 10), 0), (event(.moveBegin, 110, 64), 0),
      (event(.moveEnd, 120, 0, 1 << 50), 0), (event(.free, 130, 64), 0),
    ])
    #expect(text == "a 0 10 16 0 0\nf 0 0 30\n")
  }

  @Test func movesOverTheLeastSizeAreBirthsAndDeaths() throws {
    let (text, _) = try trace(
      minimum: 100,
      [
        (event(.moveBegin, 110, 64), 0), (event(.moveEnd, 120, 640, 100), 0),
        (event(.moveBegin, 130, 640), 0), (event(.moveEnd, 140, 640, 99), 0),
        (event(.allocate, 150, 64, 99), 0), (event(.free, 160, 64), 0),
      ])
    #expect(text == "a 0 100 16 0 20\nf 0 0 40\n")
  }

  /// A child of fork frees what was its parent's, or a block goes unseen.
  @Test func whatServesAgainWasFreed() throws {
    let (text, summary) = try trace([
      (event(.allocate, 100, 64, 10), 0), (event(.allocate, 110, 64, 20), 0),
    ])
    #expect(text == "a 0 10 16 0 0\nf 0 0 10\na 1 20 16 0 10\n")
    #expect(summary.lost == 1 && summary.peakBytes == 20)
  }
}
