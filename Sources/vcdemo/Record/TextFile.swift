// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A text file that is written in pieces of 64 KiB.
final class TextFile {
  let path: String
  private let descriptor: Int32
  private var pending: [UInt8] = []
  private static let pieceSize = 1 << 16

  /// Makes the file, or empties it.
  init(path: String) throws(CommandFailure) {
    self.path = path
    descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .input("\(path): \(describe(errorNumber: errno))") }
    pending.reserveCapacity(2 * Self.pieceSize)
  }

  deinit { close(descriptor) }

  /// Adds text.
  func write(_ text: String) throws(CommandFailure) {
    pending.append(contentsOf: text.utf8)
    if pending.count >= Self.pieceSize { try flush() }
  }

  /// Writes what has been added.
  func flush() throws(CommandFailure) {
    var done = 0
    while done < pending.count {
      let count = unsafe pending.withUnsafeBytes { bytes in
        unsafe Glibc.write(
          descriptor, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done)
      }
      if count >= 0 {
        done += count
      } else if errno != EINTR {
        throw .input("\(path): \(describe(errorNumber: errno))")
      }
    }
    pending.removeAll(keepingCapacity: true)
  }
}
