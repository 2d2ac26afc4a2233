// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A page with a datagram in it, on its way to the consumer.
struct Delivery<Page: SourcePage & ~Copyable>: ~Copyable, Sendable {
  var page: Page
  var byteCount: Int
}

/// What receiver and consumer share.
///
/// Work comes in bursts. Between them the consumer sleeps, so that the sender has a processor to
/// itself; during one it never sleeps, so that nobody pays for waking it.
@safe
package final class Relay<Page: SourcePage & ~Copyable>: @unchecked Sendable {
  /// The pages on their way to the consumer.
  let ring = Ring<Delivery<Page>>(capacity: ReceiveOptions.ringCapacity)

  /// The deliveries after which the burst is over; `Int.max` while nobody knows.
  private let goal = Atomic<Int>(.max)
  /// The bursts that the consumer has begun, and those that it has ended.
  private let begun = Atomic<Int>(0)
  private let ended = Atomic<Int>(0)
  private let isOver = Atomic<Bool>(false)
  private let isDone = Atomic<Bool>(false)
  private let wakeUp: UnsafeMutablePointer<sem_t>

  /// What the consumer found, once it is done.
  let report = Mutex(ConsumerReport())

  package init() {
    unsafe wakeUp = UnsafeMutablePointer.allocate(capacity: 1)
    unsafe sem_init(wakeUp, 0, 0)
  }

  deinit {
    unsafe sem_destroy(wakeUp)
    unsafe wakeUp.deallocate()
  }

  // MARK: The receiver

  /// Begins a burst: when this returns the consumer is at work.
  package func begin(_ burst: Int) {
    goal.store(.max, ordering: .relaxed)
    unsafe sem_post(wakeUp)
    while begun.load(ordering: .acquiring) < burst { sched_yield() }
  }

  /// Ends a burst after so many deliveries since the beginning of all, and waits until the consumer
  /// has dealt with them, and has seen that it is over: it would miss that in the next burst.
  package func end(after deliveries: Int) {
    let burst = begun.load(ordering: .acquiring)
    goal.store(deliveries, ordering: .releasing)
    while ended.load(ordering: .acquiring) < burst { sched_yield() }
  }

  /// Lets the consumer end, and waits until it has no page any more.
  package func finish() {
    isOver.store(true, ordering: .releasing)
    unsafe sem_post(wakeUp)
    while !isDone.load(ordering: .acquiring) { sched_yield() }
  }

  // MARK: The consumer

  /// Sleeps until a burst begins.
  ///
  /// - Returns: whether one does; else all is over.
  package func waitForBurst() -> Bool {
    while unsafe sem_wait(wakeUp) != 0 {}
    if isOver.load(ordering: .acquiring) { return false }
    begun.add(1, ordering: .releasing)
    return true
  }

  /// Whether the burst is over after so many deliveries, which are dealt with.
  package func isOver(after deliveries: Int) -> Bool {
    guard goal.load(ordering: .acquiring) == deliveries else { return false }
    ended.add(1, ordering: .releasing)
    return true
  }

  /// Says that the consumer has no page any more.
  package func setDone() { isDone.store(true, ordering: .releasing) }
}
