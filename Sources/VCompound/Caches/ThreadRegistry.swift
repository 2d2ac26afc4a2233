// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ThreadSlot

/// Which caches a thread has, so that it finds them again and leaves nothing behind at its end.
///
/// A thread's slot holds the cache it used last; a thread that uses several allocators in turn
/// finds the others here. The object hangs on a key of the threads library, whose destructor runs
/// when the thread ends.
final class ThreadRegistry {
  /// A cache, and the number of the allocator it belongs to.
  private var entries: [(owner: UInt64, cache: UInt)] = []

  /// The process whose thread this is: a child of fork must not touch its parent's caches.
  private let process = getpid()

  private static let key: pthread_key_t? = {
    var key = pthread_key_t()
    let code = unsafe pthread_key_create(&key) { pointer in
      guard let pointer = unsafe pointer else { return }
      unsafe Unmanaged<ThreadRegistry>.fromOpaque(pointer).takeRetainedValue().threadEnds()
    }
    return code == 0 ? key : nil
  }()

  /// The calling thread's registry, or nil where the system has no key for it.
  static func current() -> ThreadRegistry? {
    guard let key else { return nil }
    if let pointer = unsafe pthread_getspecific(key) {
      return unsafe Unmanaged<ThreadRegistry>.fromOpaque(pointer).takeUnretainedValue()
    }
    let registry = ThreadRegistry()
    let pointer = unsafe Unmanaged.passRetained(registry).toOpaque()
    guard unsafe pthread_setspecific(key, pointer) == 0 else {
      unsafe Unmanaged<ThreadRegistry>.fromOpaque(pointer).release()
      return nil
    }
    return registry
  }

  /// The cache that the thread has in an allocator.
  func cache(of owner: UInt64) -> UInt? {
    entries.first { $0.owner == owner }?.cache
  }

  /// Notes a cache, and forgets those of allocators that are gone.
  func add(_ cache: UInt, of owner: UInt64) {
    entries.removeAll { !EngineDirectory.contains($0.owner) }
    entries.append((owner, cache))
  }

  private func threadEnds() {
    vcompound_slot_set(0, 0)
    guard process == getpid() else { return }
    for entry in entries {
      EngineDirectory.threadEnded(entry.owner, entry.cache)
    }
  }
}

/// The allocators that are alive, by their numbers, which are never used twice.
enum EngineDirectory {
  /// Takes back what is in a cache whose thread has ended, for another thread to use.
  typealias ThreadEnded = @Sendable (_ cache: UInt) -> Void

  private struct State {
    var last: UInt64 = 0
    var owners: [UInt64: ThreadEnded] = [:]
  }

  private static let state = Lock(State())

  /// Gives out the number of an allocator that opens.
  static func newNumber() -> UInt64 {
    state.withLock { state in
      state.last += 1
      return state.last
    }
  }

  /// Enters an allocator.
  static func add(_ number: UInt64, _ threadEnded: @escaping ThreadEnded) {
    state.withLock { $0.owners[number] = threadEnded }
  }

  /// Removes an allocator.
  static func remove(_ number: UInt64) {
    state.withLock { $0.owners[number] = nil }
  }

  /// Whether an allocator is alive.
  static func contains(_ number: UInt64) -> Bool {
    state.withLock { $0.owners[number] != nil }
  }

  /// Tells an allocator that a thread has ended, if it is alive.
  ///
  /// Not under the lock: this may turn out to be the last reference to the allocator, which then
  /// goes, and takes the lock.
  static func threadEnded(_ number: UInt64, _ cache: UInt) {
    let owner = state.withLock { $0.owners[number] }
    owner?(cache)
  }
}
