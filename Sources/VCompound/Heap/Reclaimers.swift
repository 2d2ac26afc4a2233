// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A cache above the heap whose pages can be reclaimed.
///
/// The first three functions are called with the lock of `Reclaimers` held: they call nothing of
/// the heap.
package protocol Reclaimable: AnyObject, Sendable {
  /// Stops keeping: what comes back goes to the heap from now on.
  func shut()

  /// Takes all that is kept out of the cache, after all threads have passed a barrier.
  func extract()

  /// Keeps again.
  func open()

  /// Gives what was extracted to the heap; may run functions of callers.
  func giveUp()

  /// A line for a report; called with no lock held.
  var report: String { get }

  /// Calls a function with the first byte of each page that is kept; with no lock held.
  func forEachKept(_ body: (UInt) -> Void)
}

extension Reclaimable {
  /// None that has pages of its own.
  package func forEachKept(_ body: (UInt) -> Void) {}
}

/// The caches above a heap, and how many requests are in need of what they keep.
///
/// While there is need, caches keep nothing.
struct Reclaimers: ~Copyable, Sendable {
  private let state = Lock(State())
  private let needs = Atomic<Int>(0)

  /// Not private, or the compiler cannot lay the lock out in other files.
  struct State {
    var members: [any Reclaimable] = []
    /// Blocks whose addresses the kernel would not make accessible again.
    var inaccessible: [(place: PackedPlace, order: PageOrder)] = []
  }

  /// Whether some request is in need; then nothing is taken for later.
  var isNeeded: Bool { needs.load(ordering: .relaxed) > 0 }

  /// Adds a cache, which must be removed before it goes.
  func add(_ member: any Reclaimable) {
    state.withLock { state in
      state.members.append(member)
      if isNeeded { member.shut() }
    }
  }

  /// Removes a cache; it is not called any more when this returns, but for `giveUp`, and by
  /// those who looked at `all`.
  func remove(_ member: any Reclaimable) {
    state.withLock { state in state.members.removeAll { $0 === member } }
  }

  /// Begins a need: what caches keep is in no cache any more when this returns.
  ///
  /// - Parameters:
  ///   - canReclaim: whether anything is behind gates without a lock, which needs a barrier.
  ///   - system: what to call.
  /// - Returns: the caches, which have yet to give it up.
  func begin(canReclaim: Bool, system: OperatingSystem) -> [any Reclaimable] {
    state.withLock { state in
      needs.add(1, ordering: .relaxed)
      guard !state.members.isEmpty else { return [] }
      for member in state.members { member.shut() }
      if canReclaim { system.barrierOrStop() }
      for member in state.members { member.extract() }
      return state.members
    }
  }

  /// Ends a need; with the last one caches keep again.
  func end() {
    state.withLock { state in
      guard needs.subtract(1, ordering: .relaxed).newValue == 0 else { return }
      for member in state.members { member.open() }
    }
  }

  /// The caches there are.
  var all: [any Reclaimable] { state.withLock { $0.members } }

  /// Waits until no cache is between `shut` and `extract`.
  func settle() { state.withLock { _ in } }

  // MARK: Blocks that are not accessible

  /// Notes a block that cannot be used before the kernel makes its address accessible.
  func add(inaccessible place: PackedPlace, _ order: PageOrder) {
    state.withLock { $0.inaccessible.append((place, order)) }
  }

  /// Tries again to make blocks accessible, and has those freed that are.
  func retryInaccessible(
    system: OperatingSystem, _ body: (PackedPlace, PageOrder) -> Void
  ) {
    var rest = state.withLock { state in
      defer { state.inaccessible = [] }
      return state.inaccessible
    }
    while let (place, order) = rest.popLast() {
      do throws(CompoundError) {
        try system.protect(
          at: place.address, byteCount: order.pageCount.byteCount, isAccessible: true)
        body(place, order)
      } catch {
        add(inaccessible: place, order)
      }
    }
  }
}
