// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct FragmentOptionsTests {
  private func options(_ words: String...) throws(CommandFailure) -> FragmentOptions {
    var arguments = Arguments(words, verb: "fragment")
    return try FragmentOptions(&arguments)
  }

  @Test func hasDefaults() throws {
    let options = try options()
    #expect(options == FragmentOptions())
    #expect(options.size == FragmentOptions.defaultSize)
    #expect(options.block == 16 << 10)
    #expect(options.blockCount == options.size >> 14)
    #expect(options.seed == 1)
  }

  @Test func readsAll() throws {
    let options = try options(
      "--size", "1MiB", "--seed", "9", "--fill", "0.5", "--block=4KiB", "--freed", "0.25",
      "--json")
    #expect(options.size == 1 << 20)
    #expect(options.seed == 9)
    #expect(options.blockCount == 128)
    #expect(options.freed.millionths == 250_000)
    #expect(options.json)
  }

  @Test func blocksCountInWholePages() throws {
    #expect(try options("--size", "1MiB", "--block", "4097").blockCount == 128)
    #expect(try options("--size", "1MiB", "--block", "1").blockCount == 256)
  }

  @Test(arguments: [["--block", "2MiB", "--size", "1MiB"], ["x"], ["--fill", "2"]])
  func refuses(words: [String]) {
    var arguments = Arguments(words, verb: "fragment")
    #expect(throws: CommandFailure.self) { try FragmentOptions(&arguments) }
  }
}
