// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Gives the terminal back when a signal ends the program or stops it, and takes it again when it
/// goes on.
///
/// The handlers do only what is safe in one: `write`, `poll`, `tcsetattr`, `sigaction`, `raise`; and
/// they tell the messages that were held back.
enum TerminalGuard {
  /// Whether the terminal is to be the program's; cleared before it is given back for good.
  private static let isWanted = Atomic<Bool>(false)

  /// Whether something of it may have to be given back.
  ///
  /// Stored before anything is taken, and cleared when all was given back: a signal may come in
  /// between. To do either twice is harmless.
  private static let isEntered = Atomic<Bool>(false)
  private static let needsRedraw = Atomic<Bool>(false)

  /// The terminal's settings before, and those for keys; written before a handler can read them.
  nonisolated(unsafe) private static var before = termios()
  nonisolated(unsafe) private static var own = termios()
  /// The terminal that keys come from; -1 for none.
  nonisolated(unsafe) private static var keyboard: Int32 = -1

  /// The screen of its own, without a cursor; and back.
  private static let opening: StaticString = "\u{1B}[?1049h\u{1B}[?25l"
  private static let closing: StaticString = "\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"

  /// What a crash raises.
  private static let crashes = [SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS, SIGQUIT]

  /// Takes the terminal over; in the background the program stops first, as job control has it.
  ///
  /// - Returns: where keys come from: standard input, or where that is something else (a trace from
  ///   a pipe) the terminal that controls the program; nil where there is none.
  /// - Throws: a failure where the terminal is another program's, or its settings cannot be read.
  static func enter() throws(CommandFailure) -> Int32? {
    let terminal =
      isatty(STDIN_FILENO) == 1 ? STDIN_FILENO : unsafe open("/dev/tty", O_RDONLY | O_CLOEXEC)
    unsafe keyboard = terminal
    // Before the settings are read, which may be those of a shell that is being typed in.
    if !isInForeground { raise(SIGTTOU) }
    guard isInForeground else { throw background }
    if terminal >= 0 {
      guard unsafe tcgetattr(terminal, &before) == 0 else {
        throw .input("the terminal: \(describe(errorNumber: errno))")
      }
      unsafe own = unsafe before
      unsafe own.c_lflag &= ~tcflag_t(ECHO | ICANON)
      // Ctrl-S stops no output: it would hold up the handlers too.
      unsafe own.c_iflag &= ~tcflag_t(IXON)
      // Reading ends with the first byte: VMIN is 1, VTIME 0.
      unsafe (own.c_cc.6, own.c_cc.5) = (1, 0)
    }
    install()
    HeldMessages.hold()
    isWanted.store(true, ordering: .relaxed)
    takeOver()
    return terminal >= 0 ? terminal : nil
  }

  /// Gives it back.
  static func leave() {
    guard isWanted.exchange(false, ordering: .relaxed) else { return }
    giveBack()
    HeldMessages.letGo()
    Signals.setCleanUp(nil)
    for number in crashes + [SIGTSTP, SIGCONT, SIGWINCH] { signal(number, SIG_DFL) }
    let terminal = unsafe keyboard
    unsafe keyboard = -1
    if terminal > STDIN_FILENO { close(terminal) }
  }

  /// Whether the window has another size, or another program was on it since the last call.
  static func takeNeedOfRedraw() -> Bool {
    needsRedraw.exchange(false, ordering: .relaxed)
  }

  /// Writes a sequence; where the terminal is full and does not let writers wait, for a second at
  /// most: one that is gone or stopped would hold a handler for ever.
  private static func put(_ sequence: StaticString) {
    var done = 0
    for _ in 0..<10 {
      let count = unsafe write(
        STDOUT_FILENO, sequence.utf8Start + done, sequence.utf8CodeUnitCount - done)
      done += max(0, count)
      if done == sequence.utf8CodeUnitCount || count < 0 && errno != EAGAIN && errno != EINTR {
        return
      }
      var request = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
      unsafe poll(&request, 1, 100)
    }
  }

