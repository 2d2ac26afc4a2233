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

  /// Lets a closed pipe be an error of `write`, and an interrupt an exit code of its own.
  package static func install() {
    signal(SIGPIPE, SIG_IGN)
    signal(SIGINT) { _ in
      // Only what is safe in a signal handler: one write, one exit.
      if Signals.progressIsShown.load(ordering: .relaxed) {
        unsafe write(STDERR_FILENO, "\r\u{1B}[K", 4)
      }
      _exit(ExitStatus.interrupted.rawValue)
    }
    // Who starts us from a thread that blocks signals, as some libraries' threads do, hands that
    // down; an interrupt should still end the program.
    var interrupt = sigset_t()
    unsafe sigemptyset(&interrupt)
    unsafe sigaddset(&interrupt, SIGINT)
    unsafe sigprocmask(SIG_UNBLOCK, &interrupt, nil)
  }
}
