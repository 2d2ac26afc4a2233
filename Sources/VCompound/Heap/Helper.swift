// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The heap's helper thread, and what requests ask of it.
///
/// It begins when the allocator is open and ends before the front door is gone (`Lifetime`): so it
/// needs no reference to the heap. It takes the locks that requests take, for as short; it never
/// waits for a request.
struct Helper: ~Copyable, Sendable {
  struct State: ~Copyable {
    var thread: HelperThread?
    var isEnding = false
    /// The size of the run that the last stitched block would have needed; 0 for none.
    var wanted: PageCount = 0
    /// When such a run need not be kept at hand any more.
    var end = 0
  }

  private let state = Lock(State())
  private let changed = Condition()
  private let isEndingNow = Atomic<Bool>(false)

  /// Begins the thread.
  ///
  /// - Throws: `systemCall`.
  func start(
    system: OperatingSystem, _ body: @escaping @Sendable () -> Void
  ) throws(CompoundError) {
    try state.withLock { (state: inout State) throws(CompoundError) in
      state.thread = try HelperThread(system: system, body)
    }
  }

  /// Ends the thread, and waits for its end; at once where there is none.
  func stop() {
    isEndingNow.store(true, ordering: .relaxed)
    let thread = state.withLock { state in
      state.isEnding = true
      changed.signal()
      return state.thread.take()
    }
    if let thread { thread.join() }
  }

  /// Asks for a free run of a block's size: from now on there shall be one.
  func want(_ count: PageCount) {
    state.withLock { state in
      if state.wanted == 0 { changed.signal() }
      state.wanted = count
      state.end = 0
    }
  }

  /// The size of the run that is to be kept at hand; 0 for none.
  var wish: PageCount { state.withLock { $0.wanted } }

  // MARK: The thread's

  /// Whether the thread shall end: it looks between two short pieces of work.
  var isEnding: Bool { isEndingNow.load(ordering: .relaxed) }

  /// The size of the run that is to be kept at hand; 0 for none.
  ///
  /// A wish ends a second after the run was last made: the program does other things then.
  func wanted(_ now: Int) -> PageCount {
    state.withLock { state in
      if state.end == 0 { state.end = now + Self.patience }
      if now >= state.end { state.wanted = 0 }
      return state.wanted
    }
  }

  private static var patience: Int { 1_000_000_000 }

  /// Notes that the run was made.
  func prolong(_ now: Int) { state.withLock { $0.end = now + Self.patience } }

  /// Waits until something is wanted, the thread shall end, or a time is over.
  ///
  /// - Parameters:
  ///   - nanoseconds: the longest time, or nil for ever.
  ///   - wanted: what was wanted before; with 0 the wait ends when something is.
  func sleep(nanoseconds: Int?, wanted: PageCount) {
    _ = state.wait(for: changed, nanoseconds: nanoseconds) { state in
      state.isEnding || wanted == 0 && state.wanted > 0 ? () : nil
    }
  }
}
