// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A sender in a process of its own, as long as this lives.
///
/// A process, so that neither its time nor its memory are taken for the receiver's.
struct SenderProcess: ~Copyable {
  /// The receiver's end of the channel.
  let channel: SenderChannel
  private let process: pid_t

  /// Starts it.
  init(_ sender: DatagramSender) throws(CommandFailure) {
    let started = try SenderProcess.start(sender)
    channel = SenderChannel(descriptor: started.channel)
    process = started.process
  }

  deinit {
    channel.end()
    ChildProcess.wait(for: process, limit: 10_000_000_000)
  }

  private static func start(
    _ sender: DatagramSender
  ) throws(CommandFailure) -> (channel: Int32, process: pid_t) {
    let ends = try SenderChannel.pair()
    defer { close(ends.sender) }
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, ends.sender, STDIN_FILENO)
    unsafe posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    let words = ["receive", DatagramSender.option, "--"] + sender.words
    do throws(ChildFailure) {
      return (ends.receiver, try unsafe ChildProcess.start(words, &actions, preload: nil))
    } catch {
      close(ends.receiver)
      throw .input("receive: the sender: \(error.reason)")
    }
  }
}
