// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// What the census knows of blocks that are split and joined.
@Suite struct PartsCensusTests {
  private func open(
    _ coverage: CensusCoverage, _ fallback: FallbackPolicy = .whenNeeded,
    mappingLimit: Int? = nil, softLimit: ByteCount? = nil
  ) throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.census = coverage
    configuration.fallback = fallback
    configuration.mappingLimit = mappingLimit
    configuration.softLimit = softLimit
    configuration.mayExchange = false
    return try CompoundAllocator(capacity: .mebibytes(4), configuration: configuration)
  }

  /// The labels of the blocks that are listed, and what they stand for.
  private func listed(_ allocator: CompoundAllocator) -> [String: [Double]] {
    var weights: [String: [Double]] = [:]
    allocator.forEachBlock { weights[$0.label, default: []].append(Double($0.weight)) }
    return weights
  }

  /// Parts are listed exactly when the whole is, and stand for as many.
  @Test(arguments: [FallbackPolicy.whenNeeded, .always])
  func partsHaveTheLabelOfTheWhole(fallback: FallbackPolicy) throws {
    let allocator = try open(.sampled(every: .kibibytes(64)), fallback)
    var listedWholes = 0
    for _ in 0..<60 {
      var whole = try allocator.allocate(pageCount: 8, label: "whole")
      let before = listed(allocator)
      listedWholes += before["whole"]?.count ?? 0
      let tail = try whole.splitOff(at: .kibibytes(12))
      let weight = before["whole"]?.first
      let after = listed(allocator)
      #expect(after == (weight.map { ["whole": [$0, $0]] } ?? [:]))
      var rest: CompoundBuffer? = consume tail
      var slots = PageSlots(count: 8, allocator: allocator, label: "slots")
      try slots.put(pagesOf: &rest)
      let pages = listed(allocator)
      #expect(pages == (weight.map { ["whole": Array(repeating: $0, count: 6)] } ?? [:]))
      _ = consume whole
    }
    // Some are, and some are not: both were looked at.
    #expect((5...55).contains(listedWholes))
    allocator.drainCaches()
    #expect(listed(allocator).isEmpty)
  }

  @Test func aBufferOfPagesHasTheLabelOfTheirArray() throws {
    let allocator = try open(.sampled(every: .kibibytes(64)))
    var slots = PageSlots(count: 512, allocator: allocator, label: "slots")
    _ = try allocator.allocate(into: &slots, demand: .all)
    let joined = try CompoundBuffer(joining: &slots)
    #expect(listed(allocator) == ["slots": [1]])
    _ = consume joined
  }

  @Test func refusedCopiesCountForTheLabel() throws {
    let allocator = try open(.everything)
    var small = try allocator.allocate(byteCount: 1000, label: "small")
    while !small.block.isObject { small = try allocator.allocate(byteCount: 1000, label: "small") }
    var other = try allocator.allocate(byteCount: 4096 + 1000, alignment: .page, label: "other")
    let filler = try allocator.allocate(pageCount: PageCount(covering: allocator.statistics.free))
    var slots = PageSlots(count: 2, allocator: allocator, label: "slots")
    func refusals(_ label: String) -> Int {
      allocator.census().labels.first { $0.label == label }?.refusals ?? 0
    }
    var given: CompoundBuffer? = consume small
    #expect(throws: CompoundError.self) { try slots.put(pagesOf: &given) }
    #expect(refusals("small") == 1)
    var tail: CompoundBuffer? = try .some(other.splitOff(at: .page))
    guard let part = tail.take() else { return }
    tail = consume part
    #expect(allocator.statistics.refusals.total == 1)
    #expect(allocator.census().total.refusals == 1)
    #expect(listed(allocator)["small"]?.count == 1 && listed(allocator)["other"]?.count == 2)
    _ = consume filler
    allocator.heapForTests.validate()
  }

  /// A cut for which no mapping is left counts, with the label of the block.
  @Test func refusedCutsCount() throws {
    let allocator = try open(.everything, mappingLimit: 102)
    let kept = try allocator.fragment { $0 % 2 == 0 }
    var buffer = try allocator.allocate(pageCount: 100, label: "cut")
    let tail = try buffer.splitOff(at: .kibibytes(40))
    #expect(throws: CompoundError.mappingBudget(needed: 1, available: 0, limit: 102)) {
      _ = try buffer.splitOff(at: .page)
    }
    _ = consume tail
    _ = consume buffer
    #expect(allocator.statistics.refusals.mappings == 1)
    let row = allocator.census().labels.first { $0.label == "cut" }
    #expect(row?.refusals == 1 && row?.blocks == 0)
    allocator.deallocate(all: kept)
  }

  /// A copy into pages of its own is new memory: reclaimers run at the soft limit.
  @Test func copiesKeepTheSoftLimit() throws {
    let allocator = try open(.off, softLimit: .mebibytes(2))
    let asked = Asked()
    allocator.addReclaimer(for: asked) { asked, _ in
      asked.count.wrappingAdd(1, ordering: .relaxed)
      return false
    }
    var small = try allocator.allocate(byteCount: 1000)
    while !small.block.isObject { small = try allocator.allocate(byteCount: 1000) }
    let used = allocator.capacity - allocator.statistics.free
    let filler = try allocator.allocate(byteCount: .mebibytes(2) - used)
    let before = asked.times
    var slots = PageSlots(count: 1, allocator: allocator)
    var given: CompoundBuffer? = consume small
    try slots.put(pagesOf: &given)
    #expect(asked.times > before)
    _ = consume filler
    withExtendedLifetime(asked) {}
  }
}

/// How often a reclaimer was asked.
private final class Asked: Sendable {
  let count = Atomic(0)
  var times: Int { count.load(ordering: .relaxed) }
}
