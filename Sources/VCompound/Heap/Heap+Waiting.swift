// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

// Requests that wait until memory is freed. While one waits it is in need: no cache keeps anything,
// so what is freed is free at once, and can be seen. Each begins its need on its own thread, where
// functions of the program may run; the thread that serves tasks runs none.
extension Heap {
  /// What comes of a request that may wait.
  package enum Patient {
    case served(Block)
    case waiting(Waiter)
  }

  /// Serves a request at once, if nobody waits before it, or has it wait.
  ///
  /// Whoever waits calls `leaveLine` in the end.
  ///
  /// - Throws: every `CompoundError`, where waiting would not help.
  package func allocateOrWait(
    byteCount: ByteCount, alignment: ByteCount, isZeroed: Bool, isTask: Bool, nanoseconds: Int,
    _ label: SourceLabel
  ) throws(CompoundError) -> Patient {
    func allocate(_ label: SourceLabel) throws(CompoundError) -> Block {
      try self.allocate(
        byteCount: byteCount, alignment: alignment, isZeroed: isZeroed, .buffer, label)
    }
    // A function of the program must not wait for what may be its own thread.
    if Callback.isRunning || nanoseconds <= 0 { return .served(try allocate(label)) }
    if line.isEmpty {
      do throws(CompoundError) {
        let block = try allocate(.listedByCaller)
        if policy.hasCensus { enterCensus(block, label) }
        return .served(block)
      } catch {
        guard error.mayPass else { throw error }
        takeBack(error, byteCount)
      }
    } else {
      let count = try request(byteCount, alignment: alignment, .buffer).pageCount
      var turn = 0
      if canShrink { _ = shrinkers.ask(for: count.byteCount, &turn) }
    }
    return .waiting(
      try joinLine(byteCount, alignment, isZeroed: isZeroed, isTask: isTask, nanoseconds, label))
  }

  /// Puts a request into the line.
  ///
  /// A function of its own: making a waiter, Swift's runtime lays its type out first, which calls
  /// malloc, and where this is inlined even if no waiter is made.
  @inline(never)
  private func joinLine(
    _ byteCount: ByteCount, _ alignment: ByteCount, isZeroed: Bool, isTask: Bool,
    _ nanoseconds: Int, _ label: SourceLabel
  ) throws(CompoundError) -> Waiter {
    let waiter = Waiter(
      byteCount: byteCount, alignment: alignment, isZeroed: isZeroed, isTask: isTask,
      nanoseconds: nanoseconds, label)
    if isTask {
      let door = Door(self)
      try line.startThread(system: system) { door.pass { $0.serveTasks() } }
    }
    beginNeed()
    line.join(waiter)
    wakeServer()
    return waiter
  }

  /// Ends the wait of a request.
  package func leaveLine(_ waiter: Waiter) {
    line.leave(waiter)
    wakeServer()
    line.settle(waiter)
    endNeed()
    wakeServer()
  }

  /// Takes back what a task waits for: it gets an error, unless it has got a block.
  package func cancel(_ waiter: Waiter, _ error: any Error) {
    guard waiter.end(.failure(error)) else { return }
    line.leave(waiter)
    wakeServer()
  }

  /// Has the first one in the line look again, which waits for the ledger.
  private func wakeServer() { pages.withLock { _ in } }

  // MARK: Serving

  /// Waits with the calling thread.
  ///
  /// - Throws: why it is refused still when its time is over; and what waiting does not help.
  package func wait(_ waiter: Waiter) throws(CompoundError) -> Block {
    guard line.waitForTurn(waiter) else { throw shortage(waiter) }
    let result = serve(waiter) { waiter.deadline }
    guard let result else { throw shortage(waiter) }
    return try result.get()
  }

  /// The life of the thread that serves tasks.
  private func serveTasks() {
    while true {
      switch line.next() {
      case .end: return
      case .refuse(let late): refuse(late)
      case .serve(let waiter):
        let result = serve(waiter) {
          let (late, next) = line.late()
          refuse(late)
          return next
        }
        switch result {
        case .success(let block)?:
          if !waiter.end(.success(block)) { free(block, .buffer) }
        case .failure(let error)?: _ = waiter.end(.failure(error))
        case nil: break
        }
        // The task leaves the line when it runs again: the next one need not wait for that.
        line.endServing()
      }
    }
  }

  private func refuse(_ late: [Waiter]) {
    for waiter in late { cancel(waiter, shortage(waiter)) }
  }

  /// Refuses a request.
  private func shortage(_ waiter: Waiter) -> CompoundError {
    let count = PageCount(covering: waiter.byteCount)
    if policy.hasCensus { noteRefusal(count, waiter.label) }
    return pages.withLock { ledger in
      let error = ledger.shortage(of: count)
      ledger.refusals.note(error, count)
      return error
    }
  }

  /// Counts a request no more as refused: it waits.
  @discardableResult
  private func takeBack(_ error: CompoundError, _ byteCount: ByteCount) -> Int {
    pages.withLock { ledger in
      ledger.refusals.note(error, PageCount(covering: byteCount), -1)
      return ledger.gains
    }
  }

  /// Tries to serve the first request of the line, again and again, whenever memory is freed.
  ///
  /// - Parameters:
  ///   - waiter: the request.
  ///   - deadline: tells when to look at the clock again.
  /// - Returns: nil when it has ended, or its time is over.
  private func serve(_ waiter: Waiter, _ deadline: () -> Int) -> Result<Block, CompoundError>? {
    while !waiter.hasEnded {
      let changes = line.changeCount
      let before = pages.read { $0.gains }
      let after: Int
      do throws(CompoundError) {
        let block = try Callback.run { () throws(CompoundError) in
          try allocate(
            byteCount: waiter.byteCount, alignment: waiter.alignment, isZeroed: waiter.isZeroed,
            .buffer, .listedByCaller)
        }
        if policy.hasCensus { enterCensus(block, waiter.label) }
        return .success(block)
      } catch {
        guard error.mayPass else {
          if policy.hasCensus { noteRefusal(PageCount(covering: waiter.byteCount), waiter.label) }
          return .failure(error)
        }
        after = takeBack(error, waiter.byteCount)
      }
      let next = deadline()
      let now = readClock()
      if now >= waiter.deadline { return nil }
      // The attempt itself may have moved frames: then it looks again soon, whatever happens.
      let pause = after == before ? Int.max : Self.pauseAfterMoves
      pages.wait(nanoseconds: min(pause, next - now)) { ledger in
        ledger.gains != after || line.changeCount != changes
      }
    }
    return nil
  }

  private static var pauseAfterMoves: Int { 1_000_000 }
}

extension Door {
  /// Waits with the calling task, which leaves the line then.
  ///
  /// - Throws: why it is refused still when its time is over, and what waiting does not help;
  ///   `CancellationError`.
  nonisolated(nonsending)
    package func wait(for waiter: Waiter) async throws -> Block
  {
    defer { pass { $0.leaveLine(waiter) } }
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter.attach($0) }
    } onCancel: {
      pass { $0.cancel(waiter, CancellationError()) }
    }
  }
}

extension CompoundError {
  /// Whether a request that was refused for it can be served when memory is freed.
  fileprivate var mayPass: Bool {
    if case .outOfMemory = self { true } else { isShortageOfMappings }
  }
}
