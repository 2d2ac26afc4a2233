// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A request that waits for memory.
package final class Waiter: Sendable {
  let byteCount: ByteCount
  let alignment: ByteCount
  let isZeroed: Bool
  /// Whether a task waits, which no thread may block for.
  let isTask: Bool
  /// Names the block in the census.
  let label: SourceLabel
  /// When it is refused, by `readClock`.
  let deadline: Int

  /// Not private, or the compiler cannot lay the lock out in other files.
  struct State {
    var continuation: CheckedContinuation<Block, any Error>?
    var result: Result<Block, any Error>?
  }
  private let state = Lock(State())

  init(
    byteCount: ByteCount, alignment: ByteCount, isZeroed: Bool, isTask: Bool, nanoseconds: Int,
    _ label: SourceLabel
  ) {
    self.label = label
    self.byteCount = byteCount
    self.alignment = alignment
    self.isZeroed = isZeroed
    self.isTask = isTask
    let (sum, overflow) = readClock().addingReportingOverflow(max(0, nanoseconds))
    deadline = overflow ? .max : sum
  }

  /// Ends it, unless it has ended.
  ///
  /// - Returns: false where it had: then nobody gets the result.
  func end(_ result: Result<Block, any Error>) -> Bool {
    let (isFirst, continuation) = state.withLock { state in
      guard state.result == nil else {
        return (false, nil as CheckedContinuation<Block, any Error>?)
      }
      state.result = result
      return (true, state.continuation.take())
    }
    continuation?.resume(with: result)
    return isFirst
  }

  var hasEnded: Bool { state.withLock { $0.result != nil } }

  /// Says what goes on at the end.
  package func attach(_ continuation: CheckedContinuation<Block, any Error>) {
    let result = state.withLock { state in
      if state.result == nil { state.continuation = continuation }
      return state.result
    }
    if let result { continuation.resume(with: result) }
  }
}

/// The requests that wait for memory, first come, first served; and the thread that serves those of
/// tasks.
///
/// Only the first one in the line looks for memory: a thread for itself, a thread of the
/// allocator's own for a task. The others wait for their turn.
struct Line: ~Copyable, Sendable {
  struct State: ~Copyable {
    var waiters: [Waiter] = []
    var thread: HelperThread?
    /// The request of a task that the thread looks for memory for.
    var served: Waiter?
    var isEnding = false
  }
  private let state = Lock(State())
  private let changed = Condition()
  private let number = Atomic<Int>(0)
  private let changes = Atomic<Int>(0)

  /// How many wait.
  var count: Int { number.load(ordering: .relaxed) }

  var isEmpty: Bool { count == 0 }

  /// How often the line has changed, or a waiter has ended.
  var changeCount: Int { changes.load(ordering: .relaxed) }

  /// Lines up.
  func join(_ waiter: Waiter) { change { $0.waiters.append(waiter) } }

  /// Leaves the line.
  func leave(_ waiter: Waiter) { change { $0.waiters.removeAll { $0 === waiter } } }

  private func change(_ body: (inout State) -> Void) {
    state.withLock { state in
      body(&state)
      number.store(state.waiters.count, ordering: .relaxed)
      changes.add(1, ordering: .relaxed)
      changed.signal()
    }
  }

  /// Waits until a request is the first one.
  ///
  /// - Returns: whether it is; else its time is over.
  func waitForTurn(_ waiter: Waiter) -> Bool {
    let isFirst: Void? = state.wait(
      for: changed, nanoseconds: waiter.deadline - readClock()
    ) { state in
      state.waiters.first === waiter ? () : nil
    }
    return isFirst != nil
  }

  // MARK: The thread that serves tasks

  /// Begins the thread, if there is none.
  ///
  /// - Throws: `systemCall`.
  func startThread(
    system: OperatingSystem, _ body: @escaping @Sendable () -> Void
  ) throws(CompoundError) {
    try state.withLock { (state: inout State) throws(CompoundError) in
      if state.thread == nil {
        state.thread = try HelperThread(system: system, body)
      }
    }
  }

  /// Ends the thread, and waits for its end; nobody waits any more.
  func stop() {
    let thread = state.withLock { state in
      state.isEnding = true
      changed.signal()
      return state.thread.take()
    }
    if let thread { thread.join() }
  }

  /// What the thread does next.
  enum Work {
    /// The first one's time has come.
    case serve(Waiter)
    /// These have waited too long.
    case refuse([Waiter])
    case end
  }

  /// Waits for work.
  func next() -> Work {
    while true {
      let deadline = state.withLock { Self.earliest($0) }
      let nanoseconds = deadline == .max ? nil : max(0, deadline - readClock())
      let work = state.wait(for: changed, nanoseconds: nanoseconds) { state -> Work? in
        if state.isEnding { return .end }
        let late = Self.late(state)
        if !late.isEmpty { return .refuse(late) }
        if let first = state.waiters.first, first.isTask, !first.hasEnded {
          state.served = first
          return .serve(first)
        }
        // One that has come meanwhile may have an earlier deadline.
        return Self.earliest(state) < deadline ? .refuse([]) : nil
      }
      if let work { return work }
    }
  }

  /// Takes the request that was served out of the line; the thread has no memory for it any more.
  func endServing() {
    change { state in
      let served = state.served.take()
      state.waiters.removeAll { $0 === served }
    }
  }

  /// Waits until the thread has no memory for a request any more: what it found for one that was
  /// cancelled meanwhile is free then.
  ///
  /// No longer than an attempt to serve it takes.
  func settle(_ waiter: Waiter) {
    _ = state.wait(for: changed, nanoseconds: nil) { $0.served === waiter ? nil : () }
  }

  /// The tasks that have waited too long, and when the next one will have.
  func late() -> (waiters: [Waiter], next: Int) {
    state.withLock { (Self.late($0), Self.earliest($0)) }
  }

  private static func late(_ state: borrowing State) -> [Waiter] {
    let now = readClock()
    return state.waiters.filter { $0.isTask && $0.deadline <= now && !$0.hasEnded }
  }

  private static func earliest(_ state: borrowing State) -> Int {
    var earliest = Int.max
    for waiter in state.waiters where waiter.isTask && !waiter.hasEnded {
      earliest = min(earliest, waiter.deadline)
    }
    return earliest
  }
}
