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
  /// - Throws: what kept it from being started.
  package init(_ words: [String], preload: String?) throws(ChildFailure) {
    let output = try CaptureFile()
    let messages = try CaptureFile()
    status = ChildProcess.wait(
      for: try ChildProcess.spawn(words, preload, output: output, messages: messages))
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
      let own = "vcdemo: "
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
    let arguments = CStrings(["vcdemo"] + words)
    let environment = CStrings(environment(preload: preload))
    var child: pid_t = 0
    // An interrupt in between would not know the child.
    let code = Signals.withInterruptsBlocked {
      let code = unsafe posix_spawn(
        &child, "/proc/self/exe", &actions, nil, arguments.pointers, environment.pointers)
      if code == 0 { Signals.setChild(child) }
      return code
    }
    guard code == 0 else { throw ChildFailure("cannot start: \(describe(errorNumber: code))") }
    return child
  }

  /// Waits for the end of a child, and tells it as `waitpid` does.
  @discardableResult
  static func wait(for child: pid_t) -> Int32 {
    // The number is the child's until it is collected; from then on it may be anybody's.
    var info = unsafe siginfo_t()
    while unsafe waitid(P_PID, id_t(child), &info, WEXITED | WNOWAIT) != 0, errno == EINTR {}
    Signals.setChild(nil)
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    return status
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

  /// Gives a reason.
  package init(_ reason: String) {
    self.reason = reason
  }
}

/// A file in memory that a child writes to, however much that is.
private struct CaptureFile: ~Copyable {
  let descriptor: Int32

  init() throws(ChildFailure) {
    descriptor = unsafe memfd_create("vcdemo-child", UInt32(MFD_CLOEXEC))
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
