// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import ThreadSlot

/// `MEMBARRIER_CMD_GLOBAL` (Linux 4.3): takes tens of milliseconds.
private let commandGlobal: Int32 = 1 << 0
/// `MEMBARRIER_CMD_PRIVATE_EXPEDITED` and the command that announces it (Linux 4.14).
private let commandExpedited: Int32 = 1 << 3
private let commandRegisterExpedited: Int32 = 1 << 4

extension OperatingSystem {
  /// Announces that the process will call `barrier`.
  func registerBarrier() throws(CompoundError) {
    try perform(.registerBarrier) { vcompound_membarrier(commandRegisterExpedited) == 0 }
  }

  /// Makes every thread of the process that is running pass a memory barrier.
  ///
  /// What a thread stored before it, the caller sees after it; what the caller stored before it,
  /// threads see after it. It is what lets the owner of a magazine do without barriers of its
  /// own.
  func barrier() throws(CompoundError) {
    try perform(.barrier) { vcompound_membarrier(commandExpedited) == 0 }
  }

  /// The barrier; where the kernel refuses the quick one after all, the slow one.
  ///
  /// Nothing else makes the stores of running threads visible: where both are refused, the program
  /// stops. It takes a filter of system calls that is set up after an allocator was opened.
  func barrierOrStop() {
    if (try? barrier()) != nil { return }
    do throws(CompoundError) {
      try perform(.globalBarrier) { vcompound_membarrier(commandGlobal) == 0 }
    } catch {
      stop("the kernel refuses membarrier(2), which it granted when the allocator was opened")
    }
  }

  /// Lets another thread run, for one that waits for it.
  static func yieldProcessor() {
    sched_yield()
  }
}
