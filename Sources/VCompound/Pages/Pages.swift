// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The ledger behind its lock, and what waits for it to change.
package struct Pages: ~Copyable, Sendable {
  private let ledger: Lock<Ledger>

  /// Signalled at every change while a request waits.
  private let changed = Condition()

  /// See `Transit`.
  package let transit = Transit()

  /// The block records, each for the owner of its block; the ledger's own table.
  package let records: SharedTable<BlockTable.Record>

  /// Makes a ledger in which all frames are absent.
  ///
  /// - Parameters:
  ///   - pageCount: the capacity.
  ///   - space: the frames there are.
  ///   - system: where the tables are mapped.
  /// - Throws: `systemCall`.
  package init(
    pageCount: PageCount, space: PageCount, system: OperatingSystem
  ) throws(CompoundError) {
    let ledger = try Ledger(pageCount: pageCount, space: space, system: system)
    records = ledger.blocks.sharedRecords
    self.ledger = Lock(ledger)
  }

  /// Runs a function with the ledger, for some dozen instructions; then requests that wait look
  /// again.
  ///
  /// It makes no system call, and takes no other lock but that of a table of runs or the ledger of
  /// a pool.
  @inline(__always)
  package func withLock<Result, Failure: Error>(
    _ body: (inout Ledger) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try ledger.withLock { (ledger: inout Ledger) throws(Failure) in
      defer {
        ledger.checkAccounts()
        if ledger.waiting > 0 { changed.signal() }
      }
      return try body(&ledger)
    }
  }

  /// Reads the ledger.
  package func read<Result>(_ body: (borrowing Ledger) -> Result) -> Result {
    ledger.withLock { body($0) }
  }

  /// Waits while a function returns nil, and runs it again at each change.
  ///
  /// The caller has nothing in transit.
  package func wait<Result, Failure: Error>(
    _ body: (inout Ledger) throws(Failure) -> Result?
  ) throws(Failure) -> Result {
    ledger.withLock { $0.waiting += 1 }
    transit.waiting.add(1, ordering: .sequentiallyConsistent)
    defer {
      transit.waiting.subtract(1, ordering: .relaxed)
      ledger.withLock { $0.waiting -= 1 }
    }
    while true {
      let result = try ledger.wait(for: changed) { (ledger: inout Ledger) throws(Failure) in
        try body(&ledger)
      }
      if let result { return result }
    }
  }

  /// Waits until a function returns true, which it is asked at each change, or a time is over.
  ///
  /// The caller has nothing in transit.
  package func wait(nanoseconds: Int, until isTrue: (borrowing Ledger) -> Bool) {
    ledger.withLock { $0.waiting += 1 }
    _ = ledger.wait(for: changed, nanoseconds: nanoseconds) { isTrue($0) ? () : nil }
    ledger.withLock { $0.waiting -= 1 }
  }

  /// Runs a function that carries frames, or things that own frames, from one place to another.
  ///
  /// A request that finds nothing meanwhile waits for the function's end rather than be refused.
  @inline(__always)
  package func carrying<Result, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    transit.carriers.add(1, ordering: .sequentiallyConsistent)
    defer {
      transit.carriers.subtract(1, ordering: .sequentiallyConsistent)
      if transit.waiting.load(ordering: .sequentiallyConsistent) > 0 { withLock { _ in } }
    }
    return try body()
  }
}

/// What is being carried, beside the frames that the ledger has in transit: objects on their way to
/// be destroyed, which may own blocks, and blocks that a caller took more of than it needs.
///
/// A carrier counts itself before it takes anything, and until all of it is handed over. A request
/// that waits counts itself, too, before it looks at the carriers: so either it sees the carrier,
/// or the carrier sees the request, and wakes it.
package struct Transit: ~Copyable, Sendable {
  fileprivate let carriers = Atomic<Int>(0)
  fileprivate let waiting = Atomic<Int>(0)

  /// Whether nothing is being carried.
  package var isSettled: Bool { carriers.load(ordering: .sequentiallyConsistent) == 0 }
}

extension Ledger {
  /// Checks that each frame is in one account, in builds with VCOMPOUND_INTERNAL_CHECKS.
  @inline(__always)
  func checkAccounts() {
    #if VCOMPOUND_INTERNAL_CHECKS
      validateAccounts()
    #endif
  }

  /// Stops the program unless the accounts add up to the capacity.
  package func validateAccounts() {
    precondition(
      accounts.used == frames.used && accounts.transit >= 0 && accounts.slabs >= 0
        && accounts.out >= 0,
      "\(accounts) do not add up to \(frames.used)")
    let absent = frames.freeAbsent + frames.inTransit
    precondition(
      residency.now >= frames.pageCount - absent, "\(residency.now) are resident, not all others")
  }
}
