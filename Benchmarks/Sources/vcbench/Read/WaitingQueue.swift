// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Hands values with one owner from some threads to others, first in, first out.
///
/// Nobody spins: whoever finds it empty sleeps until there is something, or it is closed. It is
/// bounded by its capacity, and there are never more values than that: adding does not wait.
///
/// Invariants, under the lock: `first` is below `capacity`; places `first ..< first + count`,
/// modulo `capacity`, hold a value each, the others none. All of these are touched under the lock
/// only, which is what makes the class sendable.
@safe
package final class WaitingQueue<Element: ~Copyable & Sendable>: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let hasMore: UnsafeMutablePointer<pthread_cond_t>
  private let places: UnsafeMutablePointer<Element>
  private let capacity: Int
  private var first = 0
  private var count = 0
  private var isClosed = false

  /// An open queue without values.
  package init(capacity: Int) {
    precondition(capacity > 0, "a queue of \(capacity) places")
    self.capacity = capacity
    unsafe places = UnsafeMutablePointer.allocate(capacity: capacity)
    unsafe lock = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe hasMore = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe pthread_mutex_init(lock, nil)
    unsafe pthread_cond_init(hasMore, nil)
  }

  deinit {
    for step in 0..<count { unsafe (places + place(step)).deinitialize(count: 1) }
    unsafe pthread_mutex_destroy(lock)
    unsafe pthread_cond_destroy(hasMore)
    unsafe places.deallocate()
    unsafe lock.deallocate()
    unsafe hasMore.deallocate()
  }

  /// Adds a value, also to a closed queue, which owns it then.
  ///
  /// The program stops where there are more values than places.
  package func push(_ element: consuming Element) {
    unsafe pthread_mutex_lock(lock)
    precondition(count < capacity, "a queue of \(capacity) places is full")
    unsafe (places + place(count)).initialize(to: element)
    count += 1
    unsafe pthread_mutex_unlock(lock)
    unsafe pthread_cond_signal(hasMore)
  }

  /// Takes the oldest value, after waiting for one where there is none.
  ///
  /// - Returns: the value; nil where the queue is empty and closed.
  package func pop() -> Element? {
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    while count == 0 {
      if isClosed { return nil }
      unsafe pthread_cond_wait(hasMore, lock)
    }
    let element = unsafe (places + first).move()
    first = place(1)
    count -= 1
    return element
  }

  /// Says that nothing is worth waiting for any more.
  package func close() {
    unsafe pthread_mutex_lock(lock)
    isClosed = true
    unsafe pthread_mutex_unlock(lock)
    unsafe pthread_cond_broadcast(hasMore)
  }

  private func place(_ step: Int) -> Int { (first + step) % capacity }
}
