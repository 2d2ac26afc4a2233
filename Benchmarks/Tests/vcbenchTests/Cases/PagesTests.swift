// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct PagesTests {
  private func result(_ name: String) throws -> BenchResult {
    var options = BenchOptions()
    options.rounds = 2
    options.nanoseconds = 2_000_000
    let chosen = try BenchCatalogue.select([name], from: BenchCatalogue.cases([]))
    let one = try #require(chosen.first { $0.name == name })
    return try one.run(BenchContext(options: options, peers: []))
  }

  @Test(arguments: [
    "page_bench04.bulk.1", "page_bench04.bulk.128", "page_bench02.outstanding.8192",
    "page_pool.fast", "page_pool.ring", "page_pool.slow",
  ])
  func everyContenderIsMeasured(name: String) throws {
    let result = try result(name)
    #expect(result.rows.count >= 4)
    for row in result.rows {
      #expect(row.rounds.count == 2)
      #expect(row.rounds.allSatisfy { $0 > 0 })
    }
    let frames = result.rows.first { $0.contender == "VCompound, frames" }
    #expect(frames?.ratio == 1)
  }

  @Test func objectsAreComparedWithTheirBytes() throws {
    let result = try result("object_cache")
    #expect(result.rows.map { $0.ratio == 1 } == [false, true, false])
    for row in result.rows { #expect(row.rounds.allSatisfy { $0 > 0 }) }
  }

  @Test(arguments: [1, 2, 4])
  func pagesComeBackFromOtherThreads(returners: Int) throws {
    let result = try result("page_pool.cross.\(returners)")
    let back = result.rows.filter { $0.contender.hasSuffix(": back") }
    #expect(back.count == 6)
    for row in back { #expect((row.ratio != nil) == (returners > 1)) }
    for row in result.rows { #expect(row.rounds.allSatisfy { $0 > 0 }) }
  }

  @Test(arguments: [1, 7])
  func noPageIsLost(seed: UInt64) throws {
    #expect(try PagePoolSoak.run(operations: 600_000, seed: seed) == 0)
  }

  @Test func theCasesHaveTheirNames() throws {
    let names = BenchCatalogue.cases([]).map(\.name)
    for count in [1, 2, 3, 4, 8, 16, 32, 64, 128] {
      #expect(names.contains("page_bench04.bulk.\(count)"))
    }
    for power in 0...13 { #expect(names.contains("page_bench02.outstanding.\(1 << power)")) }
    #expect(names.contains("page_pool.soak"))
  }
}
