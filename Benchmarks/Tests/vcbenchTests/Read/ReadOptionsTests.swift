// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct ReadOptionsTests {
  private func options(_ words: [String]) throws(CommandFailure) -> ReadOptions {
    var arguments = Arguments(words, verb: "read")
    return try ReadOptions(&arguments)
  }

  @Test func hasDefaults() throws {
    let options = try options([])
    #expect(options == ReadOptions())
    #expect(options.paths == ["/proc/self/exe"])
    #expect(options.ways == [.pool, .bulk, .frames, .malloc])
    #expect([options.pages, options.depth, options.readers, options.hashers] == [64, 16, 2, 2])
  }

  @Test func readsAll() throws {
    let options = try options([
      "a", "--rounds", "3", "--seconds=0.001", "--pages", "1024", "--depth", "1", "b",
      "--readers", "64", "--hashers", "5", "--way", "malloc", "--way=pool", "--json",
    ])
    #expect(options.paths == ["a", "b"])
    #expect(options.rounds == 3)
    #expect(options.nanoseconds == 1_000_000)
    #expect([options.pages, options.depth, options.readers, options.hashers] == [1024, 1, 64, 5])
    #expect(options.ways == [.pool, .malloc])
    #expect(options.json)
  }

  @Test(arguments: [
    (["--pages", "0"], "--pages expects a number from 1 to 1024, not '0'"),
    (["--pages", "1025"], "--pages expects"), (["--depth", "257"], "--depth expects"),
    (["--readers", "-1"], "--readers expects"), (["--hashers", ""], "--hashers expects"),
    (["--seconds", "61"], "at most 60"), (["--rounds", "x"], "--rounds expects"),
    (["--way", "mmap"], "--way expects one of pool, bulk, frames, malloc, not 'mmap'"),
    (["--way", "pool", "--way", "pool"], "--way pool is given twice"),
    (["--page", "1"], "did you mean '--pages'?"), (["a", "--nonsense"], "unknown option"),
  ])
  func refuses(words: [String], message: String) {
    let failure = #expect(throws: CommandFailure.self) { _ = try options(words) }
    #expect(failure?.message.contains(message) == true)
  }
}
