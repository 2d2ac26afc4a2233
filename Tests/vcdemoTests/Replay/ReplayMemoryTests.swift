// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

/// Replays with memory that a test makes up.
@Suite struct ReplayMemoryTests {
  private static let text = "a 0 1000000 16 0 0\na 1 1000000 16 0 0\nf 0 0 0\n"

  private func run(
    available: Int, _ change: (inout ReplayOptions) -> Void = { _ in }
  ) throws -> ReplayResult {
    try Samples.withFile(Self.text) { path in
      var options = ReplayOptions(path: path)
      change(&options)
      return try ReplayResult.run(
        try TraceFile(path: path), options,
        memory: MachineMemory(available: available, groupLeft: nil))
    }
  }

  private func refusal(
    available: Int, _ change: (inout ReplayOptions) -> Void = { _ in }
  ) -> String? {
    #expect(throws: CommandFailure.self) { _ = try run(available: available, change) }?.message
  }

  @Test func whatThePeakWritesToMustBeThere() throws {
    // Each block has 245 pages.
    let needed = 2 * 245 * 4096
    #expect(try run(available: needed).failures == 0)
    let message = try #require(refusal(available: needed - 1))
    #expect(message.hasPrefix("replay: the peak of "))
    #expect(message.contains(" needs 1.9 MiB of memory, this machine has 1.9 MiB: choose a "))
    #expect(refusal(available: needed - 1) { $0.backend = .buddy } != nil)
    #expect(refusal(available: needed - 1) { $0.capacity = .bytes(1 << 40) } != nil)
  }

  @Test func whatDoesNotFitIntoTheArenaIsRefusedAndNeedsNone() throws {
    let result = try run(available: 1_500_000) { $0.capacity = .bytes(1_200_000) }
    #expect(result.failures == 1)
  }

  @Test func mallocNeedsThePeak() throws {
    let message = try #require(refusal(available: 1_500_000) { $0.backend = .malloc })
    #expect(message.hasSuffix("this machine has 1.4 MiB: use a machine with more memory"))
    #expect(try run(available: 1 << 30) { $0.backend = .malloc }.failures == 0)
  }
}
