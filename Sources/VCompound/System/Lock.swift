// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Guards a state: only the holder of the lock sees it and changes it.
///
/// The C library's mutex, where the Synchronization module has one too. That one hands itself
/// over to a waiter inside the kernel, where the thread sanitizer cannot see it, so that every
/// contended use is reported as a race; this one it knows.
///
/// The state may end with the lock held: after the mutex is unlocked, the unlocking thread touches
/// neither. (The C library allows a mutex to be destroyed as soon as it could be locked.)
///
/// Invariants: the mutex does not move, and is unlocked when the value goes; `state` is
/// initialized while the value lives, and only touched while the mutex is held.
@safe
package struct Lock<State: ~Copyable>: ~Copyable, @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let state: UnsafeMutablePointer<State>

  /// Makes a lock that is not held.
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

  /// Runs a function with the lock held, and again after each signal, until it has a result.
  ///
  /// - Parameters:
  ///   - condition: what is signalled; the lock is not held while the thread waits for it.
  ///   - nanoseconds: the longest time to wait, or nil for ever.
  ///   - body: returns a result, or nil to wait for the next signal.
  /// - Returns: the result, or nil where the time is over.
  /// - Throws: what the function throws.
  package borrowing func wait<Result, Failure: Error>(
    for condition: borrowing Condition, nanoseconds: Int? = nil,
    _ body: (inout State) throws(Failure) -> Result?
  ) throws(Failure) -> Result? {
    var deadline = nanoseconds.map { Condition.deadline(nanoseconds: $0) }
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    while true {
      if let result = unsafe try body(&state.pointee) { return result }
      guard unsafe condition.wait(mutex, until: &deadline) else {
        return unsafe try body(&state.pointee)
      }
    }
  }

  /// Takes the lock, for a handler that runs before fork.
  package borrowing func hold() { unsafe pthread_mutex_lock(mutex) }

  /// Gives the lock up that `hold` took: in the same process, or in its child.
  package borrowing func letGo() { unsafe pthread_mutex_unlock(mutex) }

  deinit {
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }
}

/// What threads wait for under a lock.
///
/// Invariant: the condition and the clock it goes by are set up while the value lives.
@safe
package struct Condition: ~Copyable, @unchecked Sendable {
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  /// Makes a condition that no thread waits for.
  package init() {
    unsafe condition = UnsafeMutablePointer.allocate(capacity: 1)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    // Deadlines are of the clock that is never set.
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
  }

  /// Has all waiting threads look again; call it with their lock held.
  package borrowing func signal() { unsafe pthread_cond_broadcast(condition) }

  /// The time so many nanoseconds from now, or the last one there is.
  fileprivate static func deadline(nanoseconds: Int) -> timespec {
    var now = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &now)
    let (total, overflow) = now.tv_nsec.addingReportingOverflow(max(0, nanoseconds))
    let seconds = now.tv_sec.addingReportingOverflow((overflow ? Int.max : total) / 1_000_000_000)
    return timespec(
      tv_sec: seconds.overflow ? .max : seconds.partialValue,
      tv_nsec: overflow ? 0 : total % 1_000_000_000)
  }

  /// Waits for a signal.
  ///
  /// - Returns: false where the time was over before.
  fileprivate borrowing func wait(
    _ mutex: UnsafeMutablePointer<pthread_mutex_t>, until deadline: inout timespec?
  ) -> Bool {
    guard var time = deadline else {
      unsafe pthread_cond_wait(condition, mutex)
      return true
    }
    return unsafe pthread_cond_timedwait(condition, mutex, &time) != ETIMEDOUT
  }

  deinit {
    unsafe pthread_cond_destroy(condition)
    unsafe condition.deallocate()
  }
}
