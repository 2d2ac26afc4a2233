// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Tells a child of fork from the process that opened the allocator, for the price of one load.
///
/// A page that the kernel wipes in every child (`MADV_WIPEONFORK`): it reads one in the process
/// that made it, and zero in all its children, however they were made. The way s2n and BoringSSL
/// find out that their random state was duplicated.
///
/// Invariant: the page stays mapped for as long as the value lives.
@safe
package struct ForkSentinel: ~Copyable, @unchecked Sendable {
  private let mapping: Mapping
  private let word: UnsafeMutablePointer<UInt64>

  /// Makes a sentinel for this process.
  package init(system: OperatingSystem) throws(CompoundError) {
    let address = try system.mapTable(byteCount: .page)
    let mapping = Mapping(adopting: address, byteCount: .page, system: system)
    try system.wipeOnFork(at: address, byteCount: .page)
    guard let word = unsafe UnsafeMutablePointer<UInt64>(bitPattern: address) else {
      stop("the kernel mapped a page at address 0")
    }
    unsafe word.pointee = 1
    self.mapping = mapping
    unsafe self.word = unsafe word
  }

  /// Whether this process is a child of the one that made the sentinel.
  @inline(__always)
  package var isInChild: Bool { unsafe word.pointee == 0 }

  /// The page, for tests that ask the kernel about it.
  package var address: UInt { mapping.address }
}
