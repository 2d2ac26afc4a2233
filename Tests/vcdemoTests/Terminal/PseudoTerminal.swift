// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import vcdemo

/// A process on a terminal of its own.
///
/// The process leads a session, whose terminal this is: what is typed and the window's size reach it
/// as they do from a person's.
final class PseudoTerminal {
  private let master: Int32
  private let slavePath: String
  let process: pid_t

  /// All that the process wrote.
  private(set) var output = ""

  /// What stands on the terminal, whose window is at most so large.
  private var emulator = TerminalEmulator(width: 150, height: 60)

  /// Starts a program on a terminal.
  ///
  /// - Parameters:
  ///   - words: the program and its words.
  ///   - environment: variables in addition.
  ///   - flags: how the program's descriptors are opened: with `O_NOCTTY` the terminal does not
  ///     control its session, with `O_NONBLOCK` they do not wait.
  /// - Throws: where there is no terminal, or no such program.
  init(_ words: [String], environment: [String: String] = [:], flags: Int32 = 0) throws {
    master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard master >= 0, grantpt(master) == 0, unlockpt(master) == 0, let name = ptsname(master)
    else { throw POSIXError(.ENODEV) }
    slavePath = String(cString: name)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, slavePath, O_RDWR | flags, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A session of its own: the terminal that it opens is the session's. No signal is blocked.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSID) | Int16(POSIX_SPAWN_SETSIGMASK))
    var variables = ProcessInfo.processInfo.environment
    variables["TERM"] = "xterm-256color"
    variables["LC_ALL"] = "C.UTF-8"
    variables["SWIFT_BACKTRACE"] = "enable=no"
    variables["NO_COLOR"] = nil
    variables.merge(environment) { $1 }
    let arguments = words.map { strdup($0) } + [nil]
    let settings = variables.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in arguments + settings { free(text) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, words[0], &actions, &attributes, arguments, settings)
    process = child
    guard code == 0 else { throw POSIXError(.ENOEXEC) }
  }

  deinit {
    if !hasEnded {
      kill(-process, SIGKILL)
      kill(process, SIGKILL)
      waitpid(process, nil, 0)
    }
    close(master)
  }

  // MARK: The person

  /// Types.
  func type(_ text: String) {
    let bytes = Array(text.utf8)
    write(master, bytes, bytes.count)
  }

  /// Makes the window this large.
  func resize(width: Int, height: Int) {
    var size = winsize()
    (size.ws_col, size.ws_row) = (UInt16(width), UInt16(height))
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// Reads until a text stands on the terminal, or has been written.
  ///
  /// - Parameters:
  ///   - text: what to wait for.
  ///   - start: counts only behind so many characters of all that was written.
  /// - Returns: whether it came within twenty seconds.
  func wait(for text: String, behind start: Int = 0) -> Bool {
    let limit = Date().addingTimeInterval(20)
    while Date() < limit {
      read()
      if output.dropFirst(start).contains(text) || emulator.text.contains(text) { return true }
    }
    return false
  }

  /// Reads what there is within a tenth of a second.
  func read() {
    var request = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, 100) > 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(master, &bytes, bytes.count)
    // Whoever has ended has closed the terminal: an error of `read`.
    if count <= 0 { usleep(20_000) }
    rest += bytes.prefix(max(0, count))
    // A character may come in two pieces.
    if let text = String(validating: rest, as: UTF8.self) {
      output += text
      emulator.write(text)
      rest = []
    }
  }

  private var rest: [UInt8] = []

  // MARK: The terminal

  /// Whether the terminal echoes, and gives lines rather than characters.
  var isCooked: Bool {
    var settings = termios()
    tcgetattr(master, &settings)
    return settings.c_lflag & tcflag_t(ECHO | ICANON) == tcflag_t(ECHO | ICANON)
  }

  /// Whether the last thing the process did with the screen and the cursor was to give them back.
  var isRestored: Bool {
    guard let back = output.range(of: "\u{1B}[?1049l", options: .backwards) else { return false }
    let rest = output[back.upperBound...]
    return !rest.contains("\u{1B}[?1049h") && !rest.contains("\u{1B}[?25l") && isCooked
  }

  // MARK: The end

  private var hasEnded = false

  /// Waits for the end of the process.
  ///
  /// - Returns: its exit code, or the number of the signal less than 0; nil after twenty seconds.
  func end() -> Int32? {
    let limit = Date().addingTimeInterval(20)
    while Date() < limit {
      read()
      var status: Int32 = 0
      guard waitpid(process, &status, WNOHANG) == process else { continue }
      hasEnded = true
      read()
      return status & 0x7F == 0 ? status >> 8 & 0xFF : -(status & 0x7F)
    }
    return nil
  }
}
