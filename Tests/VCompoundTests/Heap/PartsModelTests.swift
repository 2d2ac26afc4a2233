// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Random splits, joins, resizes and frees against a plain model of contents and of the ledger.
@Suite struct PartsModelTests {
  /// A buffer, and the words that must be found in it.
  private final class Part {
    var buffer: CompoundBuffer?
    /// Where each word is, in bytes from the first one.
    var words: [Int: UInt64] = [:]

    init(_ buffer: consuming CompoundBuffer) { self.buffer = consume buffer }

    var byteCount: Int { buffer?.byteCount.rawValue ?? 0 }
    var pageCount: Int { buffer?.pageCount.rawValue ?? 0 }
    var isStitched: Bool { buffer?.isStitched ?? false }

    func write(_ offset: Int, _ word: UInt64) {
      guard offset + 8 <= byteCount else { return }
      buffer?.withUnsafeMutableBytes { bytes in
        bytes.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
      }
      words[offset] = word
    }

    func holds() -> Bool {
      let words = words
      return buffer?.withUnsafeBytes { bytes in
        words.allSatisfy {
          bytes.loadUnaligned(fromByteOffset: $0.key, as: UInt64.self) == $0.value
        }
      } ?? false
    }

    /// Drops the words that do not lie in a range as a whole, and returns the others, from its start.
    func words(in range: Range<Int>) -> [Int: UInt64] {
      let inside = words.filter { range.contains($0.key) && $0.key + 8 <= range.upperBound }
      return Dictionary(
        uniqueKeysWithValues: inside.map { ($0.key - range.lowerBound, $0.value) })
    }
  }

  private final class Run {
    let allocator: CompoundAllocator
    let capacity: Int
    /// Whether the policy does not stitch.
    let isNever: Bool
    var parts: [Part] = []
    var random: SeededGenerator
    var done: [String: Int] = [:]

    init(seed: UInt64, _ configuration: AllocatorConfiguration, pages: Int) throws {
      capacity = pages
      isNever = configuration.fallback == .never
      allocator = try CompoundAllocator(
        capacity: PageCount(pages).byteCount, configuration: configuration)
      random = SeededGenerator(seed: seed)
    }

    var used: Int { parts.reduce(0) { $0 + $1.pageCount } }

    func count(_ what: String) { done[what, default: 0] += 1 }

    func step() throws {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<26: try allocate()
      case 26..<42: try free()
      case 42..<60: try split()
      case 60..<80: try join()
      case 80..<90: try resize()
      default: try goThroughPages()
      }
    }

    private func pick() -> Part? { parts.randomElement(using: &random) }

    private func pickTwo() -> (Part, Part)? {
      guard parts.count > 1 else { return nil }
      let first = Int.random(in: 0..<parts.count, using: &random)
      // Neighbours were often one buffer before.
      let other =
        Bool.random(using: &random) ? first + 1 : Int.random(in: 0..<parts.count, using: &random)
      guard parts.indices ~= other, other != first else { return nil }
      return (parts[first], parts[other])
    }

    private func remove(_ part: Part) { parts.removeAll { $0 === part } }

    private func allocate() throws {
      let pages = Int.random(in: 1...(random.next() % 8 == 0 ? 100 : 12), using: &random)
      let isWhole = random.next() % 4 != 0
      let size = pages * 4096 - (isWhole ? 0 : Int.random(in: 0...4088, using: &random))
      do throws(CompoundError) {
        let part = Part(try allocator.allocate(byteCount: ByteCount(size), alignment: .page))
        for page in 0..<pages {
          part.write(page * 4096, random.next())
          part.write(page * 4096 + 4088, random.next())
        }
        parts.append(part)
        if part.isStitched { count("stitched") }
      } catch {
        if case .outOfMemory(_, _, _, .contiguity) = error, isNever { return }
        try #require(used + pages > capacity, "refused although pages were free: \(error)")
      }
    }

