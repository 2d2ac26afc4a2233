// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

/// Measures the resident memory of real replays, each in a process of its own.
@Suite struct ResidentMemoryTests {
  private func report(
    _ text: String, _ backend: BackendKind, _ words: String...
  ) throws -> JSONValue {
    try Samples.withFile(text) { path in
      let run = try ProgramProcess(
        ["replay", path, "--backend", backend.rawValue, "--json"] + words)
      return try #require(JSONReader.read(Array(run.output.utf8)))
    }
  }

  private func footprint(_ text: String, _ backend: BackendKind) throws -> Double {
    try #require(try report(text, backend)["footprint"]?.number)
  }

  /// Many blocks too small for mappings of their own: a tenth of them would fit into the heap that
  /// parsing takes, if it took it from malloc.
  ///
  /// The kernel's count may lack 256 KiB of 16 MiB.
  @Test(arguments: BackendKind.allCases)
  func parsingLeavesNoHeapToUse(backend: BackendKind) throws {
    let text = (0..<16_000).map { "a \($0) 1024 16 0 \($0)\n" }.joined()
    let footprint = try footprint(text, backend)
    #expect(footprint >= 0.98, "\(footprint)")
  }

  @Test(arguments: BackendKind.allCases)
  func bothRegimesAreCounted(backend: BackendKind) throws {
    let text = "a 0 67108864 16 0 0\nf 0 0 0\na 1 4096 16 0 0\n"
    let report = try report(text, backend, "--repeat", "3", "--clock-once")
    let footprint = try #require(report["steady"]?["footprint"]?.number)
    #expect(footprint >= 0.98 && footprint <= 1.1, "\(footprint)")
    let left = try #require(report["idle"]?["shareOfPeak"]?.number)
    // A block of that size is a mapping to malloc; the others keep what they have.
    #expect(backend == .malloc ? left < 0.1 : left > 0.9, "\(left)")
  }

  @Test(arguments: BackendKind.allCases)
  func oneLargeBlockIsResidentOnce(backend: BackendKind) throws {
    let footprint = try footprint("a 0 67108864 16 0 0\n", backend)
    #expect(footprint >= 0.98 && footprint <= 1.1, "\(footprint)")
  }

  /// The first block is gone before the end: only a peak shows it.
  @Test func thePeakIsRememberedWhenTheMemoryIsGone() throws {
    let text = "a 0 67108864 16 0 0\nf 0 0 0\na 1 4096 16 0 0\n"
    let footprint = try footprint(text, .malloc)
    #expect(footprint >= 0.98 && footprint <= 1.1, "\(footprint)")
  }
}
