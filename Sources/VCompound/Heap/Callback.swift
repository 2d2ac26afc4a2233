// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import ThreadSlot

/// Functions of callers that the heap runs: those that end the life of an object.
///
/// They run with no lock held. They may free anything. A request that they make is served from what
/// is free or can become resident, or refused: it waits for nothing but what the helper thread has
/// in its hands, and reclaims nothing, since what it would wait for may be the thread itself.
enum Callback {
  /// Whether one runs on this thread.
  static var isRunning: Bool { unsafe vcompound_slot_callbacks().pointee > 0 }

  /// Runs one.
  static func run<Result: ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    unsafe vcompound_slot_callbacks().pointee += 1
    defer { unsafe vcompound_slot_callbacks().pointee -= 1 }
    return try body()
  }
}
