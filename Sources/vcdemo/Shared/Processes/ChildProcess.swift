// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One run of this program in a process of its own.
package struct ChildProcess: Sendable {
  /// What it wrote to standard output.
  package let output: [UInt8]
  /// What it wrote to standard error.
  package let messages: String
  /// How it ended, as `waitpid` says it.
  private let status: Int32

  /// Runs this program with other words, and waits for its end.
  ///
  /// - Parameters:
  ///   - words: the command line without the program's name.
  ///   - preload: the library to preload; without one nothing is, whatever our own environment
  ///     says.
  ///   - limit: the nanoseconds after which it is killed, and whatever it has started.
  /// - Throws: what kept it from being started, or from ending in time.
  package init(_ words: [String], preload: String?, limit: UInt64) throws(ChildFailure) {
    let output = try CaptureFile()
    let messages = try CaptureFile()
    let child = try ChildProcess.spawn(words, preload, output: output, messages: messages)
    guard let status = ChildProcess.wait(for: child, limit: limit) else {
      let time = Format.duration(nanoseconds: Double(limit))
      throw ChildFailure("did not end within \(time) and was killed", isLate: true)
    }
    self.status = status
    self.output = output.bytes()
    self.messages = String(decoding: messages.bytes(), as: UTF8.self)
  }

  /// Why the run is of no use, in words; nil where the process ended with exit code 0.
  package var failure: String? {
    guard status != 0 else { return nil }
    let signal = status & 0x7F
    if signal != 0 { return "killed by signal \(signal)" }
    return "exit code \((status >> 8) & 0xFF)" + (remark.map { ": \($0)" } ?? "")
  }

  /// The first line of the messages.
  package var remark: String? {
    messages.split(separator: "\n").first.map { line in
      let own = Program.name + ": "
      return String(line.hasPrefix(own) ? line.dropFirst(own.count) : line)
    }
  }

  private static func spawn(
    _ words: [String], _ preload: String?, output: borrowing CaptureFile,
    messages: borrowing CaptureFile
  ) throws(ChildFailure) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output.descriptor, STDOUT_FILENO)
    unsafe posix_spawn_file_actions_adddup2(&actions, messages.descriptor, STDERR_FILENO)
    return try unsafe start(words, &actions, preload: preload)
  }

  /// Starts this program with other words, as the leader of a process group.
  static func start(
    _ words: [String], _ actions: inout posix_spawn_file_actions_t, preload: String?
  ) throws(ChildFailure) -> pid_t {
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    let arguments = CStrings([Program.name] + words)
    let environment = CStrings(environment(preload: preload))
    var child: pid_t = 0
    // An interrupt in between would not know the child.
    let code = Signals.withInterruptsBlocked {
      let code = unsafe posix_spawn(
        &child, "/proc/self/exe", &actions, &attributes, arguments.pointers, environment.pointers)
      if code == 0 { Signals.setChild(child) }
      return code
    }
    guard code == 0 else { throw ChildFailure("cannot start: \(describe(errorNumber: code))") }
    return child
  }

  /// Waits for the end of a child, and ends what is left of its process group.
  ///
  /// - Parameters:
  ///   - child: the process, which leads a group.
  ///   - limit: the nanoseconds after which it is killed.
  /// - Returns: how it ended, as `waitpid` tells it; nil where it was killed for being late.
  @discardableResult
  static func wait(for child: pid_t, limit: UInt64) -> Int32? {
    let start = Clock.now()
    var time: UInt64 = 0
    while time < limit, !hasEnded(child) {
      // Seldom enough not to disturb what the child measures.
      usleep(UInt32(min(20_000, 500 + time / 10_000)))
      time = Clock.now() - start
    }
    let isLate = !hasEnded(child)
    // The number is the child's until it is collected; from then on it may be anybody's.
    kill(-child, SIGKILL)
    Signals.setChild(nil)
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    return isLate ? nil : status
  }

  /// Whether a child has ended and only waits to be collected.
  private static func hasEnded(_ child: pid_t) -> Bool {
    var info = unsafe siginfo_t()
    let code = unsafe waitid(P_PID, id_t(child), &info, WEXITED | WNOWAIT | WNOHANG)
    return unsafe code == 0 ? info.si_signo != 0 : errno != EINTR
  }

  /// Our own environment, but for what is preloaded.
  static func environment(preload: String?) -> [String] {
    let bytes = (try? InputFile.bytes(at: "/proc/self/environ")) ?? []
    let variables = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    return variables.filter { !$0.hasPrefix("LD_PRELOAD=") }
      + (preload.map { ["LD_PRELOAD=\($0)"] } ?? [])
  }
}

/// Why a contender could not be measured.
package struct ChildFailure: Error, Equatable, Sendable {
  /// The reason, in words.
  package let reason: String
  /// Whether a process took too long.
  package let isLate: Bool

  /// Gives a reason.
  package init(_ reason: String, isLate: Bool = false) {
    self.reason = reason
    self.isLate = isLate
  }
}

/// A file in memory that a child writes to, however much that is.
private struct CaptureFile: ~Copyable {
  let descriptor: Int32

  init() throws(ChildFailure) {
    descriptor = unsafe memfd_create(Program.name + "-child", UInt32(MFD_CLOEXEC))
    guard descriptor >= 0 else {
      throw ChildFailure("cannot start: \(describe(errorNumber: errno))")
    }
  }

  deinit {
    close(descriptor)
  }

  func bytes() -> [UInt8] {
    (try? InputFile.bytes(at: "/proc/self/fd/\(descriptor)")) ?? []
  }
}

/// Texts as C takes them, with a null pointer at the end.
@safe
struct CStrings: ~Copyable {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ texts: [String]) {
    unsafe pointers = unsafe texts.map { unsafe strdup($0) } + [nil]
  }

  deinit {
    unsafe pointers.forEach { unsafe free($0) }
  }
}
