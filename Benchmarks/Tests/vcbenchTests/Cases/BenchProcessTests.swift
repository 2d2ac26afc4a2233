// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcbench

/// Runs the real program.
@Suite struct BenchProcessTests {
  @Test func listsItsCases() throws {
    let run = try ProgramProcess("--list", "stitch", "frag")
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    #expect(run.output.split(separator: "\n").count == 9)
  }

  @Test func listsAllWithoutAWord() throws {
    let run = try ProgramProcess()
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    #expect(
      run.output.split(separator: "\n").count == BenchCatalogue.cases([]).count)
  }

  @Test func theNameOfTheVerbMayBeLeftOut() throws {
    let long = try ProgramProcess("cases", "--list", "stitch")
    let short = try ProgramProcess("--list", "stitch")
    #expect(long.status == 0)
    #expect(long.output == short.output)
  }

  @Test func showsItsHelp() throws {
    for words in [["help"], ["--help"], ["-h"]] {
      let run = try ProgramProcess(words)
      #expect(run.status == 0)
      #expect(run.messages.isEmpty)
      for verb in Verb.all { #expect(run.output.contains("  \(verb.name) ")) }
    }
  }

  @Test(arguments: Verb.all.map(\.name))
  func showsTheHelpOfAVerb(name: String) throws {
    let help = try ProgramProcess("help", name)
    let option = try ProgramProcess(name, "--nonsense", "--help")
    #expect(help.status == 0 && option.status == 0)
    #expect(help.output == option.output)
    #expect(help.output.contains("Usage: vcbench"))
    #expect(help.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test func measuresACaseInChildren() throws {
    let run = try ProgramProcess(
      "warm.4KiB", "--rounds", "2", "--seconds", "0.001", "--json")
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    let object = try #require(document as? [String: Any])
    let cases = try #require(object["cases"] as? [[String: Any]])
    let rows = try #require(cases.first?["rows"] as? [[String: Any]])
    let contenders = rows.compactMap { $0["contender"] as? String }
    #expect(contenders.starts(with: ["VCompound", "CompoundBuffer", "glibc"]))
    #expect(rows.allSatisfy { ($0["rounds"] as? [Double])?.count == 2 })
    #expect(rows.allSatisfy { ($0["ratio"] as? Double ?? 0) > 0 })
  }

  @Test func measuresAFile() throws {
    try Samples.withFile("4096, 2, 100\n100000, 1, 10\n") { path in
      let run = try ProgramProcess(
        "fleetbench", "--fleetbench", path, "--rounds", "1", "--seconds", "0.001")
      #expect(run.status == 0)
      #expect(run.messages.isEmpty)
      #expect(run.output.contains("VCompound, footprint"))
    }
  }

  @Test func aFileWithFiguresBeyondAllNumbersIsOneLineAndExitCode2() throws {
    try Samples.withFile("4096, 2, 100\n8192, 1, 1e308\n") { path in
      let run = try ProgramProcess("fleetbench", "--fleetbench", path, "--json")
      #expect(run.status == 2)
      #expect(run.output.isEmpty)
      #expect(run.messages.hasPrefix("vcbench: \(path):2: expected 'size, allocation rate, live"))
      #expect(run.messages.hasSuffix("from 1e-15 to 1e15, and one from 0 to 1e15\n"))
      #expect(run.messages.count { $0 == "\n" } == 1)
    }
  }

  @Test func aChildWantsItsTask() throws {
    let run = try ProgramProcess("--worker", "fly")
    #expect(run.status == 2)
    #expect(run.messages.contains("--worker is for this program's own children"))
  }

  @Test(arguments: [
    (["nope"], "unknown case 'nope'"), ([], "CASE is missing"),
    (["warm.4kib"], "did you mean 'warm.4KiB'?"),
    (["fleetbench"], "needs --fleetbench FILE.csv"),
    (
      ["fleetbench", "--fleetbench", "/nowhere/x.csv"], "/nowhere/x.csv: No such file or directory"
    ),
    (["warm.4KiB", "--peer", "x=/nowhere/x.so"], "/nowhere/x.so: No such file or directory"),
    (["warm.4KiB", "--peer", "x=/proc/version"], "it was not loaded"),
    (["--seconds", "100"], "at most 60"),
  ])
  func wrongUsageIsOneLineAndExitCode2(words: [String], message: String) throws {
    let run = try ProgramProcess(words + ["--json"])
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.messages.hasPrefix("vcbench: "))
    #expect(run.messages.count { $0 == "\n" } == 1)
    #expect(run.messages.contains(message))
  }
}
