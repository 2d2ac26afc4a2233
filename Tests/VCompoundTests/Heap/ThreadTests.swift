// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// Several threads at one allocator.
///
/// Run under the thread sanitizer by `.ci/run`.
@Suite struct ThreadTests {
  /// A block on its way from one thread to another.
  private struct Parcel: @unchecked Sendable {
    var base: UnsafeMutableRawPointer
    var pages: Int
    var id: Int
  }

  private static func allocator(
    _ capacity: ByteCount, _ policy: FallbackPolicy = .automatic
  ) throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.fallback = policy
    return try CompoundAllocator(capacity: capacity, configuration: configuration)
  }

  /// Threads allocate, stamp, pass on, check what they receive, and free it.
  @Test(arguments: [FallbackPolicy.automatic, .probability(0.5)])
  func threadsExchangeBlocks(policy: FallbackPolicy) throws {
    let allocator = try Self.allocator(.mebibytes(8), policy)
    let mailbox = Lock<[Parcel]>([])
    let damage = Atomic(0)
    let refusals = Atomic(0)
    onThreads(2) { index in
      var random = SeededGenerator(seed: UInt64(index))
      for round in 0..<4000 {
        let pages = Int.random(in: 1...(round % 50 == 0 ? 600 : 24), using: &random)
        if let base = try? allocator.allocatePointer(byteCount: PageCount(pages).byteCount) {
          let id = index << 32 | round
          writeStamps(base, pages: pages, block: id)
          mailbox.withLock { $0.append(Parcel(base: base, pages: pages, id: id)) }
        } else {
          refusals.wrappingAdd(1, ordering: .relaxed)
        }
        let received = mailbox.withLock { parcels -> Parcel? in
          guard parcels.count > 20 || round % 3 == 0 else { return nil }
          guard let pick = parcels.indices.randomElement(using: &random) else { return nil }
          return parcels.remove(at: pick)
        }
        guard let parcel = received else { continue }
        if !stampsHold(parcel.base, pages: parcel.pages, block: parcel.id) {
          damage.wrappingAdd(1, ordering: .relaxed)
        }
        if round % 7 == 0, let smaller = try? allocator.reallocatePointer(parcel.base, byteCount: 1)
        {
          allocator.deallocate(smaller)
        } else {
          allocator.deallocate(parcel.base)
        }
        if round % 500 == 0 { _ = try? allocator.trim() }
      }
    }
    #expect(damage.load(ordering: .relaxed) == 0)
    for parcel in mailbox.withLock({ $0 }) {
      #expect(stampsHold(parcel.base, pages: parcel.pages, block: parcel.id))
      allocator.deallocate(parcel.base)
    }
    allocator.drainCaches()
    #expect(allocator.statistics.free == .mebibytes(8))
    allocator.heapForTests.windows.tearDownRetired()
    allocator.heapForTests.validate()
  }

  /// As long as both threads together stay under the capacity, neither is ever refused, although
  /// chunks come and go all the time.
  @Test func nobodyIsRefusedWhileEnoughIsFree() throws {
    let allocator = try Self.allocator(.mebibytes(8))
    let refusals = Lock<[CompoundError]>([])
    onThreads(4) { index in
      var random = SeededGenerator(seed: UInt64(index))
      var blocks: [(UnsafeMutableRawPointer, Int)] = []
      var pages = 0
      for _ in 0..<3000 {
        let wanted = Int.random(in: 1...60, using: &random)
        // A quarter of the arena each, to the last page.
        while pages + wanted > 512 {
          let (base, count) = blocks.remove(at: Int.random(in: blocks.indices, using: &random))
          allocator.deallocate(base)
          pages -= count
        }
        do throws(CompoundError) {
          let base = try allocator.allocatePointer(byteCount: PageCount(wanted).byteCount)
          blocks.append((base, wanted))
          pages += wanted
        } catch {
          refusals.withLock { $0.append(error) }
        }
      }
      for (base, _) in blocks { allocator.deallocate(base) }
    }
    let refused = refusals.withLock { $0 }
    #expect(
      refused.isEmpty, "\(refused.count) refused, such as: \(refused.first?.description ?? "")")
    allocator.heapForTests.windows.tearDownRetired()
    allocator.heapForTests.validate()
  }

  /// Two threads open stitched blocks until the budget is used up, and both get all of it back.
  @Test func theMappingBudgetIsSharedWithoutLoss() throws {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .always
    configuration.mappingLimit = 200
    let allocator = try CompoundAllocator(
      capacity: .mebibytes(16), configuration: configuration)
    let refusals = Atomic(0)
    onThreads(2) { _ in
      var held: [CompoundBufferBox] = []
      for round in 0..<2000 {
        do {
          held.append(CompoundBufferBox(try allocator.allocate(pageCount: 4)))
        } catch {
          refusals.wrappingAdd(1, ordering: .relaxed)
        }
        if round % 40 == 39 { held.removeAll() }
      }
    }
    #expect(allocator.statistics.mappingsPeak <= 200)
    #expect(allocator.statistics.liveBlocks == 0)
    allocator.heapForTests.windows.tearDownRetired()
    #expect(allocator.statistics.mappings == 0)
    allocator.heapForTests.validate()
  }

  /// The allocator goes while another thread frees the last buffer of it.
  @Test func theLastBufferAndTheAllocatorMayGoAtOnce() throws {
    for round in 0..<300 {
      let allocators = Lock<CompoundAllocator?>(try Self.allocator(.mebibytes(2)))
      let boxes = Lock<CompoundBufferBox?>(nil)
      try allocators.withLock { allocator in
        guard let buffer = try allocator?.allocate(pageCount: 1) else { return }
        let box = CompoundBufferBox(buffer)
        boxes.withLock { $0 = box }
      }
      let shared = Pair(allocators: allocators, boxes: boxes)
      onThreads(2) { index in
        if (index + round) % 2 == 0 {
          shared.allocators.withLock { $0 = nil }
        } else {
          shared.boxes.withLock { $0 = nil }
        }
      }
      let isGone = shared.allocators.withLock { $0 == nil } && shared.boxes.withLock { $0 == nil }
      #expect(isGone)
    }
  }

  private final class Pair: Sendable {
    let allocators: Lock<CompoundAllocator?>
    let boxes: Lock<CompoundBufferBox?>

    init(allocators: consuming Lock<CompoundAllocator?>, boxes: consuming Lock<CompoundBufferBox?>)
    {
      self.allocators = allocators
      self.boxes = boxes
    }
  }

  @Test func aBufferCanBeSentAway() async throws {
    let allocator = try Self.allocator(.mebibytes(2))
    var buffer = try allocator.allocate(pageCount: 10)
    buffer.withUnsafeMutableBytes { writeStamps($0, pages: 10, block: 1) }
    let box = CompoundBufferBox(buffer)
    let holds = await Task.detached { box.holds(pages: 10, block: 1) }.value
    #expect(holds)
  }
}

/// A buffer in a reference, for containers that take only what can be copied.
final class CompoundBufferBox: Sendable {
  let buffer: CompoundBuffer

  init(_ buffer: consuming CompoundBuffer) {
    self.buffer = buffer
  }

  func holds(pages: Int, block: Int) -> Bool {
    buffer.withUnsafeBytes { stampsHold($0, pages: pages, block: block) }
  }
}
