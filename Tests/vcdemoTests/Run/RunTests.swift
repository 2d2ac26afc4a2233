// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import VCompound
import vcdemo

@Suite struct RunTests {
  private func options(_ words: String...) throws -> RunOptions {
    var arguments = Arguments(words, verb: "run")
    return try RunOptions(&arguments)
  }

  @Test func optionsAreRead() throws {
    #expect(try options() == RunOptions())
    let all = try options(
      "x.trace", "--budget", "1.5", "--beside=buddy", "--speed", "40", "--plain", "--color",
      "never", "--ascii", "--svg", "a.svg")
    #expect(all.path == "x.trace" && all.capacity == .budget(Ratio(millionths: 1_500_000)))
    #expect(all.beside == .buddy && all.speed == 40 && all.isPlain && all.isASCII)
    #expect(all.colour == .never && all.svg == "a.svg")
    #expect(try options("--capacity", "1MiB", "--seed", "9").seed == 9)
  }

  @Test(arguments: [
    ["--beside", "malloc"], ["--speed", "0"], ["--speed", "1000001"], ["--color", "yes"],
    ["--budget", "1", "--capacity", "1MiB"], ["x.trace", "--seed", "3"], ["a", "b"], ["--what"],
  ])
  func wrongOptionsAreRefused(words: [String]) {
    var arguments = Arguments(words, verb: "run")
    #expect(throws: CommandFailure.self) { try RunOptions(&arguments) }
  }

  @Test func theBuiltInWorkloadIsTheSameForTheSameSeed() throws {
    let (one, two, other) = (
      BuiltInWorkload.trace(seed: 1), BuiltInWorkload.trace(seed: 1),
      BuiltInWorkload.trace(seed: 2)
    )
    #expect(Samples.elements(one.events) == Samples.elements(two.events))
    #expect(Samples.elements(one.events) != Samples.elements(other.events))
    #expect(one.events.count > 3000)
  }

  /// What the verb is for: the buddy refuses, VCompound does not, in the same arena.
  @Test func oneGoesOnWhereTheOtherRefuses() throws {
    var options = RunOptions()
    options.beside = .buddy
    let session = try RunSession(
      BuiltInWorkload.trace(seed: 1), name: "workload", options, picturedRoom: 500)
    while !session.isOver { session.step() }
    #expect(session.refused.compound == 0 && session.firstRefusals.compound == nil)
    let refused = try #require(session.refused.buddy)
    let first = try #require(session.firstRefusals.buddy)
    #expect(refused > 10 && first > 0)
    let state = session.state(room: 400, progress: "", keys: "")
    #expect(state.share == 1 && state.panes.count == 2)
    #expect(state.panes.allSatisfy { $0.map.cells.count <= 400 })
    // The buddy's map has every page of its arena once.
    let buddy = try #require(state.panes.last)
    #expect(buddy.map.pageCount == buddy.map.capacity)
    let free = buddy.freeBlocks.enumerated().reduce(0) { $0 + $1.element << $1.offset }
    #expect(buddy.map.pageCount(.free).rawValue == free)
    // The picture is of a moment at which the buddy refused.
    let picture = try #require(session.picture)
    #expect(picture.request.hasSuffix("; buddy: refused"))
    session.finish()
    #expect(session.damaged == 0)
    #expect(session.state(room: 9, progress: "", keys: "").panes[0].map.pageCount(.stitched) == 0)
  }

  /// Two arenas of such a trace are more bytes than an integer holds.
  @Test func aPeakBeyondAllMemoryIsRefused() throws {
    let event = Trace.Event(
      kind: .allocate, alignmentShift: 4, block: 0, byteCount: TraceParser.largestSum)
    let trace = Trace(
      events: MappedTable([event]), times: MappedTable([0]), names: MappedTable([0]))
    var options = RunOptions()
    options.beside = .buddy
    let memory = MachineMemory(available: 1 << 30, groupLeft: nil)
    #expect(throws: CommandFailure.self) {
      _ = try RunSession(trace, name: "huge", options, memory: memory)
    }
  }

  @Test func requestsAreToldWithWhatTheyGot() throws {
    let trace = try Samples.parse("a 0 8192 1 0 0\nr 0 1 4096 0 1\nf 1 0 2\na 2 9000000 1 0 3\n")
    var options = RunOptions()
    options.capacity = .bytes(64 << 10)
    options.beside = .buddy
    let session = try RunSession(trace, name: "four", options)
    var requests: [String] = []
    while !session.isOver {
      session.step()
      requests.append(session.state(room: 10, progress: "", keys: "").request)
    }
    #expect(requests[1].hasPrefix("realloc to 4 KiB: "))
    #expect(requests[2] == "free: freed")
    #expect(requests[0].hasPrefix("malloc 8 KiB: ") && requests[3].contains("refused"))
    #expect(session.refused.compound == 1 && session.refused.buddy == 1)
    session.finish()
  }

  // MARK: The program

  @Test func withoutATerminalThereIsASummary() throws {
    let run = try ProgramProcess(
      "run", Samples.path("ffmpeg-decode.trace"), "--beside", "buddy", "--color", "always")
    #expect(run.status == 0 && run.messages == "")
    #expect(!run.output.contains("\u{1B}") && run.output.utf8.allSatisfy { $0 < 0x80 })
    #expect(run.output.hasPrefix("ffmpeg-decode.trace in "))
    #expect(run.output.contains("1,540 of 1,540 events"))
    #expect(run.output.contains("VCompound: live") && run.output.contains("classic buddy: live"))
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 160 })
  }

  @Test func aRefusalIsAnExitCode() throws {
    let run = try ProgramProcess("run", Samples.path("ffmpeg-decode.trace"), "--budget", "0.5")
    #expect(run.status == 1 && run.output.contains("refused first: #"))
  }

  @Test func aDrawingIsWritten() throws {
    try Samples.withFile("") { path in
      let run = try ProgramProcess("run", "--beside", "buddy", "--svg", path)
      #expect(run.status == 0)
      let reader = try ChartReader(try String(contentsOfFile: path, encoding: .utf8))
      #expect(
        reader.text.contains("buddy: refused") && reader.elements["rect", default: 0] > 90)
    }
    let run = try ProgramProcess("run", "--svg", "/nonexistent/a.svg")
    #expect(run.status == 2 && run.messages.split(separator: "\n").count == 1)
  }
}
