// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct CompareOptionsTests {
  private func options(_ words: [String]) throws(CommandFailure) -> CompareOptions {
    var arguments = Arguments(words, verb: "compare")
    return try CompareOptions(&arguments)
  }

  @Test func hasDefaults() throws {
    let options = try options(["a", "b"])
    #expect(options == CompareOptions(paths: ["a", "b"]))
    #expect(options.rounds == 5)
    #expect(options.budgets.map(\.description) == ["1.00", "1.02", "1.05", "1.10", "1.20", "1.50"])
    #expect(options.peers.isEmpty && options.only == nil && options.svg == nil && !options.json)
    #expect(options.timeLimit == nil)
    #expect(options.repetitions == 4 && options.linger == 0 && !options.hasUpkeep)
  }

  @Test func readsAll() throws {
    let options = try options([
      "a", "--peer", "x=/x=y.so", "--rounds", "2", "b", "--budgets", "1.2,1", "--json", "--peer",
      "z.1=z", "--only=glibc,x", "--svg", "c.svg", "--timeout", "0.5",
      "--repeat", "6", "--linger", "12", "--upkeep", "--", "--odd",
    ])
    #expect(options.paths == ["a", "b", "--odd"])
    #expect(options.rounds == 2)
    #expect(options.budgets.map(\.description) == ["1.00", "1.20"])
    #expect(
      options.peers == [.init(name: "x", library: "/x=y.so"), .init(name: "z.1", library: "z")])
    #expect(options.only == ["glibc", "x"])
    #expect(options.svg == "c.svg")
    #expect(options.json)
    #expect(options.timeLimit == 500_000_000)
    #expect(options.repetitions == 6 && options.linger == 12_000_000_000 && options.hasUpkeep)
  }

  @Test(arguments: [
    (["--json"], "TRACE is missing"), (["a", "--rounds", "0"], "expects a number from 1"),
    (["a", "--budgets", "1.0,x"], "--budgets expects"), (["a", "--budgets", ""], "expects"),
    (["a", "--budgets", "1,1.00"], "different ratios"), (["a", "--budgets", "0"], "above 0"),
    (["a", "--peer", "x"], "expects NAME=PATH"), (["a", "--peer", "=x"], "NAME=PATH"),
    (["a", "--peer", "x="], "NAME=PATH"), (["a", "--peer", "Glibc=x"], "none of ours"),
    (["a", "--peer", "a b=x"], "letters"), (["a", "--peer", "x=1", "--peer", "x=2"], "twice"),
    (["a", "--only", "glibc,"], "expects names"), (["a", "--svg="], "the name of a file"),
    (["a", "--timeout", "0"], "at most 86400"), (["a", "--timeout", "1e30"], "above 0"),
    (["a", "--rond", "2"], "did you mean '--rounds'?"),
  ])
  func refuses(words: [String], message: String) {
    let failure = #expect(throws: CommandFailure.self) { try options(words) }
    #expect(failure?.message.contains(message) == true)
    #expect(failure?.message.contains("vcdemo compare --help") == true)
  }
}
