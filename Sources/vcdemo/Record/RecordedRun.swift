// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// One run of a program with its own input and output, recorded or not.
struct RecordedRun {
  /// How it ended, as `waitpid` tells it.
  let status: Int32
  let nanoseconds: UInt64

  /// The program that runs now, which signals to this one are passed on to; 0 for none.
  private static let running = Atomic<Int32>(0)

  /// Runs a program, and waits for its end.
  ///
  /// - Parameters:
  ///   - command: the program, which is looked for as a shell does, and its words.
  ///   - variables: what its environment has beside ours, without another library to preload.
  /// - Throws: why it could not be started.
  init(_ command: [String], variables: [String]) throws(CommandFailure) {
    let begin = Clock.now()
    let child = try Self.start(command, variables)
    Self.running.store(child, ordering: .relaxed)
    // The terminal's signals reach the program itself; this one goes on, to keep what there is.
    let passOn: @convention(c) (Int32) -> Void = { number in
      let child = RecordedRun.running.load(ordering: .relaxed)
      if child > 0, number == SIGTERM || number == SIGHUP { kill(child, number) }
    }
    for number in [SIGINT, SIGQUIT, SIGTERM, SIGHUP] { signal(number, passOn) }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    Self.running.store(0, ordering: .relaxed)
    signal(SIGQUIT, SIG_DFL)
    Signals.install()
    self.status = status
    nanoseconds = Clock.now() - begin
  }

  private static func start(
    _ command: [String], _ variables: [String]
  ) throws(CommandFailure) -> pid_t {
    let words = CStrings(command)
    let environment = CStrings(ChildProcess.environment(preload: nil) + variables)
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    unsafe sigemptyset(&defaults)
    unsafe sigaddset(&defaults, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    var child: pid_t = 0
    let code = unsafe posix_spawnp(
      &child, command[0], nil, &attributes, words.pointers, environment.pointers)
    guard code == 0 else {
      let advice = command[0].hasSuffix(".trace") ? "; '-o FILE' names the trace" : ""
      throw .input("record: \(command[0]): \(describe(errorNumber: code))\(advice)")
    }
    return child
  }

  /// How it ended, in words; nil for exit code 0.
  var ending: String? {
    let signal = status & 0x7F
    if signal != 0 { return "was ended by signal \(signal)" }
    let code = (status >> 8) & 0xFF
    return code == 0 ? nil : "ended with exit code \(code)"
  }
}
