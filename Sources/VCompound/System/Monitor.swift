// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A lock, and a way to wait under it for somebody to change what it guards.
///
/// Invariant: the condition and the clock it goes by are set up while the object lives.
@safe
final class Monitor<State: ~Copyable>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private let state: UnsafeMutablePointer<State>

  /// Makes a lock that nobody holds.
  init(_ state: consuming State) {
    unsafe self.mutex = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe self.condition = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe self.state = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    // Deadlines are of the clock that nobody sets.
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
    unsafe self.state.initialize(to: state)
  }

  /// Runs a function with the lock held.
  ///
  /// Taking it again inside would wait forever.
  @inline(__always)
  func withLock<Result: ~Copyable, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return unsafe try body(&state.pointee)
  }

  /// Has those who wait look again.
  ///
  /// Under the lock, or the object might go between the change and the call.
  func wakeAll() { unsafe pthread_cond_broadcast(condition) }

  /// Waits until something holds, or for so long.
  ///
  /// - Parameters:
  ///   - nanoseconds: how long at most.
  ///   - isMet: whether it holds; called under the lock.
  /// - Returns: whether it holds.
  func wait(nanoseconds: Int, until isMet: (borrowing State) -> Bool) -> Bool {
    var deadline = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &deadline)
    let (total, overflow) = deadline.tv_nsec.addingReportingOverflow(max(0, nanoseconds))
    deadline.tv_sec += (overflow ? Int.max : total) / 1_000_000_000
    deadline.tv_nsec = (overflow ? 0 : total) % 1_000_000_000
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while unsafe !isMet(state.pointee) {
      if unsafe pthread_cond_timedwait(condition, mutex, &deadline) == ETIMEDOUT {
        return unsafe isMet(state.pointee)
      }
    }
    return true
  }

  deinit {
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
    unsafe pthread_cond_destroy(condition)
    unsafe condition.deallocate()
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }
}
