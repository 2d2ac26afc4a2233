// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A text file that is written in pieces of 64 KiB.
package final class TextFile {
  package let path: String
  private let descriptor: Int32
  private var pending: [UInt8] = []
  private static let pieceSize = 1 << 16

  /// Makes the file, or empties it.
  package convenience init(path: String) throws(CommandFailure) {
    try self.init(path: path, O_TRUNC)
  }

  /// Opens the file to write it, and makes it if need be.
  fileprivate init(path: String, _ flags: Int32) throws(CommandFailure) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o666)
    guard descriptor >= 0 else { throw Self.failure(path, errno) }
  }

  deinit { close(descriptor) }

  /// Adds text.
  package func write(_ text: String) throws(CommandFailure) {
    pending.append(contentsOf: text.utf8)
    if pending.count >= Self.pieceSize { try flush() }
  }

  /// Writes what has been added.
  package func flush() throws(CommandFailure) {
    let failure = unsafe pending.withUnsafeBytes { unsafe writeAll($0, to: descriptor) }
    if let failure { throw Self.failure(path, failure) }
    pending.removeAll(keepingCapacity: true)
  }

  private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
    .input("\(path): \(describe(errorNumber: code))")
  }
}

/// Writes whole files.
package enum OutputFile {
  /// Makes sure that the file at `path` can be written, before hours of work go into it.
  ///
  /// A file that is there already keeps its contents.
  package static func prepare(at path: String) throws(CommandFailure) {
    _ = try TextFile(path: path, 0)
  }

  /// Makes `text` the contents of the file at `path`.
  package static func write(_ text: String, to path: String) throws(CommandFailure) {
    let file = try TextFile(path: path)
    try file.write(text)
    try file.flush()
  }
}
