// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Testing

@testable import VCompound

/// Requests that wait until memory is freed.
@Suite struct WaitingTests {
  /// Waits until so many requests are in the line.
  private func waitsForLine(_ allocator: CompoundAllocator, of count: Int) -> Bool {
    waits { allocator.heapForTests.line.count == count }
  }

  /// The same, without a thread that tasks may need.
  private func suspendsForLine(_ allocator: CompoundAllocator, of count: Int) async throws {
    while allocator.heapForTests.line.count != count { try await Task.sleep(for: .milliseconds(1)) }
  }

  /// Whether nobody waits, and nothing is in need.
  private func isIdle(_ allocator: CompoundAllocator) -> Bool {
    allocator.heapForTests.line.count == 0 && allocator.heapForTests.reclaimers.isNeeded == false
  }

  @Test func nobodyWaitsForWhatIsThere() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let first = try await allocator.allocate(byteCount: .mebibytes(1), waiting: .seconds(600))
    let second = try await allocator.allocate(
      byteCount: .mebibytes(1), alignment: .mebibytes(1), zeroed: true, waiting: .zero)
    let sizes = (first.byteCount, second.byteCount)
    #expect(sizes == (.mebibytes(1), .mebibytes(1)))
    // A request that nothing can help does not wait.
    await #expect(throws: CompoundError.invalidSize(.mebibytes(5), capacity: .mebibytes(4))) {
      _ = try await allocator.allocate(byteCount: .mebibytes(5), waiting: .seconds(600)).byteCount
    }
  }

  @Test func aTaskGetsWhatAnotherThreadFrees() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let held = UInt(bitPattern: try allocator.allocatePointer(byteCount: .mebibytes(4)))
    let thread = Crew(1) { _ in
      #expect(waitsForLine(allocator, of: 1))
      allocator.deallocate(all: [held])
    }
    let buffer = try await allocator.allocate(byteCount: .mebibytes(3), waiting: .seconds(600))
    let byteCount = buffer.byteCount
    #expect(byteCount == .mebibytes(3))
    thread.join()
    #expect(isIdle(allocator))
    #expect(allocator.statistics.failures == 0)
  }

  @Test func aThreadGetsWhatATaskFrees() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let held = try allocator.allocate(byteCount: .mebibytes(4))
    let got = Shared(Atomic(0))
    let thread = Crew(1) { _ in
      let buffer = try? allocator.allocate(byteCount: .mebibytes(3), blocking: .seconds(600))
      got.value.store(buffer?.byteCount.rawValue ?? -1, ordering: .relaxed)
    }
    try await suspendsForLine(allocator, of: 1)
    _ = consume held
    thread.join()
    #expect(got.value.load(ordering: .relaxed) == 3 << 20)
  }

  /// The last bytes that come free are an object in a slab that others hold, too.
  @Test func aSmallSizeGetsAnObjectOfASharedSlab() async throws {
    let allocator = try CompoundAllocator.ofBuild(.kibibytes(64))
    var objects: [UInt] = []
    while let object = try? allocator.allocatePointer(byteCount: 200) {
      objects.append(UInt(bitPattern: object))
    }
    #expect(objects.count > 100)
    let middle = objects.remove(at: objects.count / 2)
    let thread = Crew(1) { _ in
      #expect(waitsForLine(allocator, of: 1))
      allocator.deallocate(all: [middle])
    }
    let buffer = try await allocator.allocate(byteCount: 200, waiting: .seconds(600))
    let byteCount = buffer.byteCount
    #expect(byteCount == 200)
    thread.join()
    allocator.deallocate(all: objects)
  }

  @Test func whenTheTimeIsOverItIsRefused() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let held = try allocator.allocate(byteCount: .mebibytes(3))
    let error = CompoundError.outOfMemory(
      asked: 512, free: 256, largestRun: 256, limit: .capacity)
    await #expect(throws: error) {
      _ = try await allocator.allocate(byteCount: .mebibytes(2), waiting: .milliseconds(20))
        .byteCount
    }
    onThreads(1) { _ in
      #expect(throws: error) {
        _ = try allocator.allocate(byteCount: .mebibytes(2), blocking: .milliseconds(20)).byteCount
      }
    }
    #expect(isIdle(allocator))
    #expect(allocator.statistics.failures == 2)
    #expect(held.byteCount == .mebibytes(3))
    // Nothing is in need any more.
    #expect(isIdle(allocator))
  }

  /// One that has little time is refused although it is not the first of the line.
  @Test func aShortWaitEndsBehindALongOne() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let held = Shared(Lock<CompoundBuffer?>(try allocator.allocate(byteCount: .mebibytes(4))))
    async let long = allocator.allocate(byteCount: .mebibytes(4), waiting: .seconds(600)).byteCount
    try await suspendsForLine(allocator, of: 1)
    await #expect(throws: CompoundError.self) {
      _ = try await allocator.allocate(byteCount: .page, waiting: .milliseconds(20)).byteCount
    }
    held.value.withLock { $0 = nil }
    #expect(try await long == .mebibytes(4))
  }

  @Test func aCancelledTaskLeavesTheLine() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let held = try allocator.allocate(byteCount: .mebibytes(4))
    let task = Task {
      try await allocator.allocate(byteCount: .page, waiting: .seconds(600)).byteCount
    }
    try await suspendsForLine(allocator, of: 1)
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    try await suspendsForLine(allocator, of: 0)
    // One that is cancelled before it begins, too.
    let late = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await allocator.allocate(byteCount: .page, waiting: .seconds(600)).byteCount
    }
    await #expect(throws: CancellationError.self) { try await late.value }
    #expect(held.byteCount == .mebibytes(4))
  }

  @Test func firstComeFirstServed() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(8))
    let held = try allocator.allocate(byteCount: .mebibytes(8))
    let order = Shared(Lock<[Int]>([]))
    let serve: @Sendable (consuming CompoundBuffer, Int) -> Void = { buffer, number in
      // The next one gets what this one has: so they are served one after the other.
      order.value.withLock { $0.append(number) }
      _ = consume buffer
    }
    var crews: [Crew] = []
    var tasks: [Task<Void, any Error>] = []
    for number in 0..<6 {
      if number % 2 == 1 {
        tasks.append(
          Task {
            serve(
              try await allocator.allocate(byteCount: .mebibytes(8), waiting: .seconds(600)),
              number)
          })
      } else {
        crews.append(
          Crew(1) { _ in
            let buffer = try? allocator.allocate(
              byteCount: .mebibytes(8), blocking: .seconds(600))
            if let buffer { serve(buffer, number) }
          })
      }
      try await suspendsForLine(allocator, of: number + 1)
    }
    _ = consume held
    for task in tasks { try await task.value }
    for crew in crews { crew.join() }
    #expect(order.value.withLock { $0 } == [0, 1, 2, 3, 4, 5])
  }

  /// Threads and tasks that together want more than there is are all served in the end.
  @Test func allAreServedInTheEnd() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let crew = Crew(3) { thread in
      var generator = SeededGenerator(seed: UInt64(thread))
      for _ in 0..<60 {
        let byteCount = ByteCount(Int.random(in: 1...3 << 20, using: &generator))
        do throws(CompoundError) {
          let buffer = try allocator.allocate(byteCount: byteCount, blocking: .seconds(600))
          _ = consume buffer
        } catch {
          Issue.record("\(byteCount): \(error)")
        }
      }
    }
    await withTaskGroup { group in
      for task in 0..<6 {
        group.addTask {
          var generator = SeededGenerator(seed: UInt64(100 + task))
          for _ in 0..<30 {
            let byteCount = ByteCount(Int.random(in: 1...3 << 20, using: &generator))
            do {
              let held = try await allocator.allocate(byteCount: byteCount, waiting: .seconds(600))
              await Task.yield()
              _ = consume held
            } catch {
              Issue.record("\(byteCount): \(error)")
            }
          }
        }
      }
    }
    crew.join()
    #expect(isIdle(allocator))
    #expect(allocator.statistics.live == 0)
    allocator.heapForTests.validate()
  }

  @Test func cancellingAtAnyMomentLosesNothing() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    for round in 0..<100 {
      let held = Shared(Lock<CompoundBuffer?>(try allocator.allocate(byteCount: .mebibytes(4))))
      let task = Task {
        try await allocator.allocate(byteCount: .mebibytes(1), waiting: .seconds(600)).byteCount
      }
      if round % 2 == 0 { try await suspendsForLine(allocator, of: 1) }
      async let freed: Void = Task.detached { held.value.withLock { $0 = nil } }.value
      task.cancel()
      await freed
      _ = await task.result
    }
    #expect(allocator.statistics.live == 0)
    #expect(isIdle(allocator))
  }

  @Test func aThreadThatCannotBeginIsAnError() async throws {
    let faults = FaultPlan()
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4), faults: faults)
    let held = try allocator.allocate(byteCount: .mebibytes(4))
    faults.fail(.createThread, errno: 11)
    await #expect(throws: CompoundError.systemCall(.createThread, errno: 11)) {
      _ = try await allocator.allocate(byteCount: .page, waiting: .seconds(600)).byteCount
    }
    #expect(isIdle(allocator))
    #expect(held.byteCount == .mebibytes(4))
  }

  @Test func oneThatLinesUpCallsReclaimersToo() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let held = Shared(Lock<CompoundBuffer?>(try allocator.allocate(byteCount: .mebibytes(4))))
    async let first = allocator.allocate(byteCount: .mebibytes(1), waiting: .seconds(600)).byteCount
    try await suspendsForLine(allocator, of: 1)
    allocator.addReclaimer(for: held) { held, missing in held.value.withLock { $0.take() } != nil }
    let second = try await allocator.allocate(byteCount: .mebibytes(1), waiting: .seconds(600))
    let byteCount = second.byteCount
    let sizes = (try await first, byteCount)
    #expect(sizes == (.mebibytes(1), .mebibytes(1)))
  }

  @Test func reclaimersAreCalledBeforeTheWait() async throws {
    let allocator = try CompoundAllocator.ofBuild(.mebibytes(4))
    let held = Shared(Lock<CompoundBuffer?>(try allocator.allocate(byteCount: .mebibytes(4))))
    allocator.addReclaimer(for: held) { held, missing in
      missing == .mebibytes(1) && held.value.withLock { $0.take() } != nil
    }
    let buffer = try await allocator.allocate(byteCount: .mebibytes(1), waiting: .seconds(600))
    let byteCount = buffer.byteCount
    #expect(byteCount == .mebibytes(1))
  }
}

/// Something in an object, for closures that several threads run.
private final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value
  init(_ value: consuming Value) { self.value = value }
}
