// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct VerdictTests {
  @Test func findsTheBestPoints() {
    let verdict = Verdict(MadeUp.usual, .steady)
    #expect(verdict.fastestPeer == "jemalloc")
    #expect(verdict.best.map(\.budget?.description) == ["1.05", "1.20"])
    #expect(verdict.best.map(\.ratio) == [0.5, 0.25])
    #expect(verdict.tightFailures == 0)
    #expect(verdict.tightOverSystem == 0.8)
    #expect(verdict.latencyOverPeer == 2)
    let text = CompareTable.answers(verdict)
    #expect(text.contains("at most 1.05: VCompound 1.05 (1.04) takes 0.50 times the time of jem"))
    #expect(text.contains("0 requests refused, 0.80 times the time of glibc: faster"))
    #expect(text.contains("2.00 times jemalloc's"))
    #expect(text.hasPrefix("a<b>&.trace, steady state:"))
  }

  @Test func eachRegimeHasItsOwnAnswers() {
    let verdict = Verdict(
      TraceResult(
        MadeUp.trace,
        [
          // In the first pass 1.055.
          MadeUp.compound(105, 300, footprint: 1.045), MadeUp.peer("glibc", 600),
        ]), .firstPass)
    #expect(verdict.best.map(\.budget?.description) == [nil, "1.05"])
    // Latencies are of the steady state.
    #expect(Verdict(MadeUp.usual, .firstPass).latencyOverPeer == nil)
    #expect(CompareTable.answers(verdict).hasPrefix("a<b>&.trace, first pass:"))
  }

  @Test func saysWhereNoPointQualifies() {
    let verdict = Verdict(
      TraceResult(
        MadeUp.trace,
        [
          // Too large, and too good to be true.
          MadeUp.compound(105, 300, footprint: 1.06),
          MadeUp.compound(100, 100, footprint: 1.01, failures: 3), MadeUp.peer("glibc", 50),
        ]), .steady)
    #expect(verdict.best[0].budget == nil)
    #expect(verdict.best[0].ratio == nil)
    #expect(verdict.best[1].ratio == 6)
    #expect(verdict.tightFailures == 3)
    let text = CompareTable.answers(verdict)
    #expect(text.contains("at most 1.05: no point of VCompound qualifies"))
    #expect(text.contains("3 requests refused, 2.00 times the time of glibc: not faster"))
    #expect(text.contains("at budget 1.05: not measured"))
    let all = Verdict(all: [Verdict(MadeUp.usual, .steady), verdict])
    #expect(all.best[0].ratio == nil)
    #expect(CompareTable.answers(all).contains("no answer, as a trace has none"))
  }

  @Test func livesWithoutPeersAndWithoutVCompound() {
    let alone = Verdict(
      TraceResult(MadeUp.trace, [MadeUp.compound(100, 100, footprint: 1.01)]), .steady)
    #expect(alone.best[0].ratio == nil)
    #expect(CompareTable.answers(alone).contains("no peer to compare with"))
    let peers = Verdict(TraceResult(MadeUp.trace, [MadeUp.peer("glibc", 50)]), .steady)
    #expect(peers.tightFailures == nil)
    #expect(peers.fastestPeer == "glibc")
    let nobody = TraceResult(MadeUp.trace, [])
    #expect(Verdict(nobody, .steady).fastestPeer == nil)
    #expect(CompareTable.table(nobody).contains("nobody got through"))
  }

  @Test func meansOverAllTracesAreGeometric() {
    let other = TraceResult(
      MadeUp.trace,
      [
        MadeUp.compound(100, 200, footprint: 1.02, failures: 1),
        MadeUp.compound(105, 800, footprint: 1.03, p999: 9), MadeUp.peer("glibc", 100),
        MadeUp.peer("jemalloc", 400, p999: 18),
      ])
    let all = Verdict(all: [Verdict(MadeUp.usual, .steady), Verdict(other, .steady)])
    // 0.5 and 8; 0.25 and 8; 0.8 and 2; 2 and 0.5.
    #expect(isNear(all.best[0].ratio, 2))
    #expect(isNear(all.best[1].ratio, 2.0.squareRoot()))
    #expect(isNear(all.tightOverSystem, 1.6.squareRoot()))
    #expect(isNear(all.latencyOverPeer, 1))
    #expect(all.tightFailures == 1)
  }

  private func isNear(_ value: Double?, _ expected: Double) -> Bool {
    value.map { ($0 - expected).magnitude < 1e-9 } ?? false
  }

  @Test func theTableHasALineForEachInEachRegime() {
    let lines = CompareTable.table(MadeUp.usual).split(separator: "\n")
    #expect(lines.count == 13)
    #expect(lines[1].hasPrefix("  steady state ") && lines[1].hasSuffix("  left"))
    #expect(lines[3].hasPrefix("  VCompound 1.05       300     270 ... 360   0.50"))
    #expect(lines[3].hasSuffix("  12.5 %"))
    #expect(lines[7].hasPrefix("  first pass ") && lines[7].hasSuffix("  stitched"))
    #expect(lines[9].hasPrefix("  VCompound 1.05     3,000   2,700 ... 3,600   0.50       1.05"))
    #expect(lines.dropFirst().allSatisfy { $0.count <= 110 && !$0.hasSuffix(" ") })
  }

  @Test func withoutASteadyStateThereIsOneTable() {
    var round = MadeUp.usual.results[3].rounds[0]
    round.steady = nil
    round.allocateP999 = 700
    let result = TraceResult(MadeUp.trace, [ContenderResult(.system, [round])])
    #expect(result.regimes == [.firstPass])
    let lines = CompareTable.table(result).split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[1].hasPrefix("  first pass ") && lines[2].contains("  700 ns  12.5 %"))
  }
}
