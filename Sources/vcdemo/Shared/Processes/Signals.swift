// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// What signals do to this program.
package enum Signals {
  /// Whether a progress line is on the terminal, which an interrupt should wipe.
  private static let progressIsShown = Atomic<Bool>(false)

  /// Says whether a progress line is on the terminal.
  package static func setProgress(isShown: Bool) {
    progressIsShown.store(isShown, ordering: .relaxed)
  }

  /// What gives the terminal back before the program ends, as a function's address; 0 for none.
  private static let cleanUp = Atomic<UInt>(0)

  /// Says what gives the terminal back: only what is safe in a signal handler.
  package static func setCleanUp(_ function: (@convention(c) () -> Void)?) {
    let address = function.map { unsafe unsafeBitCast($0, to: UInt.self) } ?? 0
    cleanUp.store(address, ordering: .relaxed)
  }

  /// Gives the terminal back, where that has been said.
  package static func runCleanUp() {
    let address = cleanUp.load(ordering: .relaxed)
    if address != 0 { unsafe unsafeBitCast(address, to: (@convention(c) () -> Void).self)() }
  }

  /// The process that works for this one, which leads a group that an interrupt should end; 0 for
  /// none.
  private static let child = Atomic<Int32>(0)

  /// Says which process works for this one, or that none does any more.
  package static func setChild(_ process: Int32?) {
    child.store(process ?? 0, ordering: .relaxed)
  }

  /// The signals by which people end programs.
  private static var interrupts: sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP] { unsafe sigaddset(&set, number) }
    return set
  }

  /// Runs `body` while an interrupt has to wait.
  package static func withInterruptsBlocked<Result>(_ body: () -> Result) -> Result {
    var interrupts = interrupts
    var before = sigset_t()
    unsafe sigprocmask(SIG_BLOCK, &interrupts, &before)
    defer { unsafe sigprocmask(SIG_SETMASK, &before, nil) }
    return body()
  }

  /// Lets a closed pipe be an error of `write`, and an interrupt an exit code of its own.
  package static func install() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGINT, end)
    // The group of a child gets none of the terminal's signals. `nohup` has them ignored.
    let ignored = unsafe unsafeBitCast(SIG_IGN, to: UInt.self)
    for number in [SIGTERM, SIGHUP] {
      let before = unsafe unsafeBitCast(signal(number, end), to: UInt.self)
      if before == ignored { signal(number, SIG_IGN) }
    }
    // Who starts us from a thread that blocks signals, as some libraries' threads do, hands that
    // down; an interrupt should still end the program.
    var interrupts = interrupts
    unsafe sigprocmask(SIG_UNBLOCK, &interrupts, nil)
  }

  /// Ends the program and its child, with the exit code that shells report for the signal.
  ///
  /// Only what is safe in a signal handler: one kill, a write or two, one exit.
  private static let end: @convention(c) (Int32) -> Void = { number in
    let child = Signals.child.load(ordering: .relaxed)
    if child > 0 { kill(-child, SIGKILL) }
    if Signals.progressIsShown.load(ordering: .relaxed) {
      unsafe write(STDERR_FILENO, "\r\u{1B}[K", 4)
    }
    Signals.runCleanUp()
    _exit(128 + number)
  }
}
