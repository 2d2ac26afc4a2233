// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

@Suite struct ReportTests {
  private typealias Item = InlineArray<100, UInt8>

  /// The lines of the part that begins with a title.
  private func part(_ title: String, of report: String) throws -> [Substring] {
    let lines = report.split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex { $0.hasPrefix(title) })
    return Array(lines[(start + 1)...].prefix { !$0.isEmpty })
  }

  /// The numbers of a line.
  private func numbers(_ line: Substring) -> [Int] {
    line.split(separator: " ").compactMap { Int($0) }
  }

  private func configuration(_ change: (inout AllocatorConfiguration) -> Void = { _ in })
    -> AllocatorConfiguration
  {
    var configuration = AllocatorConfiguration()
    configuration.name = "textures"
    change(&configuration)
    return configuration
  }

  @Test func theLedgerAddsUpToTheCapacity() throws {
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(16), configuration: configuration())
    let blocks = try [10, 5000, 3 << 20].map { try allocator.allocatePointer(byteCount: .init($0)) }
    let report = allocator.report()
    #expect(report.hasPrefix("arena 'textures' of 16.0 MiB, fallback: automatic\nhelper: none\n"))
    let ledger = try part("ledger", of: report).map { numbers($0).last ?? 0 }
    #expect(ledger.count == 6 && ledger.reduce(0, +) == 4096)
    let statistics = allocator.statistics
    #expect(ledger[1] == statistics.slabs.rawValue / 4096)
    #expect(report.contains("\(statistics)"))
    allocator.deallocate(all: blocks)
  }

  @Test func freeBlocksAreListedByOrder() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    let pages = try allocator.fragment { $0 % 3 == 0 }
    let rows = try part("free memory", of: allocator.report()).dropFirst().map(numbers)
    let expected = allocator.fragmentation.freeBlocks
    #expect(rows.map { $0[0] } == Array(expected.indices))
    #expect(rows.map { $0[1] } == expected && expected[0] > 1000)
    allocator.deallocate(all: pages)
  }

  @Test func classesAreListedWithTheirObjects() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    let sizes = [40, 600]
    let kinds = sizes.map { SizeClass.covering($0 + ObjectChecks.redzone) }
    var objects = try (0..<200).map {
      try allocator.allocatePointer(byteCount: .init(sizes[$0 % 2]))
    }
    for _ in 0..<50 { allocator.deallocate(objects.removeLast()) }
    let rows = try part("objects", of: allocator.report()).dropFirst().map(numbers)
    #expect(rows.map { $0[0] } == kinds.map(SizeClass.byteCount))
    for row in rows {
      let (inUse, total, slabs, pages, kept, depot) = (
        row[1], row[2], row[3], row[4], row[5], row[6]
      )
      #expect(inUse == 75 && slabs > 0 && pages >= slabs)
      #expect(inUse + kept + depot <= total && total * row[0] <= pages * 4096)
    }
    #expect(rows.map { $0[4] }.reduce(0, +) == allocator.statistics.slabs.rawValue / 4096)
    allocator.deallocate(all: objects)
    allocator.drain()
    #expect(try part("objects", of: allocator.report()).count == 1)
  }

  @Test func poolsAndCachesAreListedWhileTheyAreThere() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    #expect(try part("pools", of: allocator.report()) == ["  none"])
    do {
      var pool = try PagePool(
        allocator: allocator, limits: .init(out: 64, kept: 8), name: "receive")
      let page = try pool.take()
      let cache = try ObjectCache<Item>(allocator: allocator, kept: 4, name: "parsers") {
        Item(repeating: 7)
      }
      let first = try cache.take()
      let second = try cache.take()
      let lines = try part("pools", of: allocator.report())
      #expect(lines.count == 2)
      #expect(lines[0].hasPrefix("  pool 'receive' of pages of 4096 bytes: 1 out of 64, "))
      #expect(
        lines[1]
          == "  object cache 'parsers' of 100 bytes: 2 out, 0 kept of 4, 2 created, 0 destroyed")
      _ = consume first
      _ = consume second
      _ = consume page
    }
    #expect(try part("pools", of: allocator.report()) == ["  none"])
  }

  @Test func theHelperIsListed() throws {
    let upkeep = configuration {
      $0.upkeep = ArenaUpkeep()
      $0.fallback = .whenNeeded
    }
    let allocator = try CompoundAllocator(capacity: .mebibytes(2), configuration: upkeep)
    let line = "helper: gives back what is free for 5.0 seconds, exchanges 4096.0 MiB a second, "
    #expect(allocator.report().contains(line + "keeps no run at hand\n"))
  }

  /// Allocates some blocks, and has a pool and a cache come and go.
  private func use(_ allocator: CompoundAllocator, _ random: inout SeededGenerator) throws {
    let blocks = try (0..<Int.random(in: 1...100, using: &random)).map { _ in
      try allocator.allocatePointer(byteCount: .init(Int.random(in: 1...9000, using: &random)))
    }
    var pool = try PagePool(allocator: allocator, limits: .init(out: 8, kept: 8))
    let page = try pool.take()
    let cache = try ObjectCache<Item>(allocator: allocator, kept: 9) { Item(repeating: 1) }
    let item = try cache.take()
    _ = consume page
    _ = consume item
    allocator.deallocate(all: blocks)
  }

  /// Threads that allocate, and pools and caches that come and go, beside a reader.
  @Test func aReportIsMadeUnderLoad() throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(16))
    let isOver = Flag()
    let crew = Crew(3) { index in
      var random = SeededGenerator(seed: UInt64(index))
      while !isOver.isRaised {
        do { try use(allocator, &random) } catch { Issue.record("\(error)") }
      }
    }
    for _ in 0..<200 {
      let report = allocator.report()
      let ledger = try part("ledger", of: report).map { numbers($0).last ?? 0 }
      #expect(ledger.reduce(0, +) == 4096)
      #expect(!report.contains(" -"))
    }
    isOver.raise()
    crew.join()
    #expect(try part("pools", of: allocator.report()) == ["  none"])
    allocator.drain()
    #expect(try part("objects", of: allocator.report()).count == 1)
    allocator.heapForTests.validate()
  }
}
