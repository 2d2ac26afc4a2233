// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Who ends a closed pool: the last thread that leaves it, whoever freed its page.
@Suite struct PoolLedgerTests {
  private func withLedger(_ body: (inout PoolLedger) throws -> Void) throws {
    let next = try ZeroedTable<UInt32>(count: 8, system: OperatingSystem())
    var ledger = PoolLedger(limit: 4, next: next.shared)
    try body(&ledger)
    #expect(next.count == 8)
  }

  @Test func aThreadWhosePageAnotherOneFreedKeepsThePool() throws {
    try withLedger { ledger in
      let numbers = [ledger.newNumber(), ledger.newNumber()]
      let isOverAtClose = ledger.close()
      #expect(!isOverAtClose)
      // Two threads let go; the second one frees both pages before the first one goes on.
      for number in numbers { ledger.departWithVisitor(number) }
      while let number = ledger.nextDeparting() { ledger.retire(number) }
      let second = ledger.leave(2, isVisitor: true)
      #expect(!second)
      let first = ledger.leave(0, isVisitor: true)
      #expect(first)
    }
  }

  @Test func closingLeavesTheEndToAThreadThatIsInside() throws {
    try withLedger { ledger in
      ledger.departWithVisitor(ledger.newNumber())
      while let number = ledger.nextDeparting() { ledger.retire(number) }
      // A request in need freed the page.
      let others = ledger.leave(1, isVisitor: false)
      let atClose = ledger.close()
      let own = ledger.leave(0, isVisitor: true)
      #expect(!others && !atClose && own)
    }
  }

  @Test func anEmptyPoolEndsAsItIsClosed() throws {
    try withLedger { ledger in
      let isOver = ledger.close()
      #expect(isOver)
    }
  }
}
