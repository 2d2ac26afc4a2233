// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcbench

/// Runs the real program.
@Suite struct ReadProcessTests {
  private static let short = ["--rounds", "2", "--seconds", "0.002"]

  @Test func readsItselfFourWays() throws {
    let run = try ProgramProcess(["read"] + Self.short)
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    for way in ["page pool", "bulk, no pool", "page by page", "malloc"] {
      #expect(run.output.contains("\n\(way) "))
    }
    #expect(run.output.contains("the same for all ways"))
    #expect(run.output.split(separator: "\n").allSatisfy { $0.count <= 120 })
  }

  @Test func tellsEveryRoundAsJSON() throws {
    let run = try ProgramProcess(["read", "--json", "--pages", "16"] + Self.short)
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
    let object = try #require(document as? [String: Any])
    #expect(object["schema"] as? Int == 1)
    #expect(object["verified"] as? Bool == true)
    #expect(object["pagesPerRequest"] as? Int == 16)
    let hash = try #require(object["hash"] as? String)
    #expect(hash.count == 16)
    let files = try #require(object["files"] as? [[String: Any]])
    #expect(files.map { $0["path"] as? String } == ["/proc/self/exe"])
    let ways = try #require(object["ways"] as? [[String: Any]])
    #expect(ways.map { $0["name"] as? String } == ["pool", "bulk", "frames", "malloc"])
    #expect(ways.allSatisfy { $0["hash"] as? String == hash })
    #expect(ways[2]["ratioToPageByPage"] as? Double == 1)
    for way in ways {
      #expect((way["meanWorkNanosecondsPerPage"] as? [String: Double])?.count == 3)
      let rounds = try #require(way["rounds"] as? [[String: Any]])
      #expect(rounds.count == 2)
      for key in ["bytes", "pages", "requests", "nanoseconds", "pagesTaken", "pagesFromBelow"] {
        #expect(rounds.allSatisfy { ($0[key] as? Int ?? 0) > 0 }, "\(key)")
      }
    }
    let pools = (ways[0]["rounds"] as? [[String: Any]])?.first?["pools"] as? [[String: Any]]
    #expect(pools?.count == 2)
    #expect(pools?.allSatisfy { $0["in_flight"] as? Int == 0 } == true)
  }

  @Test func measuresOneWayOfAFileWithoutBytes() throws {
    try Samples.withFile("") { path in
      let run = try ProgramProcess(["read", path, "--way", "bulk"] + Self.short)
      #expect(run.status == 0)
      #expect(run.messages.isEmpty)
      #expect(run.output.contains("ef46db3751d8e999"))
    }
  }

  @Test(arguments: [
    ("/nowhere/x", "/nowhere/x: No such file or directory"), ("/", "/: Is a directory"),
    ("/dev/null", "/dev/null: not a regular file"),
  ])
  func whatCannotBeReadIsOneLineAndExitCode2(path: String, message: String) throws {
    let run = try ProgramProcess("read", "/proc/self/exe", path)
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    #expect(run.messages.hasPrefix("vcbench: \(message)"))
    #expect(run.messages.count { $0 == "\n" } == 1)
  }
}
