// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct BenchOptionsTests {
  private func options(_ words: [String]) throws(CommandFailure) -> BenchOptions {
    var arguments = Arguments(words, verb: "cases")
    return try BenchOptions(&arguments)
  }

  @Test func hasDefaults() throws {
    let options = try options(["warm"])
    var expected = BenchOptions()
    expected.cases = ["warm"]
    #expect(options == expected)
    #expect(options.rounds == 7)
    #expect(options.nanoseconds == 50_000_000)
  }

  @Test func aListNeedsNoCase() throws {
    #expect(try options(["--list"]).cases.isEmpty)
    #expect(try options(["--list", "warm"]).cases == ["warm"])
  }

  @Test func readsAll() throws {
    let options = try options([
      "warm", "--rounds", "3", "--seconds=0.001", "--seed", "9", "--peer", "a=/x", "--peer",
      "b=/y=z",
      "--fleetbench", "1.csv", "stitch", "--fleetbench", "2.csv", "--trace", "a.trace",
      "--list", "--json", "--warm", "2MiB",
    ])
    #expect(options.cases == ["warm", "stitch"])
    #expect(options.rounds == 3)
    #expect(options.nanoseconds == 1_000_000)
    #expect(options.seed == 9)
    #expect(options.peers.map(\.name) == ["a", "b"])
    #expect(options.peers.map(\.library) == ["/x", "/y=z"])
    #expect(options.profiles == ["1.csv", "2.csv"])
    #expect(options.traces == ["a.trace"])
    #expect(options.lists && options.json)
    #expect(options.warmBytes == 2 << 20)
  }

  @Test(arguments: [
    ([], "CASE is missing"), (["--json"], "CASE is missing"),
    (["--seconds", "0"], "--seconds expects"), (["--seconds", "61"], "at most 60"),
    (["--rounds", "0"], "--rounds expects"), (["--peer", "x"], "--peer expects NAME=PATH"),
    (["--peer", "glibc=/x"], "--peer expects NAME=PATH"),
    (["--peer", "a=/x", "--peer", "a=/y"], "--peer names 'a' twice"),
    (["--rouns", "1"], "did you mean '--rounds'?"), (["warm", "--nonsense"], "unknown option"),
  ])
  func refuses(words: [String], message: String) {
    let failure = #expect(throws: CommandFailure.self) { _ = try options(words) }
    #expect(failure?.message.contains(message) == true)
  }
}
