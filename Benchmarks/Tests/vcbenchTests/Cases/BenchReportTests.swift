// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcbench

@Suite struct BenchReportTests {
  private let one = BenchCase("warm.x", .warm, "a test", needsPeers: true) {
    (_) throws(CommandFailure) in throw .usage("is not run")
  }

  private var result: BenchResult {
    var ours = BenchRow("VCompound", .nanoseconds, [30, 10, 20])
    ours.compare(with: BenchRow("glibc", .nanoseconds, [8]))
    var result = BenchResult([ours, BenchRow("glibc", .nanoseconds, [8])])
    result.counts = [.init("mappings", 3)]
    result.notes = ["a note"]
    return result
  }

  @Test func aTableHasAHeadingForEachGroup() {
    var table = BenchTable()
    let first = table.text(one, result).split(separator: "\n")
    #expect(first.count == 5)
    #expect(first[0].hasPrefix("Allocate and free"))
    #expect(first[1].hasSuffix("/ fastest peer"))
    #expect(first[2].hasPrefix("warm.x") && first[2].hasSuffix("2.50"))
    #expect(first[2].contains("20.0 ns") && first[2].contains("10.0 ns ... 30.0 ns"))
    #expect(first[3].drop { $0 == " " }.hasPrefix("glibc"))
    #expect(first[4] == "  a note")
    #expect(table.text(one, result).split(separator: "\n").count == 3)
  }

  @Test func columnsStayInLineWithLongNames() {
    let long = String(repeating: "x", count: 40)
    let case1 = BenchCase("warm.a", .warm, "") { (_) throws(CommandFailure) in throw .usage("") }
    let case2 = BenchCase(long, .warm, "") { (_) throws(CommandFailure) in throw .usage("") }
    let rows = BenchResult([
      BenchRow(long, .nanoseconds, [10, 20]), BenchRow("glibc", .nanoseconds, [10, 20]),
    ])
    var table = BenchTable([case1, case2])
    let text = table.text(case1, rows) + "\n" + table.text(case2, rows)
    let columns = text.split(separator: "\n").dropFirst(2).map { line in
      line.ranges(of: "15.0 ns").first.map {
        line.distance(from: line.startIndex, to: $0.lowerBound)
      }
    }
    #expect(columns.count == 4)
    #expect(Set(columns).count == 1)
  }

  @Test func theHeadingSaysWhoIsMissing() throws {
    let search = try PeerSearch(folders: ["/nowhere"])
    var options = BenchOptions()
    let text = BenchTable.heading(options, peers: search)
    #expect(text.contains("Peers: glibc\n"))
    #expect(text.contains("jemalloc is left out"))
    #expect(text.contains("--fleetbench FILE.csv"))
    options.cases = ["warm"]
    #expect(!BenchTable.heading(options, peers: nil).contains("Peers"))
    #expect(!BenchTable.heading(options, peers: nil).contains("--fleetbench"))
  }

  @Test func theDocumentHasAllKeys() throws {
    let search = try PeerSearch(folders: ["/nowhere"])
    let text = BenchDocument.json(BenchOptions(), peers: search, [(one, result)]).text
    let document = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let object = try #require(document as? [String: Any])
    #expect(
      Set(object.keys) == [
        "schema", "host", "debugBuild", "fallbackAlways", "rounds", "nanosecondsPerMeasurement",
        "seed", "peers", "cases",
      ])
    let cases = try #require(object["cases"] as? [[String: Any]])
    #expect(
      Set(try #require(cases.first).keys) == [
        "name", "group", "summary", "ratio", "rows", "counts", "notes",
      ])
    let rows = try #require(cases[0]["rows"] as? [[String: Any]])
    #expect(
      Set(try #require(rows.first).keys) == [
        "contender", "unit", "rounds", "median", "least", "most", "ratio",
      ])
    #expect(rows[0]["rounds"] as? [Double] == [30, 10, 20])
    #expect(rows[0]["ratio"] as? Double == 2.5)
    #expect(rows[1]["ratio"] is NSNull)
    #expect((cases[0]["counts"] as? [String: Double]) == ["mappings": 3])
  }
}
