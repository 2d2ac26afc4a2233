// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Random operations on a pool against a plain model: which pages are out, and what is in them.
@Suite struct PoolModelTests {
  @Test(arguments: [(2, 2), (40, 7), (300, 500), (1000, 64)], 0..<2)
  func agreesWithAPlainModel(limits: (Int, Int), seed: UInt64) throws {
    let allocator = try CompoundAllocator.contiguousFirst(.mebibytes(4))
    var random = SeededGenerator(seed: seed)
    var pool = try PagePool(allocator: allocator, limits: .init(out: limits.0, kept: limits.1))
    var model = PoolModel()
    for step in 0..<20_000 {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<45: model.take(&pool, limit: limits.0)
      case 45..<51: model.putBack(&pool, byRecycling: true, &random)
      case 51..<59: model.putBack(&pool, byRecycling: false, &random)
      case 59..<69: model.gather(&random)
      case 69: model.putBackTogether(&pool, &random)
      case 70..<77: model.share(&random)
      case 77..<84: model.letGo(&random)
      case 84..<90: model.takeFragment(&pool, limit: limits.0, &random)
      case 90..<98: model.dropFragment(&random)
      case 98: model.lend(&pool, &random)
      default:
        // The neighbour's need empties the pool, and nothing else.
        if step % 16 == 0 {
          allocator.heapForTests.inNeed {}
          #expect(pool.statistics.kept == 0)
        }
      }
      let statistics = pool.statistics
      #expect(statistics.inFlight == model.outCount)
      #expect(statistics.lastReader == model.lastReaders)
      if step % 64 == 0 {
        #expect(Set(pool.monitor.holders.map(\.address)) == model.out)
      }
      #expect(statistics.kept <= limits.1)
      #expect(statistics.inFlight + statistics.kept <= limits.0)
      let live = PageCount(statistics.inFlight + statistics.kept).byteCount
      #expect(allocator.statistics.live == live)
    }
    let closure = pool.close(seed == 0 ? .atOnce : .waiting(.zero))
    model.endCutting()
    #expect(Set(closure.holders.map(\.address)) == model.out)
    model.dropAll()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }
}

/// What must be true of a pool.
private struct PoolModel: ~Copyable {
  private final class Owner {
    var page: PooledPage?
    let stamp: Int

    init(_ page: consuming PooledPage, stamp: Int) {
      self.page = consume page
      self.stamp = stamp
    }
  }

  private final class Reader {
    var page: SharedPage?
    let stamp: Int

    init(_ page: consuming SharedPage, stamp: Int) {
      self.page = consume page
      self.stamp = stamp
    }
  }

  private final class Part {
    var fragment: PageFragment?
    let byte: UInt8

    init(_ fragment: consuming PageFragment, byte: UInt8) {
      self.fragment = consume fragment
      self.byte = byte
    }
  }

  private var owners: [Owner] = []
  private var readers: [Reader] = []
  private var parts: [Part] = []
  private var cutting: UInt?
  private var stamps = 0
  private var batch = PooledPageBatch()
  /// The pages in the batch, which are out.
  private var gathered: [UInt] = []
  /// Pages whose last holder was a reader.
  private(set) var lastReaders = 0

  /// How many hold each page that is out.
  private var holders: [UInt: Int] = [:]

  var outCount: Int { holders.count }

  var out: Set<UInt> { Set(holders.keys) }

  private mutating func hold(_ page: UInt) { holders[page, default: 0] += 1 }

  private mutating func release(_ page: UInt) {
    guard let count = holders[page] else {
      Issue.record("a page that nobody has is let go of")
      return
    }
    holders[page] = count == 1 ? nil : count - 1
  }

  mutating func take(_ pool: inout PagePool, limit: Int) {
    do {
      var page = try pool.take()
      let isFresh = holders[page.address] == nil
      #expect(isFresh, "a page is handed out twice")
      stamps += 1
      page.withUnsafeMutableBytes { writeStamps($0, pages: 1, block: stamps) }
      hold(page.address)
      owners.append(Owner(page, stamp: stamps))
    } catch {
      #expect(error == .exhausted(limit: limit))
      #expect(outCount == limit)
    }
  }

