// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct ReplayerTests {
  /// Replays a trace on a backend made by `setUp`, and gives the outcome and the calls.
  private func replay(
    _ text: String, verifies: Bool = true, _ setUp: (inout ScriptedBackend) -> Void = { _ in }
  ) throws -> (outcome: ReplayOutcome, calls: [String], alive: Int) {
    var backend = ScriptedBackend(capacity: 0)
    setUp(&backend)
    var replayer = Replayer(try Samples.parse(text), verifies: verifies)
    var progress = Progress("test")
    replayer.replay(on: &backend, progress: &progress)
    replayer.finish(on: &backend)
    return (replayer.outcome, backend.calls, backend.alive.count)
  }

  @Test func passesOnEveryEventAndFreesTheRest() throws {
    let result = try replay("a 0 5000 64 0 0\nr 0 1 9000 0 0\na 2 10 1 0 0\nf 2 0 0\n")
    #expect(
      result.calls == [
        "allocate 5000 at 64", "reallocate 5000 to 9000", "allocate 10 at 1", "free 10",
        "free 9000",
      ])
    #expect(result.alive == 0)
    #expect(result.outcome.failures == 0)
    #expect(result.outcome.damaged == 0)
  }

  @Test func skipsTheEventsOfARefusedBlock() throws {
    let result = try replay(
      "a 0 5000 1 0 0\na 1 6000 1 0 0\nr 0 2 7000 0 0\nr 2 3 10 0 0\nf 3 0 0\nf 1 0 0\n"
    ) { $0.refused = [0] }
    #expect(result.calls == ["allocate 5000 at 1", "allocate 6000 at 1", "free 6000"])
    #expect(result.outcome.failures == 1)
    #expect(result.outcome.skipped == 3)
    #expect(result.outcome.damaged == 0)
  }

  @Test func aRefusedReallocationKeepsTheOldBlock() throws {
    let result = try replay(
      "a 0 5000 1 0 0\nr 0 1 9000 0 0\nr 1 2 6000 0 0\nf 2 0 0\n"
    ) { $0.refused = [1] }
    #expect(
      result.calls == [
        "allocate 5000 at 1", "reallocate 5000 to 9000", "reallocate 5000 to 6000", "free 6000",
      ])
    #expect(result.outcome.failures == 1)
    #expect(result.outcome.skipped == 0)
    #expect(result.outcome.damaged == 0)
    #expect(result.alive == 0)
  }

  @Test func freesAKeptBlockWithItsRealSize() throws {
    let result = try replay("a 0 5000 1 0 0\nr 0 1 9000 0 0\nf 1 0 0\n") { $0.refused = [1] }
    #expect(result.calls.last == "free 5000")
    #expect(result.outcome.damaged == 0)
  }

  private static let sharing = "a 0 5000 1 0 0\na 1 5000 1 0 0\nf 0 0 0\nf 1 0 0\n"

  @Test func findsBlocksThatShareMemory() throws {
    let result = try replay(ReplayerTests.sharing) { $0.shared = [1] }
    #expect(result.outcome.damaged >= 1)
    #expect(result.outcome.firstDamage == ReplayOutcome.Damage(block: 0, offset: 0, event: 2))
  }

  @Test func findsDamageAtTheEnd() throws {
    let result = try replay("a 0 5000 1 0 0\na 1 5000 1 0 0\n") { $0.shared = [1] }
    #expect(result.outcome.firstDamage == ReplayOutcome.Damage(block: 0, offset: 0, event: nil))
  }

  @Test func findsAForgottenCopy() throws {
    let result = try replay("a 0 5000 1 0 0\nr 0 1 9000 0 0\n") { $0.forgetsToCopy = true }
    #expect(result.outcome.damaged == 1)
    #expect(result.outcome.firstDamage == ReplayOutcome.Damage(block: 1, offset: 0, event: 1))
  }

  @Test func looksForNothingUnlessAsked() throws {
    let result = try replay("a 0 5000 1 0 0\nr 0 1 9000 0 0\n", verifies: false) {
      $0.forgetsToCopy = true
    }
    #expect(result.outcome.damaged == 0)
  }

  @Test func phasesAddUpToNoMoreThanTheTotal() throws {
    let trace = try Samples.random(2000, seed: 4)
    var backend = MallocBackend(capacity: 0)
    var replayer = Replayer(trace, verifies: true)
    var progress = Progress("test")
    replayer.replay(on: &backend, progress: &progress)
    let times = replayer.outcome.times
    replayer.finish(on: &backend)
    #expect(times.allocate > 0 && times.touch > 0 && times.free > 0)
    #expect(times.allocate + times.touch + times.free <= times.total)
    let latency = replayer.latencySummary
    #expect(latency.p50 <= latency.p99 && latency.p99 <= latency.p999)
    #expect(latency.p999 <= latency.max && latency.p50 > 0)
  }
}
