// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// An array of slots that a request's pages stand in: the page array of a server's thread.
///
/// It goes round: a reader fills its empty slots, reads into the pages and hands it on; whoever
/// checks the bytes releases the pages and sends the array back.
protocol ReadPages: ~Copyable, Sendable {
  /// Where a reader gets pages from; each reader has its own.
  associatedtype Source: Sendable

  /// An array of empty slots.
  init(count: Int, from source: Source)

  /// Fills the empty ones of the first slots; others may be filled, too.
  ///
  /// - Parameters:
  ///   - count: how many slots must be filled.
  ///   - source: the calling thread's.
  /// - Returns: the pages newly taken.
  /// - Throws: a failure where there are not enough pages.
  mutating func fill(_ count: Int, from source: Source) throws(CommandFailure) -> Int

  /// The page in a filled slot.
  func address(_ index: Int) -> UnsafeMutableRawPointer

  /// Releases the pages in the first slots, on whatever thread.
  mutating func release(_ count: Int)
}

/// A page that gives itself back when it is dropped.
protocol ReadPage: ~Copyable, Sendable {
  /// Where a reader gets pages from.
  associatedtype Source: Sendable

  /// The first byte.
  var start: UnsafeMutableRawPointer { get }

  /// Takes pages one by one.
  ///
  /// The loop is on this side so that what it needs of the source it looks up once.
  static func take(
    _ count: Int, from source: Source, _ sink: (consuming Self) -> Void
  ) throws(CommandFailure)
}

/// Slots for pages that are taken and dropped one by one.
///
/// Invariant: the first `filled` of the `count` slots hold a page each, the others none.
@safe
struct SinglePages<Page: ReadPage & ~Copyable>: ReadPages, ~Copyable, @unchecked Sendable {
  private let slots: UnsafeMutablePointer<Page>
  private let count: Int
  private var filled = 0

  init(count: Int, from source: Page.Source) {
    self.count = count
    unsafe slots = UnsafeMutablePointer.allocate(capacity: count)
  }

  deinit {
    unsafe slots.deinitialize(count: filled)
    unsafe slots.deallocate()
  }

  mutating func fill(_ count: Int, from source: Page.Source) throws(CommandFailure) -> Int {
    precondition(count <= self.count, "\(count) pages do not fit into \(self.count) slots")
    let before = filled
    guard count > before else { return 0 }
    // In a variable of its own, which the compiler keeps in a register.
    var next = before
    defer { filled = next }
    let slots = unsafe slots
    try Page.take(count - before, from: source) { page in
      unsafe (slots + next).initialize(to: page)
      next += 1
    }
    return count - before
  }

  func address(_ index: Int) -> UnsafeMutableRawPointer {
    precondition(0 <= index && index < filled, "slot \(index) is empty")
    return unsafe slots[index].start
  }

  mutating func release(_ count: Int) {
    precondition(count == filled, "all pages are released, or none")
    filled = 0
    for index in 0..<count { unsafe (slots + index).deinitialize(count: 1) }
  }
}
