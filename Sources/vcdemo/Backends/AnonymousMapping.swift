// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A range of anonymous memory, unmapped when it leaves scope.
@safe
struct AnonymousMapping: ~Copyable {
  /// The first byte, which has the alignment that was asked for.
  let base: UnsafeMutableRawPointer

  private let start: UnsafeMutableRawPointer
  private let length: Int

  /// Maps memory that costs nothing until it is touched and may be backed by huge pages.
  ///
  /// - Parameters:
  ///   - byteCount: the size, a multiple of the page size.
  ///   - alignment: a power of two, at least the page size.
  /// - Throws: a failure with the operating system's reason.
  init(byteCount: Int, alignment: Int) throws(CommandFailure) {
    // As much more as the alignment can cost; what is not used is never touched.
    let (length, overflow) = byteCount.addingReportingOverflow(alignment)
    guard !overflow,
      let start = unsafe mmap(
        nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      unsafe start != MAP_FAILED
    else {
      throw .input(
        "cannot map an arena of \(Format.size(byteCount)): "
          + describe(errorNumber: overflow ? ENOMEM : errno))
    }
    self.length = length
    unsafe self.start = unsafe start
    unsafe base = unsafe start.alignedUp(toMultipleOf: alignment)
    // Where the kernel has no huge pages the memory is as good, only slower.
    _ = unsafe madvise(base, byteCount, MADV_HUGEPAGE)
  }

  deinit {
    unsafe munmap(start, length)
  }
}
