// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The one way into a heap.
///
/// Everything public that can meet a lock, a mapping or the end of the heap goes through `enter`,
/// which finds out whether this process is a child of fork. There every lock may be held by a
/// thread that is not there, and the memory is not mapped: a child gets an error or a harmless
/// answer, before any lock. Only paths that no child can follow go past it: those that are behind
/// the gates of magazines and pools, which children find shut.
///
/// Invariant: the heap lives while the value is used. Front doors see to it by `Lifetime`, blocks
/// by being counted.
@safe
package struct Door: Sendable {
  private let heap: Unmanaged<Heap>

  /// Makes a door to a heap.
  init(_ heap: Heap) { unsafe self.heap = Unmanaged.passUnretained(heap) }

  /// Runs a function with the heap.
  ///
  /// - Throws: `usedAfterFork` in a child of fork; else what the function throws.
  @inline(__always)
  package func enter<Value>(
    _ body: (Heap) throws(CompoundError) -> Value
  ) throws(CompoundError) -> Value {
    // A result rather than an error thrown through: so no reference is counted.
    let result = unsafe heap._withUnsafeGuaranteedRef { heap -> Result<Value, CompoundError> in
      if heap.sentinel.isInChild { return .failure(.usedAfterFork) }
      do throws(CompoundError) {
        return .success(try body(heap))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Runs a function with the heap, or answers for it in a child of fork.
  @inline(__always)
  package func enter<Result>(
    inChild answer: @autoclosure () -> Result, _ body: (Heap) -> Result
  ) -> Result {
    unsafe heap._withUnsafeGuaranteedRef { heap in
      heap.sentinel.isInChild ? answer() : body(heap)
    }
  }

  /// Runs a function with the heap past the check: one that only looks at what a child finds
  /// shut, or that touches nothing which changes.
  ///
  /// It counts no reference, which alone would take longer than most such functions.
  @inline(__always)
  package func pass<Result>(_ body: (Heap) -> Result) -> Result {
    unsafe heap._withUnsafeGuaranteedRef { body($0) }
  }

  /// Whether the other door leads to the same heap.
  package func isSame(as other: Door) -> Bool {
    unsafe heap.toOpaque() == other.heap.toOpaque()
  }

  /// Lets the heap end.
  fileprivate func close() {
    // A thread that ends holds the lock of the process, and may hold a reference to the heap: were
    // that the last one, the heap would end there, and wait for the same lock for ever.
    unsafe heap._withUnsafeGuaranteedRef { $0.threads.leaveThreads() }
    unsafe heap.release()
  }

  /// Has the heap live until `close`, or for ever.
  fileprivate func hold() { _ = unsafe heap.retain() }
}

/// Says when a heap ends: when it has no front door any more (allocator, pool, object cache, page
/// array), and no block is out that a buffer owns.
///
/// Each front door has a reference to one object of this type; the last one to go leaves the end
/// to the blocks. From then on magazines are closed, so that the ledger counts every block, and the
/// free that counts the last one ends the heap. There are no front doors then to make new blocks.
/// So the heap ends once.
///
/// Counting references to the heap for each block would do the same at the cost of two atomic
/// operations each.
///
/// In a child of fork the heap never ends: its addresses may have other contents there.
package final class Lifetime: Sendable {
  /// The door to the heap.
  package let door: Door

  /// Begins the life of a heap.
  package init(of heap: Heap) {
    door = Door(heap)
    door.hold()
  }

  deinit {
    let isOver = door.enter(inChild: false) { heap in
      heap.line.stop()
      heap.helper.stop()
      heap.closeThreadCaches()
      return heap.pages.withLock { $0.counts.loseLastDoor() }
    }
    if isOver { door.close() }
  }
}

extension Heap {
  /// Ends the heap, if the caller has just counted its last block; the caller touches nothing of
  /// it afterwards.
  @inline(__always)
  func end(if isLast: Bool) {
    if isLast { Door(self).close() }
  }
}
