// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Threads that allocate, resize, hand over and free with labels, against plain dictionaries.
@Suite struct CensusModelTests {
  private struct Known: Equatable {
    var byteCount: Int
    var label: Int
  }

  /// One thread's blocks, by address.
  private final class Run: @unchecked Sendable {
    let allocator: CompoundAllocator
    var random: SeededGenerator
    var known: [UInt: Known] = [:]
    var addresses: [UInt] = []

    init(_ allocator: CompoundAllocator, seed: UInt64) {
      self.allocator = allocator
      random = SeededGenerator(seed: seed)
    }

    func size() -> Int {
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<6: Int.random(in: 1...2000, using: &random)
      case 6..<9: Int.random(in: 1...40_000, using: &random)
      default: Int.random(in: 1...400_000, using: &random)
      }
    }

    func step() throws {
      switch Int.random(in: 0..<100, using: &random) {
      case 0..<45: allocate()
      case 45..<60: try resize()
      case 60..<70: try handOver()
      case 70: allocator.drain()
      default: free()
      }
    }

    private func allocate() {
      let size = ByteCount(size())
      let label = Int.random(in: 0..<4, using: &random)
      let start: UnsafeMutableRawPointer? =
        switch label {
        case 0: try? allocator.allocatePointer(byteCount: size)
        case 1: try? allocator.allocatePointer(byteCount: size, label: "1")
        case 2: try? allocator.allocate(byteCount: size, label: "2").relinquish()
        default: try? allocator.allocatePointer(byteCount: size, zeroed: true, label: "3")
        }
      guard let start else { return }
      add(UInt(bitPattern: start), Known(byteCount: size.rawValue, label: label))
    }

    private func add(_ address: UInt, _ block: Known) {
      #expect(known.updateValue(block, forKey: address) == nil)
      addresses.append(address)
    }

    private func take() -> (UnsafeMutableRawPointer, Known)? {
      guard !addresses.isEmpty else { return nil }
      let index = Int.random(in: 0..<addresses.count, using: &random)
      addresses.swapAt(index, addresses.count - 1)
      let address = addresses.removeLast()
      guard let start = UnsafeMutableRawPointer(bitPattern: address),
        let block = known.removeValue(forKey: address)
      else { return nil }
      return (start, block)
    }

    private func resize() throws {
      guard var (start, block) = take() else { return }
      let size = size()
      do {
        start = try allocator.reallocatePointer(start, byteCount: ByteCount(size))
        block.byteCount = size
      } catch CompoundError.outOfMemory {}
      add(UInt(bitPattern: start), block)
    }

    private func handOver() throws {
      guard var (start, block) = take() else { return }
      // What a pointer of a small block knows of its size is that of its class, in release builds.
      var buffer = allocator.adopt(start)
      let size = size()
      do {
        try buffer.resize(toByteCount: ByteCount(size))
        block.byteCount = size
      } catch CompoundError.outOfMemory {}
      start = buffer.relinquish()
      add(UInt(bitPattern: start), block)
    }

    private func free() {
      if let (start, _) = take() { allocator.deallocate(start) }
    }

    func freeAll() { while !addresses.isEmpty { free() } }
  }

  private static let labels = ["", "1", "2", "3"]

  /// What the census lists, by address; an address twice is an error.
  private func listed(_ allocator: CompoundAllocator) -> [UInt: Known] {
    var result: [UInt: Known] = [:]
    allocator.forEachBlock { block in
      let known = Known(
        byteCount: block.byteCount.rawValue, label: Self.labels.firstIndex(of: block.label) ?? -1)
      #expect(result.updateValue(known, forKey: UInt(bitPattern: block.baseAddress)) == nil)
    }
    return result
  }

  @Test(arguments: [FallbackPolicy.whenNeeded, .always, .probability(0.5)])
  func theCensusIsWhatThreadsHave(fallback: FallbackPolicy) throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = fallback
    configuration.census = .everything
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(16), configuration: configuration)
    for round in 0..<3 {
      let runs = (0..<3).map { Run(allocator, seed: UInt64(round * 3 + $0)) }
      let isOver = Flag()
      let reader = Crew(1) { _ in
        while !isOver.isRaised {
          allocator.forEachBlock { _ in }
          if allocator.census().total.blocks < 0 { Issue.record("fewer blocks than none") }
        }
      }
      onThreads(3) { index in
        for _ in 0..<3000 {
          do { try runs[index].step() } catch { Issue.record("\(error)") }
        }
      }
      isOver.raise()
      reader.join()
      var expected: [UInt: Known] = [:]
      for run in runs { expected.merge(run.known) { first, _ in first } }
      #expect(listed(allocator) == expected && expected.count > 100)
      let rows = allocator.census().labels
      for (index, label) in Self.labels.enumerated() {
        let blocks = expected.values.filter { $0.label == index }
        let row = rows.first { $0.label == label }
        #expect(row?.blocks == blocks.count)
        #expect(row?.asked.rawValue == blocks.reduce(0) { $0 + $1.byteCount })
      }
      // Another thread frees them than allocated them.
      for run in runs { run.freeAll() }
      #expect(listed(allocator).isEmpty)
    }
    allocator.drain()
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  /// The same where blocks are sampled: nothing is listed that is not there.
  @Test func aSampleHasNothingThatIsFree() throws {
    var configuration = AllocatorConfiguration()
    configuration.census = .sampled(every: .kibibytes(16))
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(16), configuration: configuration)
    let runs = (0..<3).map { Run(allocator, seed: UInt64($0)) }
    onThreads(3) { index in
      for _ in 0..<5000 {
        do { try runs[index].step() } catch { Issue.record("\(error)") }
      }
    }
    var expected: [UInt: Int] = [:]
    for run in runs { for (address, block) in run.known { expected[address] = block.byteCount } }
    let found = listed(allocator)
    #expect(found.count > 10 && found.count < expected.count)
    for (address, block) in found { #expect(expected[address] == block.byteCount) }
    for run in runs { run.freeAll() }
    #expect(listed(allocator).isEmpty)
  }
}
