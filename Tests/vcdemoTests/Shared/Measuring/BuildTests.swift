// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
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

  @Test func theVersionIsThatOfTheChangelog() throws {
    let changelog = Samples.folder.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "CHANGELOG.md")
    let text = try String(contentsOf: changelog, encoding: .utf8)
    let heading = try #require(text.split(separator: "\n").first { $0.hasPrefix("## [") })
    #expect(heading.dropFirst(4).prefix { $0 != "]" }.lowercased() == Build.version)
    let run = try ProgramProcess("--version")
    #expect(run.status == 0)
    #expect(run.messages.isEmpty)
    #expect(run.output == Build.summary(of: "vcdemo") + "\n")
    #expect(run.output.hasPrefix("vcdemo of VCompound, \(Build.version); "))
    #expect(Build.summary(of: "x", isForced: true).hasSuffix(" build, FALLBACK_ALWAYS"))
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
