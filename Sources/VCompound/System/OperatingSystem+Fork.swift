// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension OperatingSystem {
  /// Has a function run in every later child of `fork`, before `fork` returns there.
  ///
  /// - Parameter handler: may call only what is safe in a signal handler.
  /// - Throws: `systemCall`.
  func registerForkHandler(_ handler: @convention(c) () -> Void) throws(CompoundError) {
    try perform(.registerForkHandler) {
      let code = pthread_atfork(nil, nil, handler)
      errno = code
      return code == 0
    }
  }

  /// Unmaps a range in a child of fork: no fault plan, no memory, no lock.
  func unmapAfterFork(at address: UInt, byteCount: ByteCount) {
    _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount.rawValue)
  }
}
