// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Standard output: data, and nothing else.
///
/// Every text goes out in one piece, so there is no buffer of ours to flush. A reader that went
/// away (`| head -1`) ends the program quietly.
package enum StandardOutput {
  /// Writes `text` and a line feed.
  package static func line(_ text: String) { write(text + "\n") }

  /// Writes `text` as it is.
  package static func write(_ text: String) {
    let failure = writeAll(text, to: STDOUT_FILENO)
    guard let failure else { return }
    if failure != EPIPE {
      Program.complain("cannot write the output: \(describe(errorNumber: failure))")
    }
    Signals.runCleanUp()
    exit(failure == EPIPE ? ExitStatus.success.rawValue : ExitStatus.usage.rawValue)
  }
}

/// Standard error: messages.
package enum StandardError {
  /// Whether a person is looking: only then is progress shown.
  package static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }

  /// Writes `text` and a line feed.
  ///
  /// Where even this fails there is nobody left to tell.
  package static func line(_ text: String) {
    write(text + "\n")
  }

  /// Writes `text` as it is.
  package static func write(_ text: String) {
    _ = writeAll(text, to: STDERR_FILENO)
  }
}

/// The operating system's words for an error number, such as `No such file or directory`.
package func describe(errorNumber: Int32) -> String {
  guard let text = unsafe strerror(errorNumber) else { return "error \(errorNumber)" }
  return unsafe String(cString: text)
}

/// Writes all of `text`, and gives the error number where that fails.
private func writeAll(_ text: String, to descriptor: Int32) -> Int32? {
  var text = text
  return text.withUTF8 { bytes in
    unsafe writeAll(UnsafeRawBufferPointer(bytes), to: descriptor)
  }
}

/// Writes all of these bytes, and gives the error number where that fails.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32? {
  var done = 0
  while done < bytes.count {
    let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[done...])
    let written = unsafe write(descriptor, rest.baseAddress, rest.count)
    if written >= 0 {
      done += written
    } else if errno == EAGAIN {
      // Another program that has the terminal or the pipe too has told it not to wait.
      var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      unsafe poll(&request, 1, -1)
    } else if errno != EINTR {
      return errno
    }
  }
  return nil
}
