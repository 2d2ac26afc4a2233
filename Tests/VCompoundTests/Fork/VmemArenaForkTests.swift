// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import Testing

@testable import VCompound

/// Arenas of numbers in children of fork: each has a copy of its own.
@Suite(.serialized) struct VmemArenaForkTests {
  @Test func aChildUsesItsCopyAndTheParentDoesNotSeeIt() throws {
    let parent = Mutex(try VmemArena(name: "parent", span: 0..<1000))
    let source = VmemArena.Source { size, _ in
      parent.withLock { try? $0.allocate(size) }
    } release: { span in
      parent.withLock { $0.free(span) }
    }
    let box = DropBox(try VmemArena(name: "forked", span: 1000..<1100, source: source))
    let held = try box.value?.allocate(60)
    #expect(held == 1000..<1060)
    let end = inChild {
      // What the parent took is taken here as well, and can be freed here.
      guard box.value?.statistics.allocated == 60 else { return 1 }
      guard (try? box.value?.allocate(40)) == 1060..<1100 else { return 2 }
      guard (try? box.value?.allocate(100)) == 0..<100 else { return 3 }
      box.value?.free(1000..<1060)
      guard (try? box.value?.allocate(60, constraints: .init(bounds: 1000..<1060))) != nil
      else { return 4 }
      guard (try? box.value?.allocate(2000)) == nil else { return 5 }
      guard (try? box.value?.add(5000..<6000)) != nil else { return 6 }
      var count = 0
      box.value?.forEachSegment { _, _ in count += 1 }
      box.value?.forEachSpan { _ in count += 1 }
      guard count == 4 + 3, box.value?.span(containing: 5500) == 5000..<6000 else { return 7 }
      guard box.value?.allocatedRange(containing: 50) == 0..<100 else { return 8 }
      box.value?.reap()
      box.value?.free(startingAt: 1000, size: 60)
      box.drop()
      guard parent.withLock({ $0.statistics.allocated }) == 0 else { return 9 }
      return canMakeAndUseOne() ? 0 : 10
    }
    #expect(end == .exit(0))
    let statistics = box.value?.statistics
    #expect(statistics?.allocated == 60 && statistics?.size == 100)
    #expect(parent.withLock { $0.statistics.allocated } == 0)
    let more = try box.value?.allocate(40)
    #expect(more == 1060..<1100)
    box.drop()
  }

  /// In a process that has no allocator, too, a child may end its copy, whatever threads do.
  @Test(.timeLimit(.minutes(5)))
  func aChildEndsItsCopyWhileThreadsMakeAndEndTheirs() async {
    await #expect(processExitsWith: .success) {
      let isStopping = Atomic(false)
      let refused = Atomic(0)
      let crew = Crew(3) { _ in
        while !isStopping.load(ordering: .relaxed) {
          if !canMakeAndUseOne() { refused.wrappingAdd(1, ordering: .relaxed) }
        }
      }
      let box = DropBox(try VmemArena(name: "forked", span: 0..<100))
      var failures: [ChildEnd] = []
      for _ in 0..<300 {
        let end = inChild {
          alarm(60)
          box.drop()
          return canMakeAndUseOne() ? 0 : 1
        }
        if end != .exit(0) { failures.append(end) }
      }
      isStopping.store(true, ordering: .relaxed)
      crew.join()
      #expect(failures.isEmpty, "\(failures)")
      #expect(refused.load(ordering: .relaxed) == 0)
    }
  }
}

private func canMakeAndUseOne() -> Bool {
  do throws(VmemError) {
    var arena = try VmemArena(name: "own", span: 0..<10)
    return try arena.allocate(10) == 0..<10
  } catch {
    return false
  }
}
