// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct RecommendationTests {
  private func trace(
    peak: Int = 1000 << 20, hasSmallBlocks: Bool = false, duration: UInt64 = 0
  ) -> TraceSummary {
    TraceSummary(
      path: "x.trace", name: "x.trace", events: 1000, peakLiveBytes: peak,
      hasSmallBlocks: hasSmallBlocks, duration: duration)
  }

  /// The text, each sentence in one line.
  private func text(_ results: [ContenderResult], _ trace: TraceSummary? = nil) -> String {
    RecommendationText.text(TraceResult(trace ?? self.trace(), results))
      .split(separator: "\n    ").joined(separator: " ")
  }

  @Test func savesMemoryAndTime() {
    // What is resident is more in the first pass, by a hundredth of what is alive.
    let result = TraceResult(
      trace(),
      [
        MadeUp.compound(100, 900, footprint: 1.01), MadeUp.compound(105, 320, footprint: 1.04),
        MadeUp.compound(120, 300, footprint: 1.15), MadeUp.peer("glibc", 1000),
        MadeUp.peer("jemalloc", 250, footprint: 1.2),
      ])
    let recommendation = Recommendation(result)
    #expect(recommendation.answer == .yes)
    #expect(recommendation.point?.description == "1.05")
    #expect(recommendation.tightest?.description == "1.00")
    #expect(recommendation.present == "glibc")
    #expect(recommendation.reasons == [.savesMemory(260 << 20), .savesTime(0.32)])
    let text = RecommendationText.text(result).split(separator: "\n    ").joined(separator: " ")
    #expect(text.hasPrefix("x.trace: is VCompound worth it for this program? Yes.\n"))
    #expect(text.contains("keeps 260 MiB less resident than glibc."))
    #expect(text.contains("an arena of 1.0 GiB, 1.05 times the peak"))
    #expect(text.contains("(1.00 refuses nothing either: 2.81 times its time, 1,020 MiB resident)"))
    #expect(text.contains("it stitches 10.0 % in the first pass, 10.0 % in the steady state."))
    #expect(
      text.contains(
        "steady state, 320.0 µs, is 1.28 times that of jemalloc, the fastest malloc, 0.32 "
          + "times that of glibc."))
    #expect(text.contains("\n  VCompound 1.05        1,050.0 MiB   1,040.0 MiB\n"))
    #expect(text.contains("\n  (alive)               1,000.0 MiB   1,000.0 MiB"))
    #expect(!text.contains("VCompound 1.20"))
  }

  /// A budget that is many times slower is not chosen for memory that does not count, even where
  /// the program would not notice.
  @Test func aLittleMoreMemoryThatIsMuchFasterIsTaken() {
    let glibc = MadeUp.peer("glibc", 1000, footprint: 2)
    for (larger, chosen) in [(1.03, "1.02"), (1.05, "1.00")] {
      let result = TraceResult(
        trace(duration: 2_000_000_000),
        [
          MadeUp.compound(100, 1700, footprint: 1.0), MadeUp.compound(102, 300, footprint: larger),
          glibc,
        ])
      #expect(Recommendation(result).point?.description == chosen)
    }
  }

  @Test func aMallocThatDoesAsWellIsEnough() {
    let ours = MadeUp.compound(105, 300, footprint: 1.05)
    let glibc = MadeUp.peer("glibc", 1000, footprint: 2)
    for (time, footprint, isRival) in [
      (329.0, 1.09, true), (329, 1.11, false), (340, 1.0, false), (100, 1.3, false),
    ] {
      let peer = MadeUp.peer("mimalloc", time, footprint: footprint)
      let recommendation = Recommendation(TraceResult(trace(), [ours, glibc, peer]))
      #expect(recommendation.answer == (isRival ? .no : .yes), "\(time) \(footprint)")
      #expect(recommendation.reasons.contains(.rival("mimalloc")) == isRival)
    }
    #expect(
      text([ours, glibc, MadeUp.peer("mimalloc", 300, footprint: 1.05)])
        .contains("  mimalloc keeps up, in memory and in time, in one regime at least, "))
  }

  @Test func aFewPerCentAreNothing() {
    let glibc = MadeUp.peer("glibc", 1000, footprint: 1.08)
    let same = [MadeUp.compound(105, 1050, footprint: 1.04), glibc]
    #expect(Recommendation(TraceResult(trace(), same)).answer == .no)
    let words = text(same, trace(hasSmallBlocks: true))
    #expect(words.contains("saves no memory that counts: 40 MiB less than glibc"))
    #expect(words.contains("no difference in time that counts: 1.05 times"))
    #expect(words.contains("in blocks smaller than a page"))
    #expect(words.contains("Only a ceiling"))
    let slower = [MadeUp.compound(105, 2000, footprint: 1.04), glibc]
    #expect(Recommendation(TraceResult(trace(), slower)).answer == .no)
    #expect(text(slower).contains("It is slower: 2.00 times the time of glibc."))
  }

  @Test func littleMemoryIsNothing() {
    // 40 % of 12 MiB are less than counts.
    let results = [
      MadeUp.compound(105, 1000, footprint: 1.04), MadeUp.peer("glibc", 1000, footprint: 1.44),
    ]
    #expect(Recommendation(TraceResult(trace(peak: 12 << 20), results)).answer == .no)
    #expect(text(results, trace(peak: 12 << 20)).contains("keeps only 12 MiB alive"))
    #expect(Recommendation(TraceResult(trace(peak: 40 << 20), results)).answer == .yes)
  }

  @Test func whatIsFasterButSmallDepends() {
    let results = [
      MadeUp.compound(105, 100, footprint: 1.04), MadeUp.peer("glibc", 1000, footprint: 1.04),
    ]
    #expect(Recommendation(TraceResult(trace(), results)).answer == .yes)
    #expect(Recommendation(TraceResult(trace(peak: 12 << 20), results)).answer == .depends)
    #expect(Recommendation(TraceResult(trace(hasSmallBlocks: true), results)).answer == .depends)
  }

  @Test func oneForTheOtherDepends() {
    let glibc = MadeUp.peer("glibc", 1000, footprint: 1.5)
    for ours in [
      MadeUp.compound(105, 2000, footprint: 1.04), MadeUp.compound(150, 500, footprint: 1.7),
    ] {
      #expect(Recommendation(TraceResult(trace(), [ours, glibc])).answer == .depends)
    }
  }

  @Test func timeCountsWhereTheProgramSpendsIt() {
    // In the first pass an event takes 10 µs more: 10 ms in all.
    let results = [
      MadeUp.compound(105, 2000, footprint: 1.04), MadeUp.peer("glibc", 1000, footprint: 1.5),
    ]
    let long = trace(duration: 2_000_000_000)
    #expect(Recommendation(TraceResult(long, results)).answer == .yes)
    #expect(text(results, long).contains("2.00 times that of glibc, in a run of 2.00 s."))
    // Nor does a larger arena make sense then, if its memory counts.
    let tight = [MadeUp.compound(100, 3000, footprint: 1.0)] + results
    #expect(Recommendation(TraceResult(long, tight)).point == Ratio("1"))
    #expect(Recommendation(TraceResult(trace(), tight)).point == Ratio("1.05"))
    let short = trace(duration: 900_000_000)
    #expect(Recommendation(TraceResult(short, results)).answer == .depends)
  }

  @Test func aTightArenaMayTakeMoreMemory() {
    let results = [
      MadeUp.compound(100, 300, footprint: 1.23), MadeUp.compound(105, 310, footprint: 1.06),
      MadeUp.compound(120, 290, footprint: 1.05), MadeUp.peer("glibc", 1000, footprint: 1.3),
    ]
    #expect(Recommendation(TraceResult(trace(), results)).point == Ratio("1.05"))
  }

  @Test func refusalsAndMissingPartsAreTold() {
    let glibc = MadeUp.peer("glibc", 1000)
    let refusing = MadeUp.compound(100, 100, footprint: 1.01, failures: 1)
    let later = MadeUp.compound(120, 200, footprint: 1.1)
    #expect(Recommendation(TraceResult(trace(), [refusing, later, glibc])).point == Ratio("1.2"))
    let refused = Recommendation(TraceResult(trace(), [refusing, glibc]))
    #expect(refused.answer == .no)
    #expect(refused.reasons == [.refused])
    #expect(text([refusing, glibc]).contains("refused requests at every budget"))
    #expect(Recommendation(TraceResult(trace(), [later])).reasons == [.noPeer])
    #expect(Recommendation(TraceResult(trace(), [glibc])).reasons == [.notMeasured])
    #expect(Recommendation(TraceResult(trace(), [])).answer == .unknown)
    // Without glibc the fastest malloc is what the program has.
    let peers = [later, MadeUp.peer("tcmalloc", 900), MadeUp.peer("jemalloc", 800)]
    #expect(Recommendation(TraceResult(trace(), peers)).present == "jemalloc")
    #expect(text([later]).contains("Nothing can be said."))
  }
}
