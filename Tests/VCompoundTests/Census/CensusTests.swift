// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import VCompound

@Suite struct CensusTests {
  private func open(
    _ coverage: CensusCoverage, _ capacity: ByteCount = .mebibytes(16),
    configure: (inout AllocatorConfiguration) -> Void = { _ in }
  ) throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    configuration.census = coverage
    configure(&configuration)
    return try CompoundAllocator(capacity: capacity, configuration: configuration)
  }

  @Test func withoutACensusNothingIsListed() throws {
    let allocator = try open(.off)
    let buffer = try allocator.allocate(byteCount: 9000, label: "frames")
    #expect(allocator.census() == ArenaCensus() && allocator.census().largestHolders() == "")
    allocator.forEachBlock { _ in Issue.record("a block is listed") }
    #expect(!allocator.report().contains("census"))
    _ = consume buffer
  }

  @Test func rowsAreByLabelAndPlace() throws {
    let allocator = try open(.everything)
    func frame() throws -> CompoundBuffer { try allocator.allocate(pageCount: 5, label: "frames") }
    let first = try frame()
    let second = try frame()
    let third = try allocator.allocate(pageCount: 2, label: "frames")
    let plain = try allocator.allocate(pageCount: 1)
    let census = allocator.census()
    #expect(census.rows.map(\.blocks) == [2, 1, 1] && census.rows.map(\.runs) == [2, 1, 1])
    #expect(census.rows.map(\.held.rawValue) == [10 * 4096, 2 * 4096, 4096])
    #expect(census.rows.map(\.label) == ["frames", "frames", ""])
    #expect(census.rows[0].place != census.rows[1].place && census.rows[2].place == nil)
    #expect(census.labels.map(\.blocks) == [3, 1] && census.labels[0].place == nil)
    #expect(census.labels.map(\.held.rawValue) == [12 * 4096, 4096])
    #expect(census.total.blocks == 4 && census.total.held.rawValue == 13 * 4096)
    let place = try #require(census.rows[0].place)
    #expect(
      census.largestHolders(1) == "'frames' (\(place)) 0.0 MiB in 2 blocks"
        && census.largestHolders(9).hasSuffix("; no label 0.0 MiB in 1 block"))
    #expect(allocator.report().contains("census\n\(census)\n"))
    let coded = try JSONEncoder().encode(census)
    #expect(try JSONDecoder().decode(ArenaCensus.self, from: coded) == census)
    _ = consume first
    _ = consume second
    _ = consume third
    _ = consume plain
    let rest = allocator.census()
    #expect(rest.rows.map(\.blocks) == [0, 0, 0] && rest.rows.map(\.allocations) == [2, 1, 1])
  }

  @Test func theAgesAreThoseOfTheBlocks() async throws {
    let allocator = try open(.everything)
    var first = try allocator.allocate(pageCount: 1, label: "frames")
    try await Task.sleep(for: .milliseconds(60))
    try first.resize(toByteCount: .mebibytes(1))
    let second = try allocator.allocate(pageCount: 1, label: "frames")
    let row = try #require(allocator.census().labels.first)
    let (oldest, youngest) = (try #require(row.oldest), try #require(row.youngest))
    // The clock of the census is some milliseconds late.
    #expect(oldest - youngest >= .milliseconds(50) && youngest >= .zero)
    var ages: [Int: Duration] = [:]
    allocator.forEachBlock { ages[$0.byteCount.rawValue] = $0.age }
    #expect(ages.count == 2)
    #expect(try #require(ages[1 << 20]) - #require(ages[4096]) >= .milliseconds(50))
    _ = consume first
    _ = consume second
  }

  /// Blocks are told with what they are, and the function may free and allocate.
  @Test func everyBlockIsTold() throws {
    let allocator = try open(.everything) { $0.fallback = .always }
    let object = try allocator.allocatePointer(byteCount: 100, label: "object")
    let pages = try allocator.allocatePointer(byteCount: .kibibytes(36), label: "pages")
    var told: [String: CompoundAllocator.ListedBlock] = [:]
    allocator.forEachBlock { told[$0.label] = $0 }
    #expect(told.count == 2)
    let first = try #require(told["object"])
    #expect(first.baseAddress == UnsafeRawPointer(object) && first.byteCount == 100)
    #expect(!first.isStitched && first.runs == 1 && first.heldByteCount.rawValue < 200)
    let second = try #require(told["pages"])
    #expect(second.baseAddress == UnsafeRawPointer(pages))
    #expect(second.heldByteCount.rawValue == 9 * 4096)
    #expect(second.isStitched && second.runs == 9 && second.weight == 1)
    #expect(second.place?.hasPrefix("VCompoundTests/CensusTests.swift:") == true)
    allocator.forEachBlock { block in
      allocator.deallocate(UnsafeMutableRawPointer(mutating: block.baseAddress))
      _ = try? allocator.allocate(byteCount: 100)
    }
    #expect(allocator.census().total.blocks == 0)
    struct Enough: Error {}
    let kept = try (0..<5).map { _ in try allocator.allocatePointer(byteCount: 50) }
    var count = 0
    #expect(throws: Enough.self) {
      try allocator.forEachBlock { _ in
        count += 1
        throw Enough()
      }
    }
    #expect(count == 1)
    allocator.deallocate(all: kept)
  }

  /// Who was stitched, who was refused, and how fragmented memory was then.
  @Test func scarcityIsNotedByLabel() throws {
    let allocator = try open(.everything, .mebibytes(8)) { $0.mayExchange = false }
    let kept = try allocator.fragment { $0 % 2 == 0 }
    let free = allocator.statistics.free
    let pages = PageCount(covering: free).rawValue
    let stitched = try allocator.allocate(pageCount: 16, label: "stitched")
    let runs = stitched.isStitched ? stitched.runs.count : 0
    #expect(throws: CompoundError.self) {
      _ = try allocator.allocate(byteCount: .mebibytes(5), label: "refused")
    }
    let rows = allocator.census().labels
    let first = try #require(rows.first { $0.label == "stitched" })
    #expect(first.stitches == 1 && first.refusals == 0 && first.runs == runs && runs == 16)
    #expect(first.stitched == first.held && first.held.rawValue == 16 * 4096)
    let scarcity = try #require(first.scarcity)
    #expect(!scarcity.isRefusal && scarcity.order == 4 && scarcity.longestRun == 1)
    #expect(scarcity.free.rawValue == pages - 16 && scarcity.unusableFreeSpaceIndex == 1)
    let second = try #require(rows.first { $0.label == "refused" })
    #expect(second.refusals == 1 && second.blocks == 0 && second.allocations == 0)
    let refusal = try #require(second.scarcity)
    #expect(refusal.isRefusal && refusal.order == 11 && refusal.free.rawValue == pages - 16)
    #expect(refusal.unusableFreeSpaceIndex == 1 && refusal.age >= .zero)
    #expect(allocator.statistics.refusals.total == 1)
    let report = allocator.report()
    #expect(report.contains("unusable for order 11: 100.0 %"))
    _ = consume stitched
    allocator.deallocate(all: kept)
  }

  /// Every way of being refused counts, and what is refused only without resident memory does not.
  @Test func refusalsCountAsInTheStatistics() async throws {
    let allocator = try open(.everything, .mebibytes(4))
    var small = try allocator.allocate(byteCount: .mebibytes(4), label: "full")
    var grown = CompoundArray<Int>(allocator: allocator, label: "refused")
    var slots = PageSlots(count: 3, allocator: allocator, label: "refused")
    var pool = try PagePool(
      allocator: allocator, limits: .init(out: 4, kept: 4), name: "refused")
    #expect(throws: CompoundError.self) { try grown.reserveCapacity(10_000) }
    #expect(throws: CompoundError.self) { try allocator.allocate(into: &slots) }
    #expect(throws: (any Error).self) { _ = try pool.take() }
    #expect(throws: CompoundError.self) {
      _ = try allocator.allocate(
        byteCount: 9000, policy: RequestPolicy(stitching: .never), label: "refused")
    }
    #expect(throws: CompoundError.self) {
      _ = try CompoundRing(capacity: .mebibytes(1), allocator: allocator, label: "refused")
    }
    #expect(throws: CompoundError.self) {
      try allocator.allocatePointer(byteCount: 9000, label: "refused")
    }
    await #expect(throws: CompoundError.self) {
      _ = try await allocator.allocate(
        byteCount: 9000, waiting: .milliseconds(1), label: "refused")
    }
    #expect(throws: CompoundError.self) {
      _ = try allocator.allocate(
        byteCount: 9000, policy: RequestPolicy(usesResidentMemoryOnly: true), label: "none")
    }
    #expect(throws: CompoundError.self) { _ = try allocator.allocate(byteCount: 0, label: "none") }
    try small.resize(toByteCount: .mebibytes(3))
    let filler = try allocator.allocate(byteCount: .mebibytes(1), label: "filler")
    #expect(throws: CompoundError.self) { try small.resize(toByteCount: .mebibytes(4)) }
    let rows = allocator.census().labels
    #expect(rows.first { $0.label == "refused" }?.refusals == 7)
    #expect(rows.first { $0.label == "full" }?.refusals == 1)
    #expect(rows.first { $0.label == "none" } == nil)
    #expect(allocator.census().total.refusals == allocator.statistics.refusals.total)
    _ = consume filler
  }

  /// Of many blocks of many sizes, a sample says how many there are, and how large.
  @Test(arguments: [UInt64(1), 2, 3])
  func aSampleEstimatesAllBlocks(seed: UInt64) throws {
    let period = 32 << 10
    let allocator = try open(.sampled(every: ByteCount(period)), .mebibytes(256)) {
      $0.seed = seed
    }
    var random = SeededGenerator(seed: seed)
    var held: [UnsafeMutableRawPointer] = []
    var sizes = 0
    var variance = 0.0
    func take(_ count: Int, _ range: ClosedRange<Int>) throws {
      for _ in 0..<count {
        let size = Int.random(in: range, using: &random)
        held.append(try allocator.allocatePointer(byteCount: ByteCount(size), label: "all"))
        sizes += size
        let weight = Double(allocator.heapForTests.census?.sampler.weight(ByteCount(size)) ?? 0)
        variance += Double(size) * Double(size) * (weight - 1)
      }
    }
    try take(20_000, 1...1000)
    try take(2000, 1000...20_000)
    try take(100, 20_000...400_000)
    let census = allocator.census()
    let row = try #require(census.labels.first)
    #expect(census.isEstimate && census.labels.count == 1)
    #expect(abs(Double(row.asked.rawValue - sizes)) <= 5 * variance.squareRoot())
    #expect(5 * variance.squareRoot() < 0.2 * Double(sizes), "the bound would allow anything")
    var listed = 0
    allocator.forEachBlock { block in
      listed += 1
      #expect(block.weight >= 1)
    }
    #expect(listed > 100 && listed < held.count / 2)
    // A block that grows is listed as one that was as large from the beginning.
    held.append(try allocator.allocatePointer(byteCount: 16, label: "grown"))
    held[held.count - 1] = try allocator.reallocatePointer(
      held[held.count - 1], byteCount: .mebibytes(8))
    var large = 0
    allocator.forEachBlock { if $0.byteCount.rawValue == 8 << 20, $0.weight == 1 { large += 1 } }
    #expect(large == 1)
    allocator.deallocate(all: held)
    allocator.forEachBlock { _ in Issue.record("a block is listed that is free") }
    #expect(allocator.census().total.blocks == 0)
    #expect(allocator.census().description.contains("estimates"))
  }

  /// The end of an allocator names who has leaked most.
  @Test(.enabled(if: CheckedBuild.isOn)) func aLeakNamesItsHolders() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var configuration = AllocatorConfiguration()
      configuration.census = .everything
      let allocator = try CompoundAllocator(
        capacity: .mebibytes(16), configuration: configuration)
      _ = try allocator.allocatePointer(byteCount: .mebibytes(2), label: "frames")
      _ = try allocator.allocatePointer(byteCount: 100)
      _ = try allocator.allocate(byteCount: .mebibytes(3), label: "freed")
    }
    #expect(
      lastWords(
        result, say: "leak: the allocator is gone", "and 1 more: 'frames' (VCompoundTests/",
        "2.0 MiB in 1 block; no label 0.0 MiB in 1 block"))
    #expect(!lastWords(result, say: "'freed'"))
  }

  /// So far apart that hardly any block is sampled, and that the numbers must not overflow.
  @Test(arguments: [1 << 50, 1 << 58, Int.max])
  func samplesMayBeAnyDistanceApart(period: Int) throws {
    var configuration = AllocatorConfiguration()
    configuration.census = .sampled(every: ByteCount(period))
    for seed in 0..<50 as Range<UInt64> {
      configuration.seed = seed
      let allocator = try CompoundAllocator(capacity: .mebibytes(1), configuration: configuration)
      let buffer = try allocator.allocate(byteCount: 5000, label: "sampled")
      #expect(allocator.census().total.blocks >= 0)
      _ = consume buffer
    }
  }
}
