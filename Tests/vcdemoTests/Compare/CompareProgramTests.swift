// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing
import vcdemo

/// Compares with the real program and its children.
@Suite struct CompareProgramTests {
  private static let text = "a 0 9000 16 0 0\na 1 5000 16 0 0\nr 0 2 20000 0 0\nf 1 0 0\n"

  private func compare(_ text: String, _ words: String...) throws -> ProgramProcess {
    try Samples.withFile(text) { path in
      try ProgramProcess(["compare", path, "--rounds", "1"] + words)
    }
  }

  @Test func comparesWithGlibc() throws {
    let chart = FileManager.default.temporaryDirectory
      .appending(path: "vcdemo-test-\(UUID().uuidString).svg")
    defer { try? FileManager.default.removeItem(at: chart) }
    let run = try compare(
      CompareProgramTests.text, "--only", "compound,glibc", "--budgets", "1.00,1.20", "--json",
      "--svg", chart.path)
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    let document = try #require(JSONReader.read(Array(run.output.utf8)))
    guard case .array(let traces)? = document["traces"],
      case .array(let contenders)? = traces.first?["contenders"]
    else {
      Issue.record("no contenders")
      return
    }
    #expect(contenders.map { $0["name"]?.string } == ["VCompound 1.00", "VCompound 1.20", "glibc"])
    #expect(contenders[2]["library"]?.string?.contains("libc") == true)
    #expect(contenders.allSatisfy { $0["failures"]?.integer == 0 })
    for contender in contenders {
      let ratios = [contender, try #require(contender["steady"])].map { regime in
        regime["ratioToFastestPeer"]?.number
      }
      // The only peer is the fastest.
      #expect(ratios.allSatisfy { ($0 ?? 0) > 0 })
      #expect(contender["name"]?.string != "glibc" || ratios == [1, 1])
      #expect(contender["steady"]?["footprint"]?["median"]?.number ?? 0 > 0)
      #expect(contender["leftShare"]?["median"]?.number != nil)
    }
    #expect(document["overall"]?["failuresAtBudget100"]?.integer == 0)
    let svg = try String(contentsOf: chart, encoding: .utf8)
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(svg.contains("VCompound 1.20") && svg.contains("glibc"))
  }

  @Test func showsATable() throws {
    let run = try compare(CompareProgramTests.text, "--only", "glibc")
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    #expect(run.output.contains("\n  steady state "))
    #expect(run.output.contains("\n  first pass "))
    #expect(run.output.contains("\n  glibc  "))
    #expect(run.output.contains("at most 1.05: no point of VCompound qualifies"))
  }

  @Test func onePassIsEnoughWhereItIsAskedFor() throws {
    let run = try compare(
      CompareProgramTests.text, "--only", "compound,glibc", "--budgets", "1.20", "--repeat", "1",
      "--upkeep", "--linger", "0.01")
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    #expect(!run.output.contains("steady state"))
    #expect(run.output.contains("with its helper thread, 'left' is resident 10.0 ms later"))
  }

  @Test func aContenderThatFailsIsOneLineAndExitCode1() throws {
    // A million times 64 MiB is more than any arena has.
    let run = try compare(
      "a 0 67108864 16 0 0\nf 0 0 0\n", "--only", "compound,glibc", "--budgets", "1000000,1.00")
    #expect(run.status == 1)
    #expect(run.messages.hasPrefix("vcdemo: VCompound 1000000.00 is left out of "))
    #expect(run.messages.contains("exit code 2: replay: cannot open an arena"))
    #expect(run.messages.count { $0 == "\n" } == 1)
    #expect(run.output.contains("\n  VCompound 1.00  "))
  }

  /// The dynamic linker waits for a writer when it opens a pipe that is to be preloaded.
  @Test(.timeLimit(.minutes(1)))
  func aPeerThatHangsIsKilledAndTheOthersGoOn() throws {
    try Samples.withPipe { pipe in
      let run = try compare(
        CompareProgramTests.text, "--peer", "x=\(pipe)", "--only", "x,glibc", "--timeout", "5")
      #expect(run.status == 1)
      #expect(run.messages.hasPrefix("vcdemo: x is left out of "))
      #expect(run.messages.hasSuffix(": did not end within 5.00 s and was killed\n"))
      #expect(run.messages.count { $0 == "\n" } == 1)
      #expect(run.output.contains("\n  glibc  "))
      #expect(try processes(with: "LD_PRELOAD=\(pipe)").isEmpty)
    }
  }

  /// The processes with this variable.
  private func processes(with variable: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { name in
      guard let data = FileManager.default.contents(atPath: "/proc/\(name)/environ") else {
        return false
      }
      return data.split(separator: 0).contains { $0.elementsEqual(variable.utf8) }
    }
  }

  @Test(arguments: [
    (["--peer", "x=/nowhere/x.so"], "--peer x: /nowhere/x.so: No such file or directory"),
    (["--peer", "x=/etc/passwd"], "--peer x: /etc/passwd was not loaded: its replay ran on"),
    (["--peer", "glibc=/x"], "--peer expects NAME=PATH"),
    (["--budgets", "1.0;1.2"], "not '1.0;1.2'"),
    (["--only", "nobody"], "--only: unknown name 'nobody'"),
    (["--svg", "/nowhere/x.svg"], "/nowhere/x.svg: No such file or directory"),
  ])
  func wrongUsageIsOneLineAndExitCode2(words: [String], message: String) throws {
    let run = try Samples.withFile(CompareProgramTests.text) { path in
      try ProgramProcess(["compare", path] + words)
    }
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.messages.hasPrefix("vcdemo: "))
    #expect(run.messages.contains(message))
    #expect(run.messages.count { $0 == "\n" } == 1)
  }

  @Test(.timeLimit(.minutes(2)), arguments: [SIGINT, SIGTERM])
  func anInterruptEndsTheChildToo(signal: Int32) async throws {
    let process = Process()
    process.executableURL = try ProgramProcess.program()
    process.arguments = [
      "compare", Samples.path("numpy.trace"), "--only", "glibc", "--rounds", "1000",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let number = process.processIdentifier
    defer { if process.isRunning { kill(number, SIGKILL) } }
    var child: Int32?
    while child == nil {
      try await Task.sleep(for: .milliseconds(1))
      child = try children(of: number).first
    }
    kill(number, signal)
    for _ in 0..<2000 where process.isRunning {
      try await Task.sleep(for: .milliseconds(5))
    }
    try #require(!process.isRunning)
    #expect(process.terminationStatus == 128 + signal)
    let orphan = try #require(child)
    for _ in 0..<2000 where isAtWork(orphan) {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(!isAtWork(orphan))
  }

  private func children(of process: Int32) throws -> [Int32] {
    let path = "/proc/\(process)/task/\(process)/children"
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: " ").compactMap {
      Int32($0)
    }
  }

  /// Whether a process is there and is more than an entry that nobody has collected yet.
  private func isAtWork(_ process: Int32) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return false }
    return !text[end...].hasPrefix(") Z") && !text[end...].hasPrefix(") X")
  }
}
