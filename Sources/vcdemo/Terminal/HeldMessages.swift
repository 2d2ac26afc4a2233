// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Keeps what is written to standard error while the terminal has a screen of its own, on which
/// nobody would see it for long: such as why Swift stops the program.
///
/// `tell` does only what is safe in a signal handler: `pread` and `write`.
enum HeldMessages {
  /// The file in memory that stands in for standard error; -1 for none.
  private static let file = Atomic<Int32>(-1)
  /// Standard error itself.
  private static let terminal = Atomic<Int32>(-1)
  /// The bytes that have been told.
  private static let told = Atomic<Int>(0)

  /// Holds messages back from now on, if they would go to a terminal.
  static func hold() {
    guard isatty(STDERR_FILENO) == 1 else { return }
    let memory = unsafe memfd_create("\(Program.name)-messages", UInt32(MFD_CLOEXEC))
    let own = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    guard memory >= 0, own >= 0 else {
      // They are seen for a moment then.
      for descriptor in [memory, own] where descriptor >= 0 { close(descriptor) }
      return
    }
    told.store(0, ordering: .relaxed)
    terminal.store(own, ordering: .relaxed)
    file.store(memory, ordering: .releasing)
    dup2(memory, STDERR_FILENO)
  }

  /// Tells on the terminal what has been held back.
  static func tell() {
    let file = file.load(ordering: .acquiring)
    guard file >= 0 else { return }
    unsafe withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { bytes in
      while true {
        let count = unsafe pread(
          file, bytes.baseAddress, bytes.count, told.load(ordering: .relaxed))
        guard count > 0 else { return }
        // Before it is written: a signal meanwhile does not tell it again.
        told.add(count, ordering: .relaxed)
        unsafe write(terminal.load(ordering: .relaxed), bytes.baseAddress, count)
      }
    }
  }

  /// Lets messages go where they went before.
  static func letGo() {
    let memory = file.load(ordering: .relaxed)
    guard memory >= 0 else { return }
    let own = terminal.load(ordering: .relaxed)
    dup2(own, STDERR_FILENO)
    tell()
    file.store(-1, ordering: .relaxed)
    close(memory)
    close(own)
  }
}