    private func free() throws {
      guard let part = pick() else { return }
      try #require(part.holds())
      remove(part)
      part.buffer = nil
    }

    private func split() throws {
      guard let part = pick(), part.byteCount > 4096 else { return }
      let last = (part.byteCount - 1) / 4096
      let offset = Int.random(in: 1...last, using: &random) * 4096
      let (whole, isStitched) = (part.byteCount, part.isStitched)
      let address = part.buffer?.block.address ?? 0
      do throws(CompoundError) {
        guard let rest = try part.buffer?.splitOff(at: ByteCount(offset)) else { return }
        let isInPlace = rest.block.address == address + UInt(offset)
        #expect(isInPlace && part.buffer?.block.address == address)
        let other = Part(rest)
        other.words = part.words(in: offset..<whole)
        part.words = part.words(in: 0..<offset)
        parts.insert(other, at: (parts.firstIndex { $0 === part } ?? 0) + 1)
        count(isStitched ? "split, stitched" : "split")
      } catch {
        count("split refused")
        guard case .mappingBudget = error else { throw error }
      }
      try #require(part.holds())
    }

    private func join() throws {
      guard let (first, second) = pickTwo() else { return }
      let (size, added) = (first.byteCount, second.byteCount)
      let isStitched = first.isStitched || second.isStitched
      do throws(CompoundError) {
        try first.buffer?.join(&second.buffer)
        first.words.merge(second.words.map { ($0.key + size, $0.value) }) { $1 }
        remove(second)
        count(size % 4096 != 0 ? "copied" : isStitched ? "joined, stitched" : "joined")
        #expect(first.byteCount == size + added && second.byteCount == 0)
      } catch {
        count("join refused")
        #expect(first.byteCount == size && second.byteCount == added)
        #expect(second.holds())
      }
      try #require(first.holds())
    }

    private func resize() throws {
      guard let part = pick() else { return }
      let size = max(8, part.byteCount + Int.random(in: -20_000...20_000, using: &random))
      do throws(CompoundError) {
        try part.buffer?.resize(toByteCount: ByteCount(size))
        part.words = part.words(in: 0..<size)
        count("resized")
      } catch {
        count("resize refused")
      }
      try #require(part.holds())
    }

    /// Splits a buffer into pages, frees some of them, and joins the rest.
    private func goThroughPages() throws {
      guard let part = pick() else { return }
      let order = part.pageCount % 2 == 0 ? PageOrder(Int.random(in: 0...1, using: &random)) : 0
      let size = order.byteCount.rawValue
      let number = part.pageCount * 4096 / size
      var slots = PageSlots(count: number + 3, order: order, allocator: allocator)
      do throws(CompoundError) {
        try slots.put(pagesOf: &part.buffer)
        count("into pages of order \(order.rawValue)")
      } catch {
        count("pages refused")
        guard case .mappingBudget = error, slots.filledCount == 0, part.holds() else { throw error }
        return
      }
      let isGone = part.byteCount == 0
      try #require(isGone && slots.filledCount == number)
      remove(part)
      var words: [[Int: UInt64]] = []
      for index in 0..<number {
        let inPage = part.words(in: index * size..<(index + 1) * size)
        let bytes = slots.baseAddress(at: index)
        for (offset, word) in inPage {
          try #require(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) == word)
        }
        if random.next() % 8 == 0, let page = slots.take(at: index) {
          let single = Part(page)
          single.words = inPage
          if Bool.random(using: &random) { parts.append(single) }
        } else {
          words.append(inPage)
        }
      }
      guard !words.isEmpty else { return }
      let filled = slots.filledCount
      do throws(CompoundError) {
        let joined = Part(try CompoundBuffer(joining: &slots))
        for (index, inPage) in words.enumerated() {
          joined.words.merge(inPage.map { ($0.key + index * size, $0.value) }) { $1 }
        }
        parts.append(joined)
        count(joined.isStitched ? "from pages, stitched" : "from pages")
        #expect(joined.holds() && slots.filledCount == 0)
      } catch {
        count("from pages refused")
        #expect(slots.filledCount == filled)
      }
    }

