// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Why bytes could not be read or written, and how many were.
public struct TransferError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The error number of the call that failed, as `EAGAIN` or `ENOSPC`.
  public let errno: Int32

  /// The bytes that were moved before: the first ones of what was asked for.
  public let transferredByteCount: Int

  package init(errno: Int32, transferredByteCount: Int) {
    self.errno = errno
    self.transferredByteCount = transferredByteCount
  }

  /// One line.
  public var description: String {
    "after \(transferredByteCount) bytes: \(describe(errno: errno))"
  }
}
