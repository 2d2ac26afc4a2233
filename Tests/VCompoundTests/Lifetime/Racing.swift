// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A thread that runs one function at a time, at the moment another thread chooses.
///
/// The thread spins while it waits, so that both begin within some hundred nanoseconds.
final class Helper: @unchecked Sendable {
  private enum State {
    static let idle = 0
    static let busy = 1
    static let ended = 2
  }

  private let state = Atomic(State.idle)
  private var action: () -> Void = {}
  private var crew: Crew?

  init() {
    crew = Crew(1) { [unowned self] _ in serve() }
  }

  private func serve() {
    while true {
      switch state.load(ordering: .acquiring) {
      case State.busy:
        action()
        state.store(State.idle, ordering: .releasing)
      case State.ended: return
      default: sched_yield()
      }
    }
  }

  /// Starts a function on the thread.
  func start(_ action: @escaping () -> Void) {
    self.action = action
    state.store(State.busy, ordering: .releasing)
  }

  /// Waits until the function has returned.
  func wait() {
    while state.load(ordering: .acquiring) == State.busy { sched_yield() }
  }

  /// Ends the thread, which has no function left to run.
  func end() {
    state.store(State.ended, ordering: .releasing)
    crew?.join()
  }
}

/// Spins for so long.
func spin(nanoseconds: Int) {
  let end = ContinuousClock.now + .nanoseconds(nanoseconds)
  while ContinuousClock.now < end {}
}

/// The time for a test that looks for a race: a few seconds, or twenty times as long where the
/// environment variable VCOMPOUND_LONG is set.
func raceTime(seconds: Int) -> Duration {
  .seconds(getenv("VCOMPOUND_LONG") == nil ? seconds : 20 * seconds)
}

/// Runs a function again and again for some time, with the number of the round.
func untilTimeIsUp(seconds: Int, _ body: (_ round: Int) throws -> Void) rethrows {
  let end = ContinuousClock.now + raceTime(seconds: seconds)
  var round = 0
  while ContinuousClock.now < end {
    try body(round)
    round += 1
  }
}
