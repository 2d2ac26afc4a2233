// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct ComparisonTests {
  private let traces = ["one", "two"].map { name in
    TraceSummary(path: "/" + name, name: name, events: 10, peakLiveBytes: 1)
  }
  private let contenders = [
    Contender.compound(Ratio(millionths: 1_000_000)), .system, .preloaded("a", library: "/a"),
  ]

  private func measurement(_ nanoseconds: Int) -> Measurement {
    Measurement(
      events: 10, first: .init(loopNanosecondsPerEvent: Double(nanoseconds), footprint: 1))
  }

  @Test func measuresRoundByRoundAndForgetsTheFirst() {
    var calls: [String] = []
    var comparison = Comparison(traces: traces, contenders: contenders, rounds: 2)
    let results = comparison.run { contender, path in
      calls.append(path + contender.name)
      return measurement(calls.count)
    } noteDropout: { _ in
      Issue.record("nobody failed")
    }
    let forwards = ["/oneVCompound 1.00", "/oneglibc", "/onea"]
    #expect(calls.count == 18)
    #expect(Array(calls[..<3]) == forwards)
    #expect(Array(calls[6..<9]) == forwards)
    #expect(Array(calls[12..<15]) == forwards.reversed())
    #expect(results.map(\.trace.name) == ["one", "two"])
    #expect(results[0].results.map(\.contender.name) == contenders.map(\.name))
    let times = results[0].results[0].rounds.map(\.first.nanosecondsPerEvent)
    #expect(times == [7, 15])
  }

  @Test func theTimeLimitGrowsWithTheTrace() throws {
    let small = try Samples.parse("a 0 4097 16 0 0\nf 0 0 0\n")
    // A minute, two events and two pages.
    #expect(ReplayChild.limit(for: small) == 60_000_400_000)
    let large = try Samples.parse("a 0 1099511627776 16 0 0\nf 0 0 0\n")
    #expect(ReplayChild.limit(for: large) == 60_000_200_000 + (1 << 28) * 100_000)
    let lines = (0..<64).map { "a \($0) 1099511627776 16 0 0\n" }
    #expect(ReplayChild.limit(for: try Samples.parse(lines.joined())) == 86_400_000_000_000)
  }

  @Test func theLimitOfAProcessIsThatOfAllItsReplays() {
    var options = CompareOptions(paths: ["x"])
    options.linger = 7
    // Four, and one for latencies.
    #expect(options.processLimit(for: 100) == 507)
    options.repetitions = 1
    #expect(options.processLimit(for: 100) == 107)
    #expect(options.processLimit(for: .max) == 86_400_000_000_007)
    options.timeLimit = 5
    #expect(options.processLimit(for: 100) == 5)
  }

  @Test func goesOnWithoutOneThatFails() {
    var calls = 0
    var noted: [String] = []
    var comparison = Comparison(traces: traces, contenders: contenders, rounds: 3)
    let results = comparison.run { contender, path throws(ChildFailure) in
      calls += 1
      if contender.name == "a", path == "/two" { throw ChildFailure("killed by signal 11") }
      return measurement(1)
    } noteDropout: {
      noted.append($0.message)
    }
    #expect(noted == ["a is left out of two: killed by signal 11"])
    #expect(comparison.dropouts.count == 1)
    #expect(results.map(\.results.count) == [3, 2])
    // Four times on the first trace, once on the second.
    #expect(calls == 4 * 6 - 3)
  }
}
