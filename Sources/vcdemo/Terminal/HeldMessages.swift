// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Keeps what is written to standard error while the terminal has a screen of its own, on which
/// nobody would see it for long: such as why Swift stops the program.
///
/// `tell` does only what is safe in a signal handler: `pread`, `write` and `poll`. The descriptors
/// stay open, so that a handler on another thread never has one that is somebody else's.
enum HeldMessages {
  /// The file in memory that stands in for standard error; -1 for none.
  private static let file = Atomic<Int32>(-1)
  /// Standard error itself.
  private static let terminal = Atomic<Int32>(-1)
  /// The bytes that have been told.
  private static let told = Atomic<Int>(0)

  /// Holds messages back from now on, if they would go to the terminal that has the screen.
  static func hold() {
    guard isOnScreen else { return }
    if file.load(ordering: .relaxed) < 0, !open() { return }
    dup2(file.load(ordering: .relaxed), STDERR_FILENO)
  }

  /// Whether standard error is the terminal that standard output is.
  private static var isOnScreen: Bool {
    var output = stat()
    var error = stat()
    return unsafe isatty(STDERR_FILENO) == 1 && fstat(STDOUT_FILENO, &output) == 0
      && fstat(STDERR_FILENO, &error) == 0 && output.st_rdev == error.st_rdev
  }

  private static func open() -> Bool {
    let memory = unsafe memfd_create("\(Program.name)-messages", UInt32(MFD_CLOEXEC))
    let own = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
    // Whoever opens standard error anew writes behind the others.
    guard memory >= 0, own >= 0, fcntl(memory, F_SETFL, O_APPEND) == 0 else {
      // They are seen for a moment then.
      for descriptor in [memory, own] where descriptor >= 0 { close(descriptor) }
      return false
    }
    told.store(0, ordering: .relaxed)
    terminal.store(own, ordering: .relaxed)
    file.store(memory, ordering: .releasing)
    return true
  }

  /// Tells on the terminal what has been held back and not been told.
  static func tell() {
    let file = file.load(ordering: .acquiring)
    guard file >= 0 else { return }
    unsafe withUnsafeTemporaryAllocation(byteCount: 512, alignment: 1) { bytes in
      while true {
        let start = told.load(ordering: .relaxed)
        let count = unsafe pread(file, bytes.baseAddress, bytes.count, start)
        guard count > 0 else { return }
        // Another handler may be telling the same.
        let (isOurs, _) = told.compareExchange(
          expected: start, desired: start + count, ordering: .relaxed)
        guard isOurs else { continue }
        let part = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<count])
        _ = unsafe writeAll(part, to: terminal.load(ordering: .relaxed))
      }
    }
  }

  /// Lets messages go where they went before.
  static func letGo() {
    guard file.load(ordering: .relaxed) >= 0 else { return }
    dup2(terminal.load(ordering: .relaxed), STDERR_FILENO)
    tell()
  }
}
