// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Which numbers of a pool are pages, which pages are leaving, and how the pool ends.
struct PoolLedger {
  /// Links of the lists, by number: the next number plus one, or 0.
  private let next: SharedTable<UInt32>
  private let limit: Int

  /// Numbers that were a page's and are free, and pages that are to be freed: the first of each
  /// list plus one.
  private var firstFree: UInt32 = 0
  private var firstDeparting: UInt32 = 0

  /// The lowest number that never was a page's.
  private var fresh = 0

  /// Pages in the pool, and out of it.
  private(set) var used = 0

  /// Pages that have not gone back to the heap: those, and those that are leaving.
  private(set) var present = 0

  /// Threads that have let a page depart and have not left: another one may free their pages, so
  /// their pages do not keep the pool for them.
  private var visitors = 0

  /// Pages whose addresses were made inaccessible.
  var revokedCount = 0

  /// Whether the pool is closed: what comes back goes to the frames.
  private(set) var isClosed = false

  /// Whether caches keep nothing now, or never will: a request is in need, or the pool is closed.
  var isShut = false

  /// Whether the consumer waits for a page: the next that comes back is handed over.
  private(set) var isAwaited = false

  /// The page that was handed over, plus one, or 0.
  private var handed: UInt32 = 0

  /// What a task waits for, if a task waits.
  private var event: PoolEvent?

  /// Makes a ledger without pages.
  init(limit: Int, next: SharedTable<UInt32>) {
    self.limit = limit
    self.next = next
  }

  /// The numbers that can still be given out.
  var available: Int { min(limit - used, next.count - present) }

  /// Gives out a number.
  mutating func newNumber() -> UInt32 {
    used += 1
    present += 1
    if firstFree != 0 { return pop(&firstFree) }
    fresh += 1
    return UInt32(fresh - 1)
  }

  /// Takes a page out of the pool for a thread that has nothing else to keep the pool, and that
  /// calls `leave` as its last step.
  mutating func departWithVisitor(_ number: UInt32) {
    visitors += 1
    depart(number)
  }

  /// Takes a page out of the pool, to be freed.
  mutating func depart(_ number: UInt32) {
    used -= 1
    push(number, &firstDeparting)
  }

  /// Whether pages are to be freed.
  var isAnyDeparting: Bool { firstDeparting != 0 }

  /// The next page to be freed.
  mutating func nextDeparting() -> UInt32? {
    firstDeparting == 0 ? nil : pop(&firstDeparting)
  }

  /// Takes the number of a page back that has been freed.
  ///
  /// The page is present until `leave`.
  mutating func retire(_ number: UInt32) { push(number, &firstFree) }

  /// Counts pages that have gone back to the heap.
  ///
  /// - Parameters:
  ///   - pages: how many.
  ///   - isVisitor: whether the caller came by `departWithVisitor`.
  /// - Returns: whether the pool ends: then the caller ends it.
  mutating func leave(_ pages: Int, isVisitor: Bool) -> Bool {
    present -= pages
    if isVisitor { visitors -= 1 }
    return (pages > 0 || isVisitor) && isOver
  }

  // MARK: A consumer that waits

  /// Has the next page that comes back handed over, if as many as the limit are out.
  ///
  /// - Returns: whether so many are.
  mutating func beginAwaiting(_ event: PoolEvent?) -> Bool {
    guard used >= limit else { return false }
    isAwaited = true
    self.event = event
    return true
  }

  /// Hands a page over that nobody has, or takes it out of the pool where nobody waits for one.
  ///
  /// One step: a page that leaves the pool between the two would wake nobody.
  ///
  /// - Returns: whether the page is handed over, and then the event to signal, if there is one;
  ///   else
  ///   it departs with a visitor.
  mutating func handOrDepart(_ number: UInt32) -> (isHanded: Bool, event: PoolEvent?) {
    guard isAwaited, handed == 0 else {
      departWithVisitor(number)
      return (false, nil)
    }
    handed = number + 1
    return (true, event.take())
  }

  /// Whether a page has been handed over to the consumer that waits.
  var isHanded: Bool { handed != 0 }

  /// Whether the rings may be open.
  var opensRings: Bool { !isShut && (!isAwaited || isHanded) }

  /// Ends the wait.
  ///
  /// - Returns: the page that was handed over, if there is one.
  mutating func endAwaiting() -> UInt32? {
    defer { (isAwaited, handed, event) = (false, 0, nil) }
    return isHanded ? handed - 1 : nil
  }

  // MARK: The end

  /// Closes the pool.
  ///
  /// - Returns: whether nothing is left of it: then the caller ends it.
  mutating func close() -> Bool {
    isClosed = true
    return isOver
  }

  private var isOver: Bool { isClosed && present == 0 && visitors == 0 }

  /// The numbers that may be in use.
  var numbers: Range<Int> { 0..<fresh }

  /// Calls a function with each page that is to be freed.
  func lookAtDeparting(_ body: (UInt32) -> Void) {
    var link = firstDeparting
    while link != 0 {
      body(link - 1)
      link = next.load(Int(link - 1))
    }
  }

  private func push(_ number: UInt32, _ first: inout UInt32) {
    next.store(first, at: Int(number))
    first = number + 1
  }

  private func pop(_ first: inout UInt32) -> UInt32 {
    let number = first - 1
    first = next.load(Int(number))
    return number
  }
}
