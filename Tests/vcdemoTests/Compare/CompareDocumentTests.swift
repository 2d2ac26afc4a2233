// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

@Suite struct CompareDocumentTests {
  private typealias Object = [String: Any]

  @Test func hasAlwaysTheSameKeys() throws {
    let dropout = Comparison.Dropout(contender: "tcmalloc", trace: "x", reason: "exit code 1")
    var options = CompareOptions(paths: ["x"])
    options.rounds = 3
    options.linger = 1_500_000_000
    let result = CompareResult(
      options, host: .current(), traces: [MadeUp.usual], dropouts: [dropout])
    let data = Data(result.json.text.utf8)
    let document = try #require(try JSONSerialization.jsonObject(with: data) as? Object)
    #expect(
      Set(document.keys) == [
        "schema", "fallbackAlways", "host", "rounds", "repetitions", "lingerSeconds", "upkeep",
        "traces", "overall", "steadyOverall", "leftOut",
      ])
    #expect(document["schema"] as? Int == 1)
    #expect(document["rounds"] as? Int == 3)
    #expect(document["repetitions"] as? Int == 4)
    #expect(document["lingerSeconds"] as? Double == 1.5)
    #expect(document["upkeep"] as? Bool == false)
    let host = try #require(document["host"] as? Object)
    #expect(
      Set(host.keys) == [
        "cpus", "kernelRelease", "pageSize", "maxMapCount", "transparentHugePages",
        "transparentHugePagesShared", "transparentHugePagesDefrag",
      ])
    let trace = try #require((document["traces"] as? [Object])?.first)
    #expect(
      Set(trace.keys) == [
        "trace", "path", "events", "peakLiveBytes", "contenders", "verdict", "steadyVerdict",
        "recommendation",
      ])
    let contenders = try #require(trace["contenders"] as? [Object])
    #expect(contenders.count == 5)
    for contender in contenders {
      #expect(
        Set(contender.keys) == [
          "name", "budget", "library", "nanosecondsPerEvent", "ratioToFastestPeer", "footprint",
          "pageFaultsPerThousandEvents", "stitchedShare", "failures", "allocateP999", "rounds",
          "steady", "leftShare",
        ])
      let steady = try #require(contender["steady"] as? Object)
      #expect(
        Set(steady.keys) == [
          "nanosecondsPerEvent", "ratioToFastestPeer", "footprint", "pageFaultsPerThousandEvents",
          "stitchedShare",
        ])
      let rounds = try #require(contender["rounds"] as? [Object])
      #expect(rounds.count == 3)
      #expect(
        Set(rounds[0].keys) == [
          "nanosecondsPerEvent", "loopNanosecondsPerEvent", "setupNanoseconds", "footprint",
          "pageFaults", "contiguous", "stitched", "failures", "allocateP999", "steady", "leftShare",
        ])
      let pass = try #require(rounds[0]["steady"] as? Object)
      #expect(
        Set(pass.keys) == [
          "nanosecondsPerEvent", "loopNanosecondsPerEvent", "footprint", "pageFaults", "contiguous",
          "stitched",
        ])
      let time = try #require(contender["nanosecondsPerEvent"] as? Object)
      #expect(Set(time.keys) == ["median", "minimum", "maximum"])
    }
    #expect(contenders[0]["budget"] as? Double == 1)
    #expect(contenders[4]["budget"] is NSNull)
    #expect(contenders[4]["ratioToFastestPeer"] as? Double == 1)
    let steadyRatios = contenders.map {
      ($0["steady"] as? Object)?["ratioToFastestPeer"] as? Double
    }
    #expect(steadyRatios == [1.333, 0.5, 0.25, 1.667, 1])
    for verdict in [trace["steadyVerdict"], document["steadyOverall"]] {
      let verdict = try #require(verdict as? Object)
      #expect(
        Set(verdict.keys) == [
          "fastestPeer", "best", "failuresAtBudget100", "budget100OverGlibc",
          "allocateP999AtBudget105OverJemalloc",
        ])
      #expect(
        (verdict["best"] as? [Object])?.map { $0["ratioToFastestPeer"] as? Double } == [0.5, 0.25])
    }
    for verdict in [trace["verdict"], document["overall"]] {
      let verdict = try #require(verdict as? Object)
      #expect(verdict["allocateP999AtBudget105OverJemalloc"] is NSNull)
    }
    let left = try #require((document["leftOut"] as? [Object])?.first)
    #expect(Set(left.keys) == ["contender", "trace", "reason"])
  }
}
