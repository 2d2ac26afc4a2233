// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcbench

/// Runs the real program, with the sender in a process.
@Suite(.serialized) struct ReceiveProcessTests {
  @Test func theDocumentHasEveryRound() throws {
    let run = try ProgramProcess(
      "receive", "--count", "2000", "--rounds", "2", "--way", "pool", "--way", "frames", "--json")
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    let object = try #require(document as? [String: Any])
    #expect(object["passed"] as? Bool == true)
    let results = try #require(object["results"] as? [[String: Any]])
    #expect(results.count == 8)
    for result in results {
      #expect(result["ratioToPageByPage"] is Double)
      let rounds = try #require(result["rounds"] as? [[String: Any]])
      #expect(rounds.count == 2)
      for round in rounds {
        #expect(round["damaged"] as? Int == 0)
        #expect(round["pagesOut"] as? Int == 0)
        #expect(round["liveBytes"] as? Int == 0)
        #expect(round["sent"] as? Int ?? 0 >= 2000)
      }
    }
  }

  @Test func theTableHasARowForEachWay() throws {
    let run = try ProgramProcess("receive", "--count", "500", "--rounds", "1", "--call", "recvmmsg")
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    for way in PageWay.allCases {
      let rows = run.output.split(separator: "\n").filter { $0.hasPrefix("  \(way.summary) ") }
      #expect(rows.count == 2, "\(way)")
    }
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 130 })
  }

  @Test(arguments: [
    (["--sender", "fly"], "--sender is for this program's own children"),
    (["--sender", "--", "65", "1"], "--sender is for this program's own children"),
    (["--size", "5000"], "--size expects a multiple of 8"),
    (["--cal", "train"], "did you mean '--call'?"),
  ])
  func wrongUsageIsOneLineAndExitCode2(words: [String], message: String) throws {
    let run = try ProgramProcess(["receive"] + words)
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.messages.hasPrefix("vcbench: receive: "))
    #expect(run.messages.count { $0 == "\n" } == 1)
    #expect(run.messages.contains(message))
  }

  @Test(.timeLimit(.minutes(1)))
  func anInterruptEndsItAndItsSender() async throws {
    let process = Process()
    process.executableURL = try ProgramProcess.program()
    process.arguments = ["receive", "--rounds", "1000", "--way", "pool"]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let number = process.processIdentifier
    defer { if process.isRunning { kill(number, SIGKILL) } }
    var sender: Int32?
    while sender == nil {
      let children = try String(
        contentsOfFile: "/proc/\(number)/task/\(number)/children", encoding: .utf8)
      sender = children.split(separator: " ").first.flatMap { Int32($0) }
      try await Task.sleep(for: .milliseconds(5))
    }
    process.interrupt()
    for _ in 0..<2000 where process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
    try #require(!process.isRunning)
    #expect(process.terminationStatus == 130)
    let child = try #require(sender)
    var isThere = true
    for _ in 0..<1000 where isThere {
      isThere = kill(child, 0) == 0 && !isDead(child)
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(!isThere)
  }

  /// Whether a process has ended and only waits to be collected.
  private func isDead(_ process: Int32) -> Bool {
    let path = "/proc/\(process)/stat"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return true }
    return text.contains(") Z ")
  }
}
