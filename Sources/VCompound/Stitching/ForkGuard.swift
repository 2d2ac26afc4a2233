// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Keeps windows from the children of fork.
///
/// A child must not see its parent's memory under the old addresses: it faults there. The linear
/// map is marked `MADV_DONTFORK` once and for all. Windows come and go, and a mark on each would
/// cost a quarter of a microsecond a mapping on the way in; instead every child of `fork` unmaps
/// the spans of address space that windows live in, before it does anything else
/// (`pthread_atfork`). The list of spans is never locked: a handler in a child could wait forever
/// for a lock that another thread held at the moment of the fork.
enum ForkGuard {
  /// One span, or a free place for one.
  ///
  /// Entries are never released, and reused when free.
  private final class Entry: Sendable {
    /// Zero while the entry is free; set last and cleared first.
    let byteCount = Atomic<Int>(0)
    let address = Atomic<UInt>(0)
    let next: Entry?

    init(next: Entry?) {
      self.next = next
    }
  }

  private struct State {
    var newest: Entry?
    var isRegistered = false
  }

  /// Guards changes to the list.
  ///
  /// The handler reads `newest` without it.
  private static let state = Lock(State())
  private static let newest = Atomic<UInt>(0)

  /// Puts a span on the list.
  static func add(at address: UInt, byteCount: ByteCount, system: OperatingSystem)
    throws(CompoundError)
  {
    try state.withLock { (state: inout State) throws(CompoundError) in
      if !state.isRegistered {
        try system.registerForkHandler { ForkGuard.unmapSpansInChild() }
        state.isRegistered = true
      }
      enter(address, byteCount, &state)
      // What the handler needs of the Swift runtime, it has looked up before any fork: in a
      // child the runtime's locks may be held by threads that are not there.
      forEachSpan { _, _ in }
    }
  }

  /// Puts what is left of a span on the list, which was on it before.
  static func keep(at address: UInt, byteCount: ByteCount) {
    state.withLock { enter(address, byteCount, &$0) }
  }

  private static func enter(_ address: UInt, _ byteCount: ByteCount, _ state: inout State) {
    let entry = unused(&state)
    entry.address.store(address, ordering: .relaxed)
    entry.byteCount.store(byteCount.rawValue, ordering: .releasing)
  }

  /// Takes a span off the list.
  ///
  /// Do it before the address space is given back.
  static func remove(at address: UInt) {
    state.withLock { state in
      var entry = state.newest
      while let current = entry {
        if current.address.load(ordering: .relaxed) == address {
          current.byteCount.store(0, ordering: .releasing)
          current.address.store(0, ordering: .relaxed)
          return
        }
        entry = current.next
      }
    }
  }

  private static func unused(_ state: inout State) -> Entry {
    var entry = state.newest
    while let current = entry {
      if current.byteCount.load(ordering: .relaxed) == 0 { return current }
      entry = current.next
    }
    let added = Entry(next: state.newest)
    state.newest = added
    // The list keeps every entry alive for good, so the handler may borrow them.
    let pointer = unsafe Unmanaged.passUnretained(added).toOpaque()
    newest.store(UInt(bitPattern: pointer), ordering: .releasing)
    return added
  }

  /// Runs in the child, alone in its process.
  ///
  /// Calls nothing but munmap.
  private static func unmapSpansInChild() {
    forEachSpan { address, byteCount in
      OperatingSystem().unmapAfterFork(at: address, byteCount: byteCount)
    }
  }

  /// Calls a function for every span on the list, without a lock.
  private static func forEachSpan(_ body: (UInt, ByteCount) -> Void) {
    var entry: Entry?
    if let pointer = unsafe UnsafeRawPointer(bitPattern: newest.load(ordering: .acquiring)) {
      entry = unsafe Unmanaged<Entry>.fromOpaque(pointer).takeUnretainedValue()
    }
    while let current = entry {
      let byteCount = current.byteCount.load(ordering: .acquiring)
      if byteCount > 0 {
        body(current.address.load(ordering: .relaxed), ByteCount(byteCount))
      }
      entry = current.next
    }
  }
}
