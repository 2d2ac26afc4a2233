// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Functions of the program that free memory when it is short: what Linux calls shrinkers.
///
/// They are called with no lock held, on the thread of the request.
struct Shrinkers: ~Copyable, Sendable {
  /// Frees something.
  ///
  /// Returns whether it has; nil where what it would free is gone, and the function with it.
  typealias Body = @Sendable (_ missing: ByteCount) -> Bool?

  /// Not private, or the compiler cannot lay the lock out in other files.
  struct Member {
    let number: Int
    let body: Body
  }
  struct State {
    var members: [Member] = []
    var lastNumber = 0
  }

  private let state = Lock(State())
  private let count = Atomic<Int>(0)

  /// The pages in use beyond which the soft limit has the functions called.
  private let trigger: Atomic<Int>
  private let softLimit: PageCount
  private let isRelieving = Atomic<Bool>(false)

  /// - Parameter softLimit: as much as should be in use at most, or nil for no such limit.
  init(softLimit: ByteCount?) {
    self.softLimit = PageCount(max(0, softLimit ?? ByteCount(.max)).rawValue >> PageCount.pageShift)
    trigger = Atomic(self.softLimit.rawValue)
  }

  /// Whether there are none.
  var isEmpty: Bool { count.load(ordering: .relaxed) == 0 }

  /// Adds a function.
  func add(_ body: @escaping Body) {
    state.withLock { state in
      state.lastNumber += 1
      state.members.append(Member(number: state.lastNumber, body: body))
      count.store(state.members.count, ordering: .relaxed)
    }
  }

  private func remove(_ number: Int) {
    state.withLock { state in
      state.members.removeAll { $0.number == number }
      count.store(state.members.count, ordering: .relaxed)
    }
  }

  /// Calls one after the other, until one has freed something.
  ///
  /// - Parameters:
  ///   - missing: the bytes that are wanted.
  ///   - turn: which is called first; then the one that has freed something.
  /// - Returns: whether one has.
  func ask(for missing: ByteCount, _ turn: inout Int) -> Bool {
    let members = state.withLock { $0.members }
    for step in 0..<members.count {
      let index = (turn + step) % members.count
      switch Callback.run({ members[index].body(missing) }) {
      case true?:
        turn = index
        return true
      case false?: continue
      case nil: remove(members[index].number)
      }
    }
    return false
  }

  // MARK: The soft limit

  /// Whether so much is in use that the functions are to be called.
  func isDue(_ used: PageCount) -> Bool {
    guard used > softLimit else {
      if trigger.load(ordering: .relaxed) != softLimit.rawValue {
        trigger.store(softLimit.rawValue, ordering: .relaxed)
      }
      return false
    }
    return used.rawValue > trigger.load(ordering: .relaxed)
  }

  /// Calls the functions until no more is in use than the soft limit, or they free nothing.
  ///
  /// By one thread at a time. They are called again when a hundredth more is in use, or it has been
  /// less than the limit.
  ///
  /// - Parameter used: tells how much is in use.
  func relieve(_ used: () -> PageCount) {
    guard !isRelieving.exchange(true, ordering: .acquiring) else { return }
    defer { isRelieving.store(false, ordering: .releasing) }
    var turn = 0
    var now = used()
    while now > softLimit, ask(for: (now - softLimit).byteCount, &turn) {
      let before = now
      now = used()
      if now >= before { break }
    }
    let step = max(1, softLimit.rawValue / 100)
    trigger.store(max(softLimit, now + PageCount(step)).rawValue, ordering: .relaxed)
  }
}

extension Heap {
  /// Whether there are functions that free memory, and this thread may call them.
  var canShrink: Bool { !shrinkers.isEmpty && !Callback.isRunning }

  /// Has the program free memory where more than the soft limit would be in use.
  ///
  /// - Parameters:
  ///   - byteCount: what is asked for, whatever that may be.
  ///   - present: what the block has already.
  @inline(__always)
  func keepSoftLimit(_ byteCount: ByteCount, present: ByteCount = 0) {
    if canShrink { relieve(byteCount, present) }
  }

  @inline(never)
  private func relieve(_ byteCount: ByteCount, _ present: ByteCount) {
    let asked = min(max(present, byteCount), pageCount.byteCount)
    let count = PageCount(covering: asked - present)
    func used() -> PageCount { pageCount - pages.read { $0.frames.free } + count }
    guard shrinkers.isDue(used()) else { return }
    // What is freed meanwhile is free at once; and what threads keep does not count.
    withThreadCachesPaused(emptying: .allObjects) { shrinkers.relieve(used) }
  }

  /// Has the program free memory for a request that would be refused.
  ///
  /// - Parameters:
  ///   - count: the pages of the request.
  ///   - error: why it would be refused.
  ///   - turn: see `Shrinkers.ask`.
  /// - Returns: whether anything was freed.
  func shrink(for count: PageCount, _ error: CompoundError, _ turn: inout Int) -> Bool {
    guard canShrink else { return false }
    var missing = count
    if case .outOfMemory(_, let free, _, .capacity) = error { missing = max(1, count - free) }
    return shrinkers.ask(for: missing.byteCount, &turn)
  }
}
