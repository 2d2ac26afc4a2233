// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Why a ``ReportServer`` could not begin.
public enum ReportServerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A path that is empty, has a zero byte, or is longer than a socket's may be.
  case invalidPath(String, longest: Int)
  /// A process listens there.
  case isInUse(String)
  /// A file is there that is no socket.
  case noSocket(String)
  /// The system refused a call, or the process is a child of `fork`.
  case allocator(CompoundError)

  /// One line that says what to do.
  public var description: String {
    switch self {
    case .invalidPath(let path, let longest):
      "'\(path)' cannot be the path of a socket: it has 1 to \(longest) bytes, none of them zero"
    case .isInUse(let path):
      "\(path): another process listens there; choose another path, or end that process"
    case .noSocket(let path):
      "\(path): there is a file that is no socket; choose another path"
    case .allocator(let error): error.description
    }
  }
}
