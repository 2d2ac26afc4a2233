// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file that is mapped to be read, and unmapped with the value.
///
/// Invariant: the bytes are mapped while the value lives.
@safe
struct MappedFile: ~Copyable {
  private let start: UnsafeMutableRawPointer
  let byteCount: Int

  /// Maps the file at `path`.
  ///
  /// - Throws: a failure of the form `PATH: No such file or directory`.
  init(path: String) throws(CommandFailure) {
    let (start, byteCount) = unsafe try Self.map(path)
    unsafe self.start = unsafe start
    self.byteCount = byteCount
  }

  private static func map(
    _ path: String
  ) throws(CommandFailure) -> (start: UnsafeMutableRawPointer, byteCount: Int) {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .input("\(path): \(describe(errorNumber: errno))") }
    defer { close(file) }
    var status = stat()
    guard unsafe fstat(file, &status) == 0, status.st_size > 0,
      let start = unsafe mmap(nil, Int(status.st_size), PROT_READ, MAP_PRIVATE, file, 0),
      unsafe start != MAP_FAILED
    else { throw .input("\(path): cannot be read, or is empty") }
    return unsafe (start, Int(status.st_size))
  }

  deinit { unsafe munmap(start, byteCount) }

  /// The bytes.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = unsafe RawSpan(_unsafeStart: UnsafeRawPointer(start), byteCount: byteCount)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// The word of 8 bytes at an offset; 0 beyond the end.
  func word(at offset: Int) -> UInt64 {
    guard offset >= 0, offset + 8 <= byteCount else { return 0 }
    return unsafe start.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
  }
}