    func check() throws {
      let statistics = allocator.statistics
      try #require(statistics.live == PageCount(used).byteCount)
      try #require(statistics.liveBlocks == parts.count)
      let kernel = try allocator.residentByteCountOfKernel()
      try #require(statistics.resident == kernel)
      let stitched = parts.filter { $0.isStitched }
      try #require(statistics.liveWindows == stitched.count)
      try #require(
        statistics.stitched == PageCount(stitched.reduce(0) { $0 + $1.pageCount }).byteCount)
      try #require(statistics.stitchedAsked == ByteCount(stitched.reduce(0) { $0 + $1.byteCount }))
      for part in parts { try check(part) }
      allocator.heapForTests.validate()
    }

    /// A buffer is found from any byte of it, in its window and in the linear map.
    private func check(_ part: Part) throws {
      try #require(part.holds())
      guard let address = part.buffer?.block.address else { return }
      let offset = Int.random(in: 0..<part.byteCount, using: &random)
      guard let inside = UnsafeRawPointer(bitPattern: address + UInt(offset)) else { return }
      let found = allocator.block(containing: inside)
      try #require(found.map { UInt(bitPattern: $0.baseAddress) } == address)
      try #require(found?.byteCount == ByteCount(part.byteCount))
      try #require(found?.offset == ByteCount(offset))
      guard let frame = part.buffer?.frame(ofPage: offset / 4096) else { return }
      let alias = allocator.block(containing: allocator.address(of: frame))
      try #require(alias.map { UInt(bitPattern: $0.baseAddress) } == address)
    }

    func finish() throws {
      for part in parts { part.buffer = nil }
      parts = []
      allocator.drainCaches()
      try check()
      allocator.heapForTests.windows.tearDownRetired()
      #expect(allocator.statistics.free == PageCount(capacity).byteCount)
      #expect(allocator.statistics.mappings == 0)
      #expect(KernelView(allocator).mappings.count == 1)
    }
  }

  @Test(arguments: 0..<10)
  func everythingAgreesWithThePlainModel(seed: Int) throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback =
      [.automatic, .whenNeeded, .always, .probability(0.4), .never][seed / 2]
    configuration.mayExchange = seed % 2 == 1
    if seed % 2 == 1 { configuration.keptMappings = 64 }
    if seed == 3 || seed == 5 { configuration.mappingLimit = 60 }
    let run = try Run(seed: UInt64(seed), configuration, pages: [300, 700][seed % 2])
    for step in 0..<(CheckedBuild.isOn ? 3_000 : 20_000) {
      try run.step()
      if step % 500 == 0 { try run.check() }
    }
    try run.check()
    let done = run.done
    // The model must have met what it is for.
    #expect(done["copied", default: 0] > (CheckedBuild.isOn ? 20 : 50), "\(done)")
    let fallback = configuration.fallback
    if fallback != .always, fallback != .automatic || !CompoundAllocator.isFallbackAlways {
      #expect(done["split", default: 0] > 20 && done["joined", default: 0] > 20, "\(done)")
      #expect(done["from pages", default: 0] > 20, "\(done)")
    }
    if !run.isNever {
      #expect(done["split, stitched", default: 0] > (CheckedBuild.isOn ? 20 : 50), "\(done)")
      #expect(done["joined, stitched", default: 0] > (CheckedBuild.isOn ? 20 : 50), "\(done)")
      #expect(done["into pages of order 1", default: 0] > 20, "\(done)")
    }
    if configuration.mappingLimit != nil {
      #expect(done["split refused", default: 0] > 10, "\(done)")
    }
    try run.finish()
  }
}
