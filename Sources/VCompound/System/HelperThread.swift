// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A thread of the library's own: whoever has the value joins it before the value goes.
///
/// It gets no signals: handlers of the program run on the program's threads.
///
/// Invariant: the thread was made and has not been joined.
package struct HelperThread: ~Copyable, Sendable {
  private let thread: pthread_t

  private final class Start: Sendable {
    let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  }

  /// Begins a thread that runs a function.
  ///
  /// - Throws: `systemCall`.
  package init(
    system: OperatingSystem, _ body: @escaping @Sendable () -> Void
  ) throws(CompoundError) {
    var thread = pthread_t()
    var (all, before) = (sigset_t(), sigset_t())
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let start = unsafe Unmanaged.passRetained(Start(body))
    do throws(CompoundError) {
      try system.perform(.createThread) {
        let code = unsafe pthread_create(
          &thread, nil,
          { context in
            guard let context = unsafe context else { return nil }
            unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
            return nil
          }, start.toOpaque())
        errno = code
        return code == 0
      }
    } catch {
      unsafe start.release()
      throw error
    }
    // Names are for those who look at the process; a kernel without them does as well.
    unsafe pthread_setname_np(thread, "vcompound")
    self.thread = thread
  }

  /// Waits for the thread's end.
  package consuming func join() { pthread_join(thread, nil) }
}

/// The time of the clock that is never set, in nanoseconds.
package func readClock() -> Int {
  var now = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &now)
  return now.tv_sec * 1_000_000_000 + now.tv_nsec
}

/// The same time a few milliseconds late, in a fifth of the time that reading it takes.
package func readCoarseClock() -> Int {
  var now = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC_COARSE, &now)
  return now.tv_sec * 1_000_000_000 + now.tv_nsec
}
