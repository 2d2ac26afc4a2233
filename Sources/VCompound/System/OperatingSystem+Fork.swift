// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension OperatingSystem {
  /// Has functions run around every later `fork`.
  ///
  /// - Parameters:
  ///   - before: runs in the parent before the fork.
  ///   - parent: runs in the parent behind it.
  ///   - child: runs in the child before `fork` returns there; may call only what is safe in a
  ///     signal handler, and use locks that `before` took.
  /// - Throws: `systemCall`.
  func registerForkHandlers(
    before: @convention(c) () -> Void, parent: @convention(c) () -> Void,
    child: @convention(c) () -> Void
  ) throws(CompoundError) {
    try perform(.registerForkHandler) {
      let code = pthread_atfork(before, parent, child)
      errno = code
      return code == 0
    }
  }

  /// Closes a descriptor in a child of fork: no fault plan, no memory, no lock.
  func closeAfterFork(_ descriptor: Int32) { _ = close(descriptor) }

  /// Unmaps a range in a child of fork: no fault plan, no memory, no lock.
  func unmapAfterFork(_ range: AddressRange) {
    _ = unsafe munmap(
      UnsafeMutableRawPointer(bitPattern: range.address), range.byteCount.rawValue)
  }
}
