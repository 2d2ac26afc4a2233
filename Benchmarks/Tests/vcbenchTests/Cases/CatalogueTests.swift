// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct CatalogueTests {
  private let cases = BenchCatalogue.cases(
    ["x/TCMALLOC_3.csv", "x/TCMALLOC_11.csv"], traces: ["x/numpy.trace"])

  private func names(_ words: String...) throws(CommandFailure) -> [String] {
    try BenchCatalogue.select(words, from: cases).map(\.name)
  }

  @Test func namesAreDifferent() {
    #expect(Set(cases.map(\.name)).count == cases.count)
    let list = BenchCatalogue.list(cases)
    for one in cases { #expect(list.contains(one.name) && list.contains(one.summary)) }
  }

  @Test func groupsStayTogether() {
    var groups: [BenchGroup] = []
    for one in cases where groups.last != one.group { groups.append(one.group) }
    #expect(groups == BenchGroup.allCases)
  }

  @Test func withoutAWordAllAreChosen() throws {
    #expect(try BenchCatalogue.select([], from: cases).count == cases.count)
  }

  @Test func oneWordMeansAll() throws {
    #expect(try names("all") == cases.map(\.name))
    #expect(try names("warm", "all") == cases.map(\.name))
  }

  @Test func aNameIsPreferredToABeginning() throws {
    #expect(try names("stitch.cold.1") == ["stitch.cold.1"])
    #expect(try names("stitch.cold.512") == ["stitch.cold.512"])
    #expect(try names("stitch.cold.6") == ["stitch.cold.64"])
    #expect(try names("fix_size_alloc_test") == ["fix_size_alloc_test"])
  }

  @Test func aBeginningMeansSeveral() throws {
    #expect(
      try names("arena", "stitch.cold.51") == [
        "stitch.cold.512", "stitch.cold.512.16MiB", "arena.64KiB", "arena.4MiB",
      ])
    #expect(try names("warm").count == 15)
    #expect(try names("warm.mixed", "warm").count == 15)
    #expect(try names("fleetbench") == ["fleetbench.3", "fleetbench.11"])
  }

  @Test(arguments: [
    ("nope", "unknown case 'nope'"), ("warm.64Kib", "did you mean 'warm.64KiB'?"),
    ("warm.64KiB.", "did you mean 'warm.64KiB'?"), ("recieve", "did you mean 'receive'?"),
  ])
  func anUnknownNameIsRefused(name: String, message: String) {
    let failure = #expect(throws: CommandFailure.self) {
      _ = try BenchCatalogue.select(["warm", name], from: cases)
    }
    #expect(failure?.message.contains(message) == true)
  }

  @Test func withoutAFileTheWayToOneIsSaid() {
    let failure = #expect(throws: CommandFailure.self) {
      _ = try BenchCatalogue.select(["fleetbench"], from: BenchCatalogue.cases([]))
    }
    #expect(failure?.message.contains("--fleetbench FILE.csv") == true)
  }

  @Test(arguments: [
    (["a/TCMALLOC_0.csv", "b/TCMALLOC_12.csv"], ["fleetbench.0", "fleetbench.12"]),
    (["a/x1.csv", "b/x1.csv"], ["fleetbench.0", "fleetbench.1"]),
    (["sizes.csv"], ["fleetbench.0"]), ([], []),
  ])
  func filesMakeNames(paths: [String], names: [String]) {
    #expect(FleetbenchCase.names(paths) == names)
  }
}