  private static func takeOver() {
    isEntered.store(true, ordering: .relaxed)
    // Not drained first: a terminal that is gone or stopped would hold a handler for ever.
    if unsafe keyboard >= 0 { _ = unsafe tcsetattr(keyboard, TCSANOW, &own) }
    put(opening)
    needsRedraw.store(true, ordering: .relaxed)
  }

  private static var background: CommandFailure {
    .input("the terminal is another program's: there is no view in the background")
  }

  /// Whether the terminal is for this program now, or has no job control: a shell that has put it
  /// into the background has taken the terminal back, and touching it would stop the program.
  private static var isInForeground: Bool {
    unsafe !isElsewhere(STDOUT_FILENO) && (keyboard < 0 || !isElsewhere(keyboard))
  }

  private static func isElsewhere(_ terminal: Int32) -> Bool {
    let group = tcgetpgrp(terminal)
    return group >= 0 && group != getpgrp()
  }

  /// Stops the program where it is in the background, as a terminal does with one that writes.
  ///
  /// - Throws: a failure where it cannot be stopped: nobody could bring it back.
  static func stopInBackground() throws(CommandFailure) {
    guard isWanted.load(ordering: .relaxed), !isInForeground else { return }
    raise(SIGTTOU)
    guard isInForeground else { throw background }
    takeOver()
  }

  /// In the background only what is on the screen, and the settings are the shell's again.
  private static func giveBack() {
    // Not stopped for it: this may be a handler, which a signal that ends the program waits for.
    var output = sigset_t()
    var mask = sigset_t()
    unsafe sigemptyset(&output)
    unsafe sigaddset(&output, SIGTTOU)
    unsafe pthread_sigmask(SIG_BLOCK, &output, &mask)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &mask, nil) }
    if isEntered.load(ordering: .relaxed) {
      // The settings first: to write may have to wait.
      if unsafe keyboard >= 0 && isInForeground {
        _ = unsafe tcsetattr(keyboard, TCSANOW, &before)
      }
      put(closing)
      isEntered.store(false, ordering: .relaxed)
    }
    // In any case: what is written between two steps of `enter` or `leave` too.
    HeldMessages.tell()
  }

  /// Takes it over again where the program goes on, unless it was about to be given back.
  private static func takeBack() {
    if isWanted.load(ordering: .relaxed), isInForeground { takeOver() }
  }

  // MARK: Signals

  private static func install() {
    Signals.setCleanUp { TerminalGuard.giveBack() }
    let once = Int32(bitPattern: UInt32(SA_RESETHAND))
    for number in crashes { set(number, flags: once | SA_NODEFER, crashed) }
    set(SIGTSTP, flags: SA_NODEFER, stopped)
    set(SIGCONT, flags: SA_RESTART, continued)
    // Not restarted: a wait for keys ends.
    set(SIGWINCH, flags: 0, resized)
  }

  private static func set(
    _ number: Int32, flags: Int32, _ handler: @escaping @convention(c) (Int32) -> Void
  ) {
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = handler
    action.sa_flags = flags
    unsafe sigaction(number, &action, nil)
  }

  /// The signal's own work follows, which ends the program.
  private static let crashed: @convention(c) (Int32) -> Void = { number in
    TerminalGuard.giveBack()
    signal(number, SIG_DFL)
    raise(number)
  }

  /// Stops the program as Ctrl-Z does, with the terminal given back; it goes on behind `raise`.
  private static let stopped: @convention(c) (Int32) -> Void = { number in
    let code = errno
    TerminalGuard.giveBack()
    signal(number, SIG_DFL)
    raise(number)
    TerminalGuard.set(number, flags: SA_NODEFER, TerminalGuard.stopped)
    TerminalGuard.takeBack()
    errno = code
  }

  /// After a stop that no handler saw, the shell may have changed the terminal.
  private static let continued: @convention(c) (Int32) -> Void = { _ in
    let code = errno
    if TerminalGuard.isEntered.load(ordering: .relaxed) { TerminalGuard.takeBack() }
    errno = code
  }

  private static let resized: @convention(c) (Int32) -> Void = { _ in
    TerminalGuard.needsRedraw.store(true, ordering: .relaxed)
  }
}
