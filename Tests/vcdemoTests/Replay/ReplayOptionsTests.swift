// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct ReplayOptionsTests {
  private func options(_ words: String...) throws(CommandFailure) -> ReplayOptions {
    var arguments = Arguments(words, verb: "replay")
    return try ReplayOptions(&arguments)
  }

  @Test func hasDefaults() throws {
    let options = try options("x.trace")
    #expect(options == ReplayOptions(path: "x.trace"))
    #expect(options.capacity == .budget(Ratio(millionths: 1_200_000)))
    #expect(options.backend == .compound)
    #expect(options.repetitions == 1)
    #expect(!options.verifies && !options.json)
  }

  @Test func readsAll() throws {
    let options = try options(
      "--backend", "buddy", "--capacity=2MiB", "x.trace", "--repeat", "3", "--verify", "--json")
    #expect(options.path == "x.trace")
    #expect(options.capacity == .bytes(2 << 20))
    #expect(options.backend == .buddy)
    #expect(options.repetitions == 3)
    #expect(options.verifies && options.json)
    #expect(!options.readsClockOnce && !options.warms && options.linger == 0)
  }

  @Test func readsWhatComparisonsNeed() throws {
    let options = try options("x", "--clock-once", "--linger", "2.5", "--warm", "--upkeep")
    #expect(options.readsClockOnce && options.warms && options.hasUpkeep)
    #expect(options.linger == 2_500_000_000)
    #expect(try self.options("x", "--linger", "0").linger == 0)
  }

  @Test(arguments: [
    (["x"], ["--budget", "1.2", "--capacity", "1MiB"], "--budget and --capacity"),
    ([], [], "TRACE is missing"), (["x"], ["y"], "unexpected 'y'"),
    (["x"], ["--budget", "0"], "--budget expects a ratio above 0"),
    (["x"], ["--budget", "much"], "not 'much'"), (["x"], ["--capacity", "0"], "expects a size"),
    (["x"], ["--backend", "jemalloc"], "expects one of compound, buddy, malloc"),
    (["x"], ["--repeat", "0"], "expects a number from 1"),
    (["x"], ["--repeat"], "expects a number"),
    (["x"], ["--upkeep", "--backend", "malloc"], "--upkeep is for the backend compound"),
    (["x"], ["--budget", "1.00", "--backend", "malloc"], "malloc has no capacity: leave out"),
    (["x"], ["--backend", "malloc", "--capacity", "3MiB"], "malloc has no capacity: leave out"),
    (["x"], ["--linger", "3601"], "a number of seconds, at most 3600"),
    (["x"], ["--verfy"], "did you mean '--verify'?"),
  ])
  func refuses(operands: [String], words: [String], message: String) throws {
    var arguments = Arguments(operands + words, verb: "replay")
    let failure = #expect(throws: CommandFailure.self) { try ReplayOptions(&arguments) }
    #expect(failure?.message.contains(message) == true)
    #expect(failure?.message.contains("vcdemo replay --help") == true)
  }

  @Test func theBudgetIsRoundedUpToPages() throws {
    let peak = LivePeak(of: try Samples.parse("a 0 40960 1 0 0\n"))
    #expect(try options("x", "--budget", "1.00").capacity(for: peak) == 10 * 4096)
    #expect(try options("x", "--budget", "1.10").capacity(for: peak) == 11 * 4096)
    #expect(try options("x", "--budget", "1.11").capacity(for: peak) == 12 * 4096)
    #expect(try options("x", "--capacity", "4097").capacity(for: peak) == 2 * 4096)
  }

  @Test func aCapacityBeyondAllNumbersIsAFailure() throws {
    let peak = LivePeak(of: try Samples.parse("a 0 40960 1 0 0\n"))
    let largest = ReplayOptions.Capacity.bytes(Int.max)
    var options = ReplayOptions(path: "x")
    options.capacity = largest
    #expect(throws: CommandFailure.self) { try options.capacity(for: peak) }
  }
}
