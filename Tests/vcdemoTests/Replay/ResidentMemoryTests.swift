// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

/// Measures the resident memory of real replays, each in a process of its own.
@Suite struct ResidentMemoryTests {
  private func footprint(_ text: String, _ backend: BackendKind) throws -> Double {
    try Samples.withFile(text) { path in
      let run = try DemoProcess("replay", path, "--backend", backend.rawValue, "--json")
      let document = try JSONSerialization.jsonObject(with: Data(run.output.utf8))
      let object = try #require(document as? [String: Any])
      return try #require(object["footprint"] as? Double)
    }
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
