// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import vcdemo

/// Records real programs.
@Suite struct RecordProcessTests {
  /// Runs `body` with a folder of its own.
  private func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "vcdemo-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }

  private func record(_ options: [String], _ command: [String]) throws -> ProgramProcess {
    try ProgramProcess(["record"] + options + ["--"] + command)
  }

  private func sizes(_ trace: Trace) -> [Int] {
    trace.events.indices.map { trace.events[$0].byteCount }
  }

  /// A replay asks its malloc for what the trace says: so the recording holds the trace.
  @Test(arguments: ["ffmpeg-decode.trace", "numpy.trace"])
  func whatIsReplayedIsRecorded(name: String) throws {
    try inFolder { folder in
      let path = "\(folder)/out.trace"
      let demo = try ProgramProcess.program().path
      let run = try record(
        ["-o", path, "--min", "4096"],
        [demo, "replay", Samples.path(name), "--backend", "malloc"])
      #expect(run.status == 0, "\(run.messages)")
      #expect(run.output.contains("allocator"))
      let asked = try TraceFile(path: Samples.path(name)).trace
      let recorded = try TraceFile(path: path).trace
      var next = 0
      let wanted = sizes(asked)
      for size in sizes(recorded) where next < wanted.count && size == wanted[next] { next += 1 }
      #expect(next == wanted.count)
    }
  }

  @Test func processesHaveTracesOfTheirOwn() throws {
    try inFolder { folder in
      let path = "\(folder)/out.trace"
      let demo = try ProgramProcess.program().path
      let replay = "\(demo) replay \(Samples.path("ffmpeg-decode.trace")) --backend malloc"
      let run = try record(
        ["-o", path, "--all"], ["/bin/sh", "-c", "\(replay); \(replay); exit 3"])
      #expect(run.status == 0)
      #expect(run.messages.contains("/bin/sh ended with exit code 3"))
      for file in [path, "\(path).2"] {
        let trace = try TraceFile(path: file).trace
        #expect(trace.requestCount >= 773)
      }
      let others = try record(["-o", path], ["/bin/sh", "-c", replay])
      #expect(others.messages.split(separator: "\n").count { $0.contains(".trace") } == 1)
    }
  }

  /// The program kills itself after its work; what it did is there.
  @Test func aProgramThatIsKilledIsRecorded() throws {
    try inFolder { folder in
      let path = "\(folder)/out.trace"
      let demo = try ProgramProcess.program().path
      let trace = Samples.path("ffmpeg-decode.trace")
      let run = try record(
        ["-o", path],
        [
          "/bin/sh", "-c",
          "\(demo) replay \(trace) --backend malloc --linger 60 & sleep 3; kill -9 $!; wait $!",
        ])
      #expect(run.status == 0)
      #expect(try TraceFile(path: path).trace.requestCount >= 773)
    }
  }

  /// Where nothing comes of it, a file that was there is as it was, and no new one is left.
  @Test(arguments: [["/bin/true"], ["/no/such/program"]])
  func noTraceIsLostToNothing(words: [String]) throws {
    try inFolder { folder in
      let path = "\(folder)/out.trace"
      #expect(try record(["-o", path, "--min", "1GiB"], words).status != 0)
      #expect(access(path, F_OK) != 0)
      try OutputFile.write("a 0 4096 16 0 0\n", to: path)
      #expect(try record(["-o", path, "--min", "1GiB"], words).status != 0)
      #expect(try InputFile.bytes(at: path).count == 16)
    }
  }

  @Test func tellsWhyThereIsNothing() throws {
    try inFolder { folder in
      let path = "\(folder)/out.trace"
      let quiet = try record(["-o", path, "--min", "1GiB"], ["/bin/true"])
      #expect(quiet.status == 1)
      #expect(quiet.messages.contains("no block of 1 GiB or more"))
      let missing = try record(["-o", path], ["\(folder)/none"])
      #expect(missing.status == 2)
      #expect(missing.messages.contains("none: No such file or directory"))
      let library = try record(["-o", path, "--library", "\(folder)/no.so"], ["/bin/true"])
      #expect(library.status == 2)
      #expect(library.messages.contains("swift build -c release --product vcrecord"))
      #expect(!FileManager.default.fileExists(atPath: "\(path).1"))
    }
  }

  @Test func theSlowDownIsTold() throws {
    try inFolder { folder in
      let demo = try ProgramProcess.program().path
      let words = [demo, "replay", Samples.path("ffmpeg-decode.trace"), "--backend", "malloc"]
      let path = "\(folder)/out.trace"
      #expect(try record(["-o", path], words).messages.contains(" ns took about "))
      let twice = try record(["-o", path, "--twice"], words)
      #expect(
        twice.messages.contains(" times as long as without being recorded")
          || twice.messages.contains(", no longer than without being recorded"))
      #expect(twice.output.components(separatedBy: "allocator").count == 3)
    }
  }

  @Test(arguments: [
    ([], "PROGRAM is missing"), (["--min", "0", "--", "true"], "--min expects"),
    (["-o", "", "--", "true"], "-o expects"), (["--mim", "1", "--", "true"], "--min"),
    (["ls", "-l"], "'--'"),
  ])
  func wrongWordsAreToldInOneLine(words: [String], message: String) throws {
    let run = try ProgramProcess(["record"] + words)
    #expect(run.status == 2)
    #expect(run.messages.contains(message))
    #expect(run.messages.split(separator: "\n").count == 1)
  }
}
