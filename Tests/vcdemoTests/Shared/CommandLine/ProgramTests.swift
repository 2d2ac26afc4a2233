// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing
import vcdemo

/// Runs the real program.
@Suite struct ProgramTests {
  @Test(arguments: [["help"], ["--help"], ["-h"], ["help", "help"]])
  func showsItsHelp(words: [String]) throws {
    let run = try run(words)
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    #expect(run.output.contains("Examples:"))
    for verb in Verb.all { #expect(run.output.contains("  \(verb.name) ")) }
  }

  @Test(arguments: Verb.all.map(\.name))
  func showsTheHelpOfAVerb(name: String) throws {
    let help = try ProgramProcess("help", name)
    let option = try ProgramProcess(name, "--nonsense", "--help")
    #expect(help.status == 0)
    #expect(option.status == 0)
    #expect(help.output == option.output)
    #expect(help.output.contains("Usage: vcdemo"))
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test(arguments: [
    (["fly"], "unknown verb 'fly'"), (["reply"], "did you mean 'replay'?"),
    (["help", "fly"], "unknown verb 'fly'"), (["replay"], "TRACE is missing"),
    (["--sise", "1"], "did you mean '--size'?"),
    (["fragment", "--size", "tiny"], "--size expects a size such as"),
    (["fragment", "--block", "2MiB", "--size", "1MiB"], "--block is larger than --size"),
    (["fragment", "--freed", "1.5"], "--freed expects a share"),
    (["fragment", "--size", "1MiB", "--freed", "0"], "nothing is free"),
    (["replay", "x", "--backend", "x"], "expects one of compound, buddy, malloc"),
    (["replay", "/nowhere/x.trace"], "/nowhere/x.trace: No such file or directory"),
    (["replay", "/dev/zero"], "/dev/zero: neither a regular file nor a pipe"),
    (["fragment", "--size", "4096TiB", "--fill", "0"], "the arena needs 4 PiB of memory"),
  ])
  func wrongUsageIsOneLineAndExitCode2(words: [String], message: String) throws {
    let run = try run(words)
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.messages.hasPrefix("vcdemo: "))
    #expect(run.messages.hasSuffix("\n"))
    #expect(run.messages.count { $0 == "\n" } == 1)
    #expect(run.messages.contains(message))
  }

  @Test(arguments: [
    ("", 1, "the trace has no events"), ("a 0 1 1 0 0\nq\n", 2, "unknown event 'q'"),
    ("a 0 1 1 0 0\nf 0 0", 2, "an event 'f' has 4 fields"),
  ])
  func aMalformedTraceIsOneLineAndExitCode2(text: String, line: Int, message: String) throws {
    try Samples.withFile(text) { path in
      let run = try ProgramProcess("replay", path)
      #expect(run.status == 2)
      #expect(run.output.isEmpty)
      #expect(run.messages.hasPrefix("vcdemo: \(path):\(line): \(message)"))
      #expect(run.messages.count { $0 == "\n" } == 1)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func aTraceOfMoreMemoryThanMachinesHaveIsRefusedAtOnce() throws {
    let lines = (0..<64).map { "a \($0) 1099511627776 16 0 0\n" }
    try Samples.withFile(lines.joined()) { path in
      for words in [
        ["replay"], ["replay", "--backend", "malloc"], ["compare", "--only", "glibc"],
      ] {
        let run = try ProgramProcess(words + [path])
        #expect(run.status == 2)
        #expect(run.output.isEmpty)
        #expect(run.messages.contains("needs 64 TiB of memory, "))
        #expect(run.messages.count { $0 == "\n" } == 1)
      }
    }
  }

  @Test func aTraceMayComeThroughAPipe() throws {
    let program = try ProgramProcess.program().path
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    let trace = Samples.path("ffmpeg-decode.trace")
    process.arguments = ["-c", "cat '\(trace)' | '\(program)' replay /dev/stdin --json"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let report = try #require(JSONReader.read(Array(data)))
    #expect(report["events"]?.integer == 1540)
  }

  @Test func aCapacityThatCannotBeOpenedIsExitCode2() throws {
    for backend in ["compound", "buddy"] {
      let run = try ProgramProcess(
        "replay", Samples.path("ffmpeg-decode.trace"), "--backend", backend, "--capacity",
        "4194304TiB")
      #expect(run.status == 2)
      #expect(run.output.isEmpty)
      #expect(run.messages.count { $0 == "\n" } == 1)
    }
  }

  @Test func refusedRequestsAreNoFailure() throws {
    let run = try ProgramProcess(
      "replay", Samples.path("ffmpeg-decode.trace"), "--backend", "buddy", "--budget", "0.5",
      "--verify", "--json")
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    let object = try #require(document as? [String: Any])
    #expect(object["verified"] as? Bool == true)
    #expect(try #require(object["failures"] as? Int) > 0)
  }

  @Test func showsTheDemoWithoutAVerb() throws {
    let run = try ProgramProcess("--size", "16MiB", "--seed", "3")
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    let lines = run.output.split(separator: "\n")
    #expect(lines.joined(separator: " ").contains("VCompound 100 %"))
    #expect(lines.last?.hasPrefix("Next: vcdemo replay Tests/Traces/numpy.trace") == true)
    #expect(lines.allSatisfy { $0.count < 80 })
  }

  @Test func aClosedPipeEndsItQuietly() throws {
    let program = try ProgramProcess.program().path
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "(\(program) help; echo $? >&2) | true"]
    let messages = Pipe()
    process.standardError = messages
    try process.run()
    let data = try messages.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(String(decoding: data, as: UTF8.self) == "0\n")
  }

  @Test func anOutputThatCannotBeWrittenIsSaid() throws {
    let program = try ProgramProcess.program().path
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", "\(program) help >/dev/full"]
    let messages = Pipe()
    process.standardError = messages
    try process.run()
    let data = try messages.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
    #expect(
      String(decoding: data, as: UTF8.self)
        == "vcdemo: cannot write the output: No space left on device\n")
  }

  @Test(.timeLimit(.minutes(2)))
  func anInterruptIsExitCode130() async throws {
    let process = Process()
    process.executableURL = try ProgramProcess.program()
    process.arguments = [
      "replay", Samples.path("numpy.trace"), "--backend", "malloc", "--repeat", "1000",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let number = process.processIdentifier
    // Whatever happens, no program is left behind: SIGKILL cannot be blocked.
    defer { if process.isRunning { kill(number, SIGKILL) } }
    while try !catchesInterrupts(number) {
      try await Task.sleep(for: .milliseconds(5))
    }
    process.interrupt()
    for _ in 0..<2000 where process.isRunning {
      try await Task.sleep(for: .milliseconds(5))
    }
    try #require(!process.isRunning)
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
  }

  /// Whether the process has got as far as to have a handler for SIGINT.
  private func catchesInterrupts(_ process: Int32) throws -> Bool {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigCgt:") })
    let mask = try #require(UInt64(line.dropFirst(8), radix: 16))
    return mask & (1 << 1) != 0
  }

  private func run(_ words: [String]) throws -> ProgramProcess {
    try ProgramProcess(words)
  }
}
