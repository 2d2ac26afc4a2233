// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import vcdemo

@Suite struct FragmentDemoTests {
  private func options(_ size: Int, block: Int = 16 << 10, seed: UInt64 = 1) -> FragmentOptions {
    var options = FragmentOptions()
    options.size = size
    options.block = block
    options.seed = seed
    return options
  }

  private func run(_ options: FragmentOptions) throws -> FragmentResult {
    try FragmentResult.run(options, started: { _, _, _ in }, found: { _ in })
  }

  @Test(arguments: [4 << 10, 16 << 10, 20_000])
  func servesAllThatIsFree(block: Int) throws {
    let result = try run(options(16 << 20, block: block))
    #expect(result.isWhole)
    #expect(result.rows.map(\.byteCount) == Usability.sizes)
    #expect(result.freeBytes >= result.freedCount * block)
    for row in result.applicableRows {
      #expect(row.compound == row.possible, "\(row.byteCount)")
      #expect(row.buddy <= row.anyRun && row.anyRun <= row.possible, "\(row.byteCount)")
    }
    // Blocks freed here and there leave nothing large for the other two.
    let top = try #require(result.applicableRows.last)
    #expect(top.anyRun < top.possible)
    let largest = try #require(result.largest)
    #expect(largest.byteCount == result.freeBytes)
    #expect(largest.freeRuns > 1)
    #expect(largest.isExchanged ? largest.runs == 1 : largest.runs >= largest.freeRuns)
    #expect(largest.longestRun < largest.byteCount)
  }

  @Test func theSameSeedGivesTheSameFigures() throws {
    let first = try run(options(8 << 20))
    let second = try run(options(8 << 20))
    let other = try run(options(8 << 20, seed: 2))
    #expect(first.rows == second.rows)
    #expect(first.largest?.freeRuns == second.largest?.freeRuns)
    #expect(first.largest?.freeRuns != other.largest?.freeRuns)
  }

  @Test func anArenaThatWasNeverFilledIsWholeForAll() throws {
    var options = options(8 << 20)
    options.fill = Ratio(millionths: 0)
    let result = try run(options)
    #expect(result.isWhole)
    #expect(result.freeBytes == 8 << 20)
    #expect(result.applicableRows.count == 12)
  }

  @Test func moreThanTheMachineHasIsRefused() {
    #expect(throws: CommandFailure.self) { try run(options(1 << 50)) }
  }

  @Test func theDocumentIsReadable() throws {
    let result = try run(options(4 << 20))
    let data = Data(FragmentDocument.json(result).text.utf8)
    let parsed = try JSONSerialization.jsonObject(with: data)
    let document = try #require(parsed as? [String: Any])
    #expect(document["schema"] as? Int == 1)
    #expect(document["passed"] as? Bool == true)
    #expect((document["rows"] as? [Any])?.count == Usability.sizes.count)
    #expect((document["largest"] as? [String: Any])?["bytes"] as? Int == result.freeBytes)
  }
}
