// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What one task waits for once: a page that is handed over, the end of its time, or to be
/// cancelled, whichever is first.
final class PoolEvent: Sendable {
  /// Not private, or the compiler cannot lay the lock out in other files.
  struct State {
    var isSignalled = false
    var continuation: CheckedContinuation<Void, Never>?
  }
  private let state: Lock<State>

  /// Makes an event that is not signalled.
  ///
  /// Never inlined: Swift's runtime lays the state out first, which calls malloc, and where this is
  /// inlined even if no event is made.
  @inline(never)
  init() {
    state = Lock(State())
  }

  /// Has the task go on, or not wait at all; call it with no lock held.
  func signal() {
    let continuation = state.withLock { state in
      state.isSignalled = true
      return state.continuation.take()
    }
    continuation?.resume()
  }

  /// Waits for a signal, so long at most, or until the task is cancelled.
  nonisolated(nonsending) func wait(nanoseconds: Int) async {
    // Some 36 years at most, so that no clock overflows.
    let time = UInt64(min(max(0, nanoseconds), 1 << 60))
    let timer = Task.detached {
      do {
        try await Task.sleep(nanoseconds: time)
        self.signal()
      } catch {
        // The wait is over.
      }
    }
    await withTaskCancellationHandler {
      await withCheckedContinuation { attach($0) }
    } onCancel: {
      signal()
    }
    timer.cancel()
  }

  private func attach(_ continuation: CheckedContinuation<Void, Never>) {
    let isSignalled = state.withLock { state in
      if !state.isSignalled { state.continuation = continuation }
      return state.isSignalled
    }
    if isSignalled { continuation.resume() }
  }
}
