// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

// A consumer that waits: for a page where as many as the limit are out, for memory where the arena
// has none. For memory it stands in the heap's line, as any request does.
//
// For a page it closes the rings. Threads that put pages back find them closed, as they do while a
// request is in need, and take the ledger's lock: there the first of them hands its page over. So
// the way into an open ring costs nothing for it. No page is missed:
//
//   consumer                                    another thread that puts a page back
//    1. ledger: as many as the limit are out,    a. the ring is open: the page is in it; or else
//       the consumer waits                       b. ledger: the consumer waits: the page is handed
//    2. closes the rings; none is held then         over; else the page departs (in one step)
//    3. takes what is in them
//    4. waits
//
// A page put in by a was so before 2, which waits for whoever holds a ring, and is found by 3. A
// thread that found a ring closed by 2 does b after 1: had it had the lock before 1, it would have
// seen the ring before 2 closed it. One that did b before 1 for another reason (rings full, held or
// shut) took its page out of the pool, and 1 counts one less. One that does b after 1 hands over.
//
// While a request is in need, its thread empties cache and rings: these pages depart, and wake
// nobody. It can do so until 3 has found the rings empty. If 3 found the gate shut instead, the
// consumer waits until that thread has done so, and looks at the ledger again before 4. After that
// the cache and the rings stay empty until the wait has ended: `open` leaves the rings closed.
extension PoolCore {
  /// What comes of a take that may wait.
  enum Patient {
    case taken(UInt32)
    /// As many pages as the limit are out, and the consumer must not wait any more.
    case refused
    /// As many pages as the limit are out: the next one is handed over. The caller calls
    /// `endAwaiting`.
    case awaiting(PoolEvent?)
    /// The arena has no memory: the request is in the heap's line. The caller leaves it.
    case inLine(Waiter)
  }

  /// Takes a page at once, or has the consumer wait.
  ///
  /// - Parameters:
  ///   - holder: who gets it.
  ///   - heap: where pages come from.
  ///   - isTask: whether a task waits, which gets an event.
  ///   - deadline: when to wait no longer, by `readClock`.
  /// - Returns: what comes of it.
  /// - Throws: what waiting would not help.
  func takeOrWait(
    _ holder: PoolHolder, _ heap: Heap, isTask: Bool, deadline: Int
  ) throws(CompoundError) -> Patient {
    while true {
      switch search(holder, heap) {
      case .found(let index): return .taken(index)
      case .limit:
        // A function of the program must not wait for what may be its own thread.
        if Callback.isRunning || readClock() >= deadline { return .refused }
        if let patient = beginAwaiting(holder, heap, isTask ? PoolEvent() : nil) { return patient }
      case .nothing:
        let patient = try heap.allocateOrWait(
          byteCount: byteCount, alignment: .page, isZeroed: false, isTask: isTask,
          nanoseconds: deadline - readClock(), label)
        switch patient {
        case .served(let block): return .taken(enter(block, holder, heap))
        case .waiting(let waiter): return .inLine(waiter)
        }
      }
    }
  }

  /// Begins to wait for a page.
  ///
  /// - Returns: nil where fewer pages than the limit are out.
  private func beginAwaiting(
    _ holder: PoolHolder, _ heap: Heap, _ event: PoolEvent?
  ) -> Patient? {
    guard ledger.withLock({ $0.beginAwaiting(event) }) else { return nil }
    storage.closeRings()
    if let index = refillFromRings(holder) {
      // Another one may have been handed over meanwhile.
      if let second = endAwaiting(), !keep(second) { putUnheld(second) }
      return .taken(index)
    }
    heap.reclaimers.settle()
    if ledger.withLock({ $0.used >= limit }) { return .awaiting(event) }
    return endAwaiting(holder).map { .taken($0) }
  }

  /// Ends the wait for a page.
  ///
  /// - Returns: the page that was handed over, if there is one.
  func endAwaiting(_ holder: PoolHolder) -> UInt32? {
    let index = endAwaiting()
    if let index { note(holder, index) }
    return index
  }

  private func endAwaiting() -> UInt32? {
    ledger.withLock { ledger in
      let index = ledger.endAwaiting()
      // The thread that handed it over may have opened them before they were closed.
      if ledger.opensRings { storage.openRings() }
      return index
    }
  }

