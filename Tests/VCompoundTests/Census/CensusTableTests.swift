// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// The table of the census, and its labels, against plain models.
@Suite struct CensusTableTests {
  private func open(limit: Int, period: Int = 0) throws -> Census {
    try Census(
      limit: limit, period: period, seed: 1,
      system: OperatingSystem(faults: nil, tables: TableRegister()))
  }

  private func entry(_ address: UInt, _ byteCount: Int) -> CensusEntry {
    CensusEntry(
      address: address, asked: ByteCount(byteCount), objectBytes: 0, stitchedRuns: 0)
  }

  /// Random entries come and go, and are what a dictionary has at every step that is looked at.
  @Test(arguments: [UInt64(1), 2, 3])
  func entriesAreThoseOfADictionary(seed: UInt64) throws {
    let census = try open(limit: 100_000)
    var random = SeededGenerator(seed: seed)
    var model: [UInt: Int] = [:]
    var addresses: [UInt] = []
    for step in 0..<60_000 {
      // First more come than go, then the other way round.
      let isEntering = Int.random(in: 0..<100, using: &random) < (step < 40_000 ? 60 : 40)
      if isEntering || addresses.isEmpty {
        let unit = [UInt(16), 4096, 2 << 20][Int.random(in: 0..<3, using: &random)]
        let address = (1 << 40) + UInt.random(in: 0..<1 << 20, using: &random) * unit
        if model[address] != nil { continue }
        let byteCount = Int.random(in: 1...1 << 20, using: &random)
        census.enter(entry(address, byteCount), .none)
        model[address] = byteCount
        addresses.append(address)
      } else {
        let index = Int.random(in: 0..<addresses.count, using: &random)
        addresses.swapAt(index, addresses.count - 1)
        let address = addresses.removeLast()
        let asked = census.leave(address)?.entry.asked.rawValue
        if asked == nil || asked != model.removeValue(forKey: address) {
          Issue.record("\(address) is listed with \(asked ?? -1) bytes")
        }
        if census.leave(address) != nil { Issue.record("\(address) is listed twice") }
      }
      if step % 10_000 == 9_999 {
        var found: [UInt: Int] = [:]
        var count = 0
        census.forEach { entry, _ in
          found[entry.address] = entry.asked.rawValue
          count += 1
        }
        #expect(found == model && count == model.count)
      }
    }
    #expect(model.count > 1000 && census.missed == 0)
  }

  /// A full table loses new blocks, says so, and keeps those that it has.
  @Test func whatFindsNoRoomIsCounted() throws {
    let census = try open(limit: 32)
    for number in 1...20_000 { census.enter(entry(UInt(number) << 12, number), .none) }
    var count = 0
    census.forEach { _, _ in count += 1 }
    #expect(census.missed > 0 && count + census.missed == 20_000)
    for number in 1...20_000 { census.leave(UInt(number) << 12) }
    census.forEach { _, _ in Issue.record("an entry is left") }
    census.enter(entry(4096, 1), .none)
    #expect(census.leave(4096) != nil)
  }

  /// More labels than there is room for share one row; those that were first keep theirs.
  @Test func labelsBeyondTheLimitShareARow() throws {
    let census = try open(limit: 200_000)
    let wanted = 4 * CensusSites.limit
    for number in 0..<wanted * 32 {
      let label = SourceLabel("many", #fileID, UInt(number / 32))
      census.enter(entry(UInt(number + 1) << 4, 1), label)
    }
    var texts: [String: Double] = [:]
    census.forEachSite { texts[$0.label.place ?? $0.label.text, default: 0] += $0.allocations }
    #expect(texts.values.reduce(0, +) == Double(wanted * 32))
    #expect(texts["\(#fileID):0"] == 32)
    let others = try #require(texts["(more labels than are listed)"])
    #expect(others > 0 && others < Double(wanted * 20))
  }

  @Test func aLabelTellsWhatWasGiven() {
    let label = SourceLabel("frames", "Player/Decoder.swift", 12)
    #expect(label.text == "frames" && label.place == "Player/Decoder.swift:12")
    #expect(SourceLabel("frames").place == nil && SourceLabel.none.text == "")
    #expect(SourceLabel("", ifEmpty: "page pool").text == "page pool")
    #expect(SourceLabel("a", ifEmpty: "page pool").text == "a")
    #expect(SourceLabel.listedByCaller != .none && SourceLabel.listedByCaller.place == nil)
    #expect(SourceLabel("frames", "Player/Decoder.swift", 13) != label)
  }

  /// Of blocks of one size as many are sampled as the distribution says, and their weights add up to
  /// all of them: within five standard deviations.
  @Test(arguments: [16, 1000, 4096, 65_536, 1 << 20])
  func samplesStandForAll(byteCount: Int) throws {
    let sampler = CensusSampler(period: 65_536, seed: 7)
    let count = 100_000
    let sampled = (0..<count).count { _ in sampler.samples(ByteCount(byteCount)) }
    let share = 1 / Double(sampler.weight(ByteCount(byteCount)))
    let deviation = (Double(count) * share * (1 - share)).squareRoot()
    #expect(abs(Double(sampled) - Double(count) * share) <= 5 * deviation + 1e-6)
    let estimate = Double(sampled) * Double(sampler.weight(ByteCount(byteCount)))
    #expect(abs(estimate - Double(count)) <= 5 * deviation / share + 1)
    #expect(sampled > 0 && (byteCount < 1 << 19 ? sampled < count : sampled > count * 9 / 10))
  }

  /// Several threads list and unlist blocks of their own.
  @Test func threadsShareTheTable() throws {
    let census = try open(limit: 100_000)
    onThreads(4) { index in
      var random = SeededGenerator(seed: UInt64(index))
      var own: [UInt] = []
      for number in 0..<20_000 {
        if own.isEmpty || Bool.random(using: &random) {
          let address = UInt(number * 4 + index + 1) << 4
          census.enter(entry(address, 1), SourceLabel("a", #fileID, UInt(number % 7)))
          own.append(address)
        } else {
          let index = Int.random(in: 0..<own.count, using: &random)
          own.swapAt(index, own.count - 1)
          if census.leave(own.removeLast()) == nil { Issue.record("a block is not listed") }
        }
        if number % 1000 == 0 { census.forEach { _, _ in } }
      }
      for address in own where census.leave(address) == nil { Issue.record("a block is lost") }
    }
    census.forEach { _, _ in Issue.record("an entry is left") }
    var allocations = 0.0
    census.forEachSite { allocations += $0.allocations }
    #expect(allocations > 4 * 10_000)
  }
}
