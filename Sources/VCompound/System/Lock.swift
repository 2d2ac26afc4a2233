// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Guards a state: whoever holds the lock, and nobody else, may see and change it.
///
/// The C library's mutex, where the Synchronization module has one too. That one hands itself
/// over to a waiter inside the kernel, where the thread sanitizer cannot see it, so that every
/// contended use is reported as a race; this one it knows.
///
/// Invariants: the mutex does not move, and is unlocked when the value goes; `state` is
/// initialized while the value lives, and only touched while the mutex is held.
@safe
package struct Lock<State: ~Copyable>: ~Copyable, @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let state: UnsafeMutablePointer<State>

  /// Makes a lock that nobody holds.
  package init(_ state: consuming State) {
    unsafe self.mutex = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe self.state = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe self.state.initialize(to: state)
  }

  /// Runs a function with the lock held.
  ///
  /// Taking it again inside would wait forever.
  @inline(__always)
  package borrowing func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return unsafe try body(&state.pointee)
  }

  deinit {
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }
}