  /// Hands a page over to a consumer that waits for one; else it departs, with a visitor.
  ///
  /// - Parameters:
  ///   - index: the page.
  ///   - others: has other pages of the caller's depart in the same step, and returns how many.
  /// - Returns: whether it was handed over: then the caller touches nothing of the pool any more,
  ///   unless it has other pages.
  func handOver(
    _ index: UInt32, orDepartWith others: (inout PoolLedger) -> Int = { _ in 0 }
  ) -> Bool {
    let (isHanded, event) = ledger.withLock { ledger in
      let outcome = ledger.handOrDepart(index)
      if outcome.isHanded {
        handedOver.add(1, ordering: .relaxed)
        // What comes back from now on is kept, as ever.
        if ledger.opensRings { storage.openRings() }
        arrived.signal()
      } else {
        let count = 1 + others(&ledger)
        if !ledger.isClosed { ringFull.add(count, ordering: .relaxed) }
      }
      return outcome
    }
    // With no lock held: it runs the executor of the task.
    event?.signal()
    return isHanded
  }

  /// Whether a take has to wait: as many pages as the limit are out, or none is kept and the arena
  /// has too little memory.
  package var isShort: Bool {
    if ledger.withLock({ $0.used >= limit }) { return true }
    return keptCount == 0
      && door.enter(inChild: false) { heap in
        heap.pages.read { $0.frames.free } < order.pageCount
      }
  }

  // MARK: Takes

  /// Takes a page; the thread waits where there is none.
  ///
  /// - Throws: why there is still none when the time is over; and what waiting does not help.
  func take(
    _ holder: PoolHolder, blocking nanoseconds: Int
  ) throws(CompoundPoolError) -> UInt32 {
    if let cached = takeCached(holder) { return cached }
    let deadline = Self.deadline(nanoseconds)
    let index = try CompoundPoolError.wrap { () throws(CompoundError) in
      try door.enter { (heap) throws(CompoundError) in
        try take(holder, heap, until: deadline)
      }
    }
    guard let index else { throw .exhausted(limit: limit) }
    return index
  }

  private func take(
    _ holder: PoolHolder, _ heap: Heap, until deadline: Int
  ) throws(CompoundError) -> UInt32? {
    while true {
      switch try takeOrWait(holder, heap, isTask: false, deadline: deadline) {
      case .taken(let index): return index
      case .refused: return nil
      case .awaiting:
        _ = ledger.wait(for: arrived, nanoseconds: deadline - readClock()) { ledger in
          ledger.isHanded ? () : nil
        }
        if let index = endAwaiting(holder) { return index }
      case .inLine(let waiter):
        defer { heap.leaveLine(waiter) }
        return enter(try heap.wait(waiter), holder, heap)
      }
    }
  }

  /// Takes a page; the task waits where there is none.
  ///
  /// - Throws: `CompoundPoolError` as for a thread, `CancellationError`.
  nonisolated(nonsending)
    func take(_ holder: PoolHolder, waiting nanoseconds: Int) async throws -> UInt32
  {
    if let cached = takeCached(holder) { return cached }
    do {
      if let index = try await take(holder, until: Self.deadline(nanoseconds)) { return index }
    } catch let error as CompoundError {
      throw CompoundPoolError.allocation(error)
    }
    throw CompoundPoolError.exhausted(limit: limit)
  }

  nonisolated(nonsending)
    private func take(_ holder: PoolHolder, until deadline: Int) async throws -> UInt32?
  {
    while true {
      let patient = try door.enter { (heap) throws(CompoundError) in
        try takeOrWait(holder, heap, isTask: true, deadline: deadline)
      }
      switch patient {
      case .taken(let index): return index
      case .refused: return nil
      case .awaiting(let event):
        await event?.wait(nanoseconds: deadline - readClock())
        if let index = endAwaiting(holder) { return index }
        try Task.checkCancellation()
      case .inLine(let waiter):
        let block = try await door.wait(for: waiter)
        return door.pass { enter(block, holder, $0) }
      }
    }
  }

  private static func deadline(_ nanoseconds: Int) -> Int {
    let (sum, overflow) = readClock().addingReportingOverflow(max(0, nanoseconds))
    return overflow ? .max : sum
  }
}
