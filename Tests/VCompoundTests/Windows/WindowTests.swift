// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Windows by number: in use, retired, leaving.
@Suite struct WindowTests {
  private func table() throws -> WindowTable {
    try WindowTable(
      count: 100, budget: MappingBudget(limit: 1000, maximumMapCount: 65_530),
      system: OperatingSystem())
  }

  private func window(
    at page: Int, mappings: Int = 2, isMirrored: Bool = false
  ) throws -> Window {
    let runs = try RunTable(capacity: 4, system: OperatingSystem())
    var list = RunList.empty
    #expect(runs.append(run(70, 2), to: &list) && runs.append(run(3, 1), to: &list))
    return Window(
      firstPage: page, room: 5, runs: list, isMirrored: isMirrored, byteCount: 9000,
      mappings: mappings, owner: .buffer)
  }

  @Test func eachByteOfAMirroredWindowHasTwoAddresses() throws {
    let window = try window(at: 1000, isMirrored: true)
    #expect(window.pageCount == 3 && window.mappedPageCount == 6)
    let offsets = (999..<1008).map { window.offset(of: UInt($0 << 12) + 5) }
    #expect(offsets == [nil, 5, 4101, 8197, 5, 4101, 8197, nil, nil])
  }

  @Test func aWindowHasTheBytesOfItsRunsAndNoMore() throws {
    let window = try window(at: 1000)
    #expect(window.address == 1000 << 12)
    #expect(window.pageCount == 3)
    let pages = (999..<1006).map { window.offset(of: UInt($0 << 12)) != nil }
    #expect(pages == [false, true, true, true, false, false, false])
  }

  @Test func retiredWindowsAreFoundYoungestFirst() throws {
    var table = try table()
    for number in [4, 9, 2, 7] {
      table.insert(try window(at: number * 10, mappings: number), at: number)
    }
    for number in [9, 2, 7] { _ = table.retire(number) }
    var found: [Int?] = [table.youngestRetired { _ in true }]
    table.unretire(7, .live)
    found.append(table.youngestRetired { _ in true })
    found.append(table.youngestRetired { $0.firstPage > 20 })
    found.append(table.youngestRetired { $0.firstPage > 90 })
    #expect(found == [7, 2, 9, nil])
    let counts = (table.live.count, table.retiredCount, table.retiredMappings)
    #expect(counts == (2, 2, 11))
    table.unretire(9, .leaving)
    let gone = table.remove(9)
    #expect(gone.firstPage == 90)
    found = [table.youngestRetired { _ in true }]
    #expect(found == [2])
    var pages: [Int] = []
    table.forEach { pages.append($0.firstPage) }
    #expect(pages.sorted() == [20, 40, 70])
  }

  @Test func aWindowRetiredTwiceStopsTheProgram() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let budget = MappingBudget(limit: 1000, maximumMapCount: 65_530)
      var table = try WindowTable(count: 10, budget: budget, system: OperatingSystem())
      table.insert(
        Window(
          firstPage: 5, room: 1, runs: .empty, isMirrored: false, byteCount: 1, mappings: 2,
          owner: .buffer),
        at: 3)
      _ = table.retire(3)
      _ = table.retire(3)
    }
    #expect(lastWords(result, say: "window 3", "freed twice"))
  }
}
