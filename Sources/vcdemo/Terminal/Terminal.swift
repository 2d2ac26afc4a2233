// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a person presses.
package enum Key: Equatable, Sendable {
  /// Go on, or stop.
  case pause
  /// One step.
  case step
  /// Twice as fast.
  case faster
  /// Half as fast.
  case slower
  /// The end.
  case quit

  /// The keys in what a terminal sent; sequences of other keys, which begin with an escape, and
  /// letters that mean nothing are left out.
  package static func keys(in bytes: some Sequence<UInt8>) -> [Key] {
    var keys: [Key] = []
    var isInSequence = false
    for byte in bytes {
      if isInSequence {
        // `ESC [ 1 ; 2 A`, `ESC O P`: the last byte is a letter or a tilde.
        isInSequence = !(0x40...0x7E).contains(byte) || "[O".utf8.contains(byte)
        continue
      }
      switch byte {
      case 0x1B: isInSequence = true
      case UInt8(ascii: " "): keys.append(.pause)
      case UInt8(ascii: "s"), UInt8(ascii: "."): keys.append(.step)
      case UInt8(ascii: "+"), UInt8(ascii: "="): keys.append(.faster)
      case UInt8(ascii: "-"), UInt8(ascii: "_"): keys.append(.slower)
      case UInt8(ascii: "q"), UInt8(ascii: "Q"), 0x04: keys.append(.quit)
      default: break
      }
    }
    return keys
  }
}

/// Owns the terminal while a picture moves on it: no echo, keys at once, a screen of its own.
///
/// When the value goes, and when a signal ends or stops the program (`TerminalGuard`), everything
/// is as it was.
package struct Terminal: ~Copyable {
  private var shown: Screen?

  /// Where keys come from; nil where nobody can press any: no terminal controls the program.
  private let keyboard: Int32?

  /// Whether somebody can press keys.
  package var hasKeys: Bool { keyboard != nil }

  /// Whether a moving picture makes sense: standard output is a terminal that knows sequences.
  package static var isThere: Bool {
    isatty(STDOUT_FILENO) == 1 && !["", "dumb"].contains(Environment.value("TERM") ?? "")
  }

  /// Takes the terminal over.
  ///
  /// - Throws: a failure where its settings cannot be read.
  package init() throws(CommandFailure) {
    keyboard = try TerminalGuard.enter()
  }

  deinit { TerminalGuard.leave() }

  /// The columns and rows.
  package var size: (width: Int, height: Int) {
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
      return (80, 24)
    }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  /// Shows a screen, of which only what changed is written.
  ///
  /// - Throws: a failure where the terminal is another program's now.
  package mutating func show(_ screen: Screen) throws(CommandFailure) {
    try TerminalGuard.stopInBackground()
    if TerminalGuard.takeNeedOfRedraw() { shown = nil }
    StandardOutput.write(screen.update(from: shown))
    shown = screen
  }

  /// Waits for keys until a time has gone by, or the window has another size.
  ///
  /// - Parameter milliseconds: the longest time.
  /// - Returns: the keys; none where the time is over.
  package func keys(within milliseconds: Int) -> [Key] {
    guard let keyboard else {
      usleep(UInt32(max(0, milliseconds) * 1000))
      return []
    }
    var request = pollfd(fd: keyboard, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&request, 1, Int32(max(0, milliseconds))) > 0 else { return [] }
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = unsafe read(keyboard, &bytes, bytes.count)
    // The terminal is gone, and with it whoever could end the program.
    if count == 0 || count < 0 && errno != EINTR && errno != EAGAIN { return [.quit] }
    return Key.keys(in: bytes.prefix(max(0, count)))
  }
}
