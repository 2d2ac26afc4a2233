// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Takes that wait until there is memory for an object.
@Suite struct ObjectCacheWaitingTests {
  private typealias Object = InlineArray<3000, UInt8>

  private static let patience = Duration.seconds(600)

  private func waitsForLine(_ allocator: CompoundAllocator, of count: Int) -> Bool {
    waits { allocator.heapForTests.line.count == count }
  }

  @Test func whatIsKeptCostsNoWait() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let cache = try ObjectCache<Object>(allocator: allocator, kept: 16) { Object(repeating: 4) }
    for _ in 0..<100 {
      var object = try await cache.take(waiting: .zero)
      object.withObject { object in #expect(object[2999] == 4) }
    }
    onThreads(1) { _ in
      for _ in 0..<100 { #expect((try? cache.take(blocking: .zero)) != nil) }
    }
    #expect(cache.statistics.created <= 2)
    #expect(cache.statistics.out == 0)
  }

  @Test func aTaskAndAThreadGetWhatIsFreed() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let cache = try ObjectCache<Object>(allocator: allocator, kept: 16) { Object(repeating: 4) }
    let held = UInt(bitPattern: try allocator.allocatePointer(byteCount: .mebibytes(4)))
    let waiter = Crew(1) { _ in
      do {
        var object = try cache.take(blocking: Self.patience)
        object.withObject { object in #expect(object[0] == 4) }
      } catch {
        Issue.record("\(error)")
      }
    }
    let thread = Crew(1) { _ in
      #expect(waitsForLine(allocator, of: 2))
      allocator.deallocate(all: [held])
    }
    var object = try await cache.take(waiting: Self.patience)
    object.withObject { object in #expect(object[0] == 4) }
    thread.join()
    waiter.join()
    #expect(allocator.heapForTests.line.count == 0)
    #expect(cache.statistics.created - cache.statistics.destroyed - cache.statistics.kept == 1)
    #expect(allocator.statistics.failures == 0)
  }

  /// While one waits, the cache keeps nothing: an object that is let go of gives its memory.
  @Test func anObjectThatIsLetGoOfServesTheNext() throws {
    let allocator = try CompoundAllocator.ofBuild(PageCount(8).byteCount)
    let destroyed = EventCounter()
    let cache = try ObjectCache<Object>(
      allocator: allocator, kept: 100, destroy: { _ in destroyed.add() },
      create: { Object(repeating: 1) })
    var held: [DropBox<CachedObject<Object>>] = []
    while let object = try? cache.take() { held.append(DropBox(object)) }
    #expect(held.count >= 8)
    let boxes = held
    let thread = Crew(1) { _ in
      #expect(waitsForLine(allocator, of: 1))
      boxes[3].drop()
    }
    let object = DropBox(try cache.take(blocking: Self.patience))
    thread.join()
    #expect(destroyed.value == 1)
    #expect(cache.statistics.out == held.count)
    object.drop()
  }

  @Test func whenTheTimeIsOverOrTheTaskCancelledItIsRefused() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let cache = try ObjectCache<Object>(allocator: allocator, kept: 16) { Object(repeating: 4) }
    let held = try allocator.allocate(byteCount: .mebibytes(4))
    await #expect(throws: CompoundError.self) {
      var object = try await cache.take(waiting: .milliseconds(10))
      object.withObject { _ in }
    }
    onThreads(1) { _ in
      #expect(throws: CompoundError.self) {
        var object = try cache.take(blocking: .milliseconds(10))
        object.withObject { _ in }
      }
    }
    let task = Task {
      var object = try await cache.take(waiting: Self.patience)
      object.withObject { _ in }
    }
    while allocator.heapForTests.line.count == 0 { try await Task.sleep(for: .milliseconds(1)) }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(cache.statistics.created == 0)
    #expect(held.byteCount == .mebibytes(4))
  }
}
