// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import VCompound
import vcdemo

@Suite struct BuildTests {
  private static let line = "Build: FALLBACK_ALWAYS, every block of more than one page is stitched."

  @Test func onlyABuildThatStitchesSaysSo() {
    #expect(Build.stitching(isForced: true) == [Self.line])
    #expect(Build.stitching(isForced: false).isEmpty)
    #expect(Build.remarks(isForced: true).first == Self.line)
    #expect(!Build.remarks(isForced: false).contains(Self.line))
  }

  @Test(arguments: [
    ["fragment", "--size", "1MiB"], ["replay", Samples.path("ffmpeg-decode.trace")],
    ["replay", Samples.path("ffmpeg-decode.trace"), "--backend", "malloc"],
    ["compare", Samples.path("ffmpeg-decode.trace"), "--only", "glibc", "--rounds", "1"],
  ])
  func everyVerbTells(words: [String]) throws {
    let text = try ProgramProcess(words)
    #expect(text.status == 0)
    let told = text.output.split(separator: "\n").contains { $0 == Self.line }
    #expect(told == CompoundAllocator.isFallbackAlways)
    let json = try ProgramProcess(words + ["--json"])
    #expect(json.status == 0)
    let key = "\n  \"fallbackAlways\": \(CompoundAllocator.isFallbackAlways),\n"
    #expect(json.output.contains(key))
  }
}
