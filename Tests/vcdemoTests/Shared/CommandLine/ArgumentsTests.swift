// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct ArgumentsTests {
  private func arguments(_ words: String...) -> Arguments {
    Arguments(words, verb: "test")
  }

  @Test func takesFlagsValuesAndOperandsInAnyOrder() throws {
    var arguments = arguments("one", "--seed", "7", "two", "--json", "--size=64KiB")
    #expect(try arguments.flag("--json"))
    #expect(try !arguments.flag("--verify"))
    #expect(try arguments.value("--size", Values.size) == 65_536)
    #expect(try arguments.value("--seed", Values.seed) == 7)
    #expect(try arguments.value("--repeat", Values.times) == nil)
    #expect(try arguments.operand("A") == "one")
    #expect(try arguments.operand("B") == "two")
    try arguments.finish()
  }

  @Test func everythingBehindTwoDashesIsAnOperand() throws {
    var arguments = arguments("--json", "--", "--odd-name", "-")
    #expect(try arguments.flag("--json"))
    #expect(try arguments.operand("A") == "--odd-name")
    #expect(try arguments.operand("B") == "-")
    try arguments.finish()
  }

  @Test func refusesWhatIsLeft() throws {
    var arguments = arguments("one", "more")
    _ = try arguments.operand("A")
    let failure = #expect(throws: CommandFailure.self) { try arguments.finish() }
    #expect(failure?.message == "test: unexpected 'more'; see 'vcdemo test --help'")
  }

  @Test func refusesAnUnknownOption() throws {
    var arguments = arguments("--jsno=1")
    _ = try arguments.flag("--json")
    let failure = #expect(throws: CommandFailure.self) { try arguments.finish() }
    #expect(failure?.message.contains("unknown option '--jsno': did you mean '--json'?") == true)
  }

  @Test func refusesAnOptionInAnOperandsPlace() {
    var arguments = arguments("--what")
    let failure = #expect(throws: CommandFailure.self) { try arguments.operand("TRACE") }
    #expect(failure?.message.contains("unknown option '--what'") == true)
  }

  @Test func refusesRepetitionsMissingAndNeedlessValues() {
    var flags = arguments("--json", "--json")
    #expect(throws: CommandFailure.self) { try flags.flag("--json") }
    var values = arguments("--seed", "1", "--seed=2")
    #expect(throws: CommandFailure.self) { try values.value("--seed", Values.seed) }
    var missing = arguments("--seed")
    #expect(throws: CommandFailure.self) { try missing.value("--seed", Values.seed) }
    var empty = arguments("--seed=")
    #expect(throws: CommandFailure.self) { try empty.value("--seed", Values.seed) }
    var needless = arguments("--json=yes")
    #expect(throws: CommandFailure.self) { try needless.flag("--json") }
  }

  @Test func seesTheCallForHelp() {
    #expect(arguments("x", "--help").asksForHelp)
    #expect(arguments("-h").asksForHelp)
    #expect(!arguments("x").asksForHelp)
    #expect(!arguments("--", "--help").asksForHelp)
  }

  @Test(arguments: [
    ("replay", "replay", 0), ("repaly", "replay", 2), ("", "abc", 3), ("a", "b", 1),
  ])
  func countsEdits(left: String, right: String, distance: Int) {
    #expect(Spelling.distance(left, right) == distance)
    #expect(Spelling.distance(right, left) == distance)
  }

  @Test func guessesOnlyNearWords() {
    #expect(Spelling.nearest(to: "reply", among: ["fragment", "replay"]) == "replay")
    #expect(Spelling.nearest(to: "compare", among: ["fragment", "replay"]) == nil)
    #expect(Spelling.nearest(to: "x", among: ["fragment", "y"]) == nil)
  }
}
