// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcbench

@Suite struct BuildTests {
  @Test(arguments: [
    ["arena.64KiB", "--rounds", "1", "--seconds", "0.001"],
    ["receive", "--rounds", "1", "--count", "100", "--way", "pool", "--call", "recvmmsg"],
    ["read", "--rounds", "1", "--seconds", "0.001", "--way", "malloc"],
  ])
  func everyVerbTellsOfABuildThatStitches(words: [String]) throws {
    let text = try ProgramProcess(words)
    #expect(text.status == 0)
    let told = text.output.split(separator: "\n").contains {
      Build.stitching(isForced: true) == ["\($0)"]
    }
    #expect(told == CompoundAllocator.isFallbackAlways)
    let json = try ProgramProcess(words + ["--json"])
    #expect(json.status == 0)
    let key = "\n  \"fallbackAlways\": \(CompoundAllocator.isFallbackAlways),\n"
    #expect(json.output.contains(key))
  }
}
