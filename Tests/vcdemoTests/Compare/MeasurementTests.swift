// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct MeasurementTests {
  private static let once = """
    {"events": 1000, "failures": 2, "stitched": 1, "contiguous": 3, "footprint": 1.5,
     "pageFaults": 20, "setupNanoseconds": 50000, "mallocLibrary": "/lib/libc.so.6",
     "nanosecondsPerEvent": {"total": 100}, "allocateLatency": {"p999": 7},
     "idle": {"shareOfPeak": 0.25}, "steady": null}
    """

  private static let later = """
    {"replays": 2, "nanosecondsPerEvent": {"median": 40}, "allocateLatency": {"p999": 5},
     "footprint": 1.25, "pageFaults": 2.5, "stitched": 0, "contiguous": 4}
    """

  private func measurement(_ text: String) throws -> Measurement? {
    Measurement(try #require(JSONReader.read(Array(text.utf8))))
  }

  @Test func theTimeOfTheFirstPassIncludesTheOpening() throws {
    let found = try measurement(Self.once)
    let measurement = try #require(found)
    #expect(measurement.first.nanosecondsPerEvent == 150)
    #expect(measurement.first.loopNanosecondsPerEvent == 100)
    #expect(measurement.first.stitchedShare == 0.25)
    #expect(measurement.leftShare == 0.25)
    #expect(measurement.allocateP999 == 7)
    #expect(measurement.steady == nil)
    let result = ContenderResult(.system, [measurement])
    #expect(result.firstPass.faultsPerThousand.median == 20)
    #expect(result.firstPass.allocateP999?.median == 7)
    #expect(result[.steady] == nil)
  }

  @Test func theSteadyStateHasLatenciesOfItsOwn() throws {
    let text = Self.once.replacing("\"steady\": null", with: "\"steady\": \(Self.later)")
    let clockedOnce = text.replacing("{\"p999\": 7}", with: "null")
    for text in [text, clockedOnce] {
      let found = try measurement(text)
      let measurement = try #require(found)
      #expect(measurement.allocateP999 == 5)
      #expect(measurement.steady?.nanosecondsPerEvent == 40)
      let result = ContenderResult(.system, [measurement])
      #expect(result.firstPass.allocateP999 == nil)
      let steady = try #require(result[.steady])
      #expect(steady.allocateP999?.median == 5)
      #expect(steady.footprint.median == 1.25)
      #expect(steady.faultsPerThousand.median == 2.5)
      #expect(steady.stitchedShare?.median == 0)
    }
  }

  @Test(arguments: [
    ("\"events\": 1000", "\"events\": 0"), ("\"p999\"", "\"p99\""), ("\"idle\"", "\"left\""),
    ("\"steady\": null", "\"steady\": {\"replays\": 2}"),
  ])
  func whatLacksAFigureIsNone(part: String, replacement: String) throws {
    #expect(try measurement(Self.once.replacing(part, with: replacement)) == nil)
  }
}