  mutating func putBack(
    _ pool: inout PagePool, byRecycling: Bool, _ random: inout SeededGenerator
  ) {
    guard !owners.isEmpty else { return }
    let owner = owners.remove(at: Int.random(in: 0..<owners.count, using: &random))
    guard let page = owner.page.take() else { return }
    let holds = page.withUnsafeBytes { stampsHold($0, pages: 1, block: owner.stamp) }
    #expect(holds)
    release(page.address)
    if byRecycling { pool.recycle(page) }
  }

  mutating func share(_ random: inout SeededGenerator) {
    guard let owner = owners.randomElement(using: &random), var page = owner.page.take() else {
      return
    }
    let reader = page.share()
    hold(page.address)
    owner.page = consume page
    readers.append(Reader(reader, stamp: owner.stamp))
  }

  mutating func letGo(_ random: inout SeededGenerator) {
    guard !readers.isEmpty else { return }
    let reader = readers.remove(at: Int.random(in: 0..<readers.count, using: &random))
    guard let page = reader.page.take() else { return }
    let holds = page.withUnsafeBytes { stampsHold($0, pages: 1, block: reader.stamp) }
    #expect(holds)
    if holders[page.address] == 1 { lastReaders += 1 }
    // Some go into the batch, which has a page only if nobody else has it.
    guard Bool.random(using: &random) else { return release(page.address) }
    makeRoom()
    let address = page.address
    let before = batch.count
    batch.append(page)
    gather(address, batch.count > before)
  }

  /// An owner's page goes into the batch.
  mutating func gather(_ random: inout SeededGenerator) {
    guard !owners.isEmpty else { return }
    let owner = owners.remove(at: Int.random(in: 0..<owners.count, using: &random))
    guard let page = owner.page.take() else { return }
    makeRoom()
    let address = page.address
    let before = batch.count
    batch.append(page)
    gather(address, batch.count > before)
  }

  private mutating func gather(_ address: UInt, _ isIn: Bool) {
    #expect(isIn == (holders[address] == 1))
    if isIn { gathered.append(address) } else { release(address) }
  }

  /// A batch that is full is put back by the next page.
  private mutating func makeRoom() {
    guard batch.count == PooledPageBatch.capacity else { return }
    batch.putBack()
    releaseGathered()
  }

  mutating func putBackTogether(_ pool: inout PagePool, _ random: inout SeededGenerator) {
    #expect(batch.count == gathered.count)
    if Bool.random(using: &random) { pool.recycle(&batch) } else { batch.putBack() }
    #expect(batch.count == 0)
    releaseGathered()
  }

  private mutating func releaseGathered() {
    for address in gathered { release(address) }
    gathered = []
  }

  mutating func takeFragment(
    _ pool: inout PagePool, limit: Int, _ random: inout SeededGenerator
  ) {
    let size = Int.random(in: 1...4096, using: &random)
    do {
      var fragment = try pool.takeFragment(byteCount: ByteCount(size))
      let page = fragment.address & ~4095
      if page != cutting {
        endCutting()
        cutting = page
        hold(page)
      }
      hold(page)
      let byte = UInt8.random(in: 0...255, using: &random)
      fragment.withUnsafeMutableBytes { _ = $0.initializeMemory(as: UInt8.self, repeating: byte) }
      parts.append(Part(fragment, byte: byte))
    } catch {
      #expect(error == .exhausted(limit: limit))
    }
  }

  mutating func endCutting() {
    if let cutting { release(cutting) }
    cutting = nil
  }

  mutating func dropFragment(_ random: inout SeededGenerator) {
    guard !parts.isEmpty else { return }
    let part = parts.remove(at: Int.random(in: 0..<parts.count, using: &random))
    guard let fragment = part.fragment.take() else { return }
    let holds = fragment.withUnsafeBytes { bytes in bytes.allSatisfy { $0 == part.byte } }
    #expect(holds, "fragments overlap")
    release(fragment.address & ~4095)
  }

  /// A page goes to a pointer and back.
  mutating func lend(_ pool: inout PagePool, _ random: inout SeededGenerator) {
    guard let owner = owners.randomElement(using: &random), let page = owner.page.take() else {
      return
    }
    guard page.isUnique else {
      owner.page = consume page
      return
    }
    owner.page = pool.adopt(page.relinquish())
  }

  mutating func dropAll() {
    owners = []
    readers = []
    parts = []
    batch.putBack()
  }
}
