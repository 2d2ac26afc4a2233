// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Writes whole files.
package enum OutputFile {
  /// Makes sure that the file at `path` can be written, before hours of work go into it.
  ///
  /// A file that is there already keeps its contents.
  package static func prepare(at path: String) throws(CommandFailure) {
    close(try open(path, 0))
  }

  /// Makes `text` the contents of the file at `path`.
  package static func write(_ text: String, to path: String) throws(CommandFailure) {
    let descriptor = try open(path, O_TRUNC)
    defer { close(descriptor) }
    var text = text
    let code = text.withUTF8 { bytes in
      unsafe writeAll(UnsafeRawBufferPointer(bytes), to: descriptor)
    }
    if let code { throw failure(path, code) }
  }

  private static func open(_ path: String, _ flags: Int32) throws(CommandFailure) -> Int32 {
    let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o666)
    guard descriptor >= 0 else { throw failure(path, errno) }
    return descriptor
  }

  private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
    .input("\(path): \(describe(errorNumber: code))")
  }
}
