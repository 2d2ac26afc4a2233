// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file in memory, closed when it leaves scope.
struct MemoryFile: ~Copyable {
  /// `MADV_POPULATE_WRITE` (Linux 5.14).
  static let populateWrite: Int32 = 23
  /// `MADV_COLLAPSE` (Linux 6.1).
  private static let collapse: Int32 = 25

  private static let chunk = 2 << 20

  let descriptor: Int32

  /// Makes an empty file.
  init(byteCount: Int) throws(CommandFailure) {
    let file = unsafe memfd_create("vcbench", UInt32(MFD_CLOEXEC))
    guard file >= 0 else { throw Self.failure("memfd_create") }
    guard ftruncate(file, byteCount) == 0 else {
      let failure = Self.failure("ftruncate")
      close(file)
      throw failure
    }
    descriptor = file
  }

  deinit {
    close(descriptor)
  }

  /// Makes a file with memory behind all of it, in huge pages where the kernel has them, in the way
  /// the library does it: one touch for each chunk, and MADV_COLLAPSE.
  ///
  /// - Parameter byteCount: a multiple of 2 MiB.
  /// - Throws: a failure where there is not so much memory.
  init(residentByteCount byteCount: Int) throws(CommandFailure) {
    let file = try MemoryFile(byteCount: byteCount)
    let memory = try AddressRange(byteCount: byteCount, alignment: Self.chunk)
    unsafe try file.map(0, byteCount, at: memory.base)
    unsafe try Self.makeResident(memory.base, byteCount)
    self = file
  }

  /// Makes whole chunks of a mapped file resident, huge where the kernel has such pages.
  static func makeResident(
    _ start: UnsafeMutableRawPointer, _ byteCount: Int
  ) throws(CommandFailure) {
    for position in stride(from: 0, to: byteCount, by: Self.chunk) {
      unsafe (start + position).storeBytes(of: 1, as: UInt8.self)
    }
    guard unsafe madvise(start, byteCount, Self.collapse) != 0 else { return }
    guard unsafe madvise(start, byteCount, Self.populateWrite) == 0 else {
      throw Self.failure("madvise")
    }
  }

  /// Gives the memory of a range back.
  borrowing func punch(_ position: Int, _ length: Int) throws(CommandFailure) {
    guard fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, position, length) == 0
    else { throw Self.failure("fallocate") }
  }

  /// Maps a range of the file over reserved addresses.
  borrowing func map(
    _ position: Int, _ length: Int, at place: UnsafeMutableRawPointer
  ) throws(CommandFailure) {
    let access = PROT_READ | PROT_WRITE
    let flags = MAP_SHARED | MAP_FIXED
    guard unsafe mmap(place, length, access, flags, descriptor, position) != MAP_FAILED else {
      throw Self.failure("mmap")
    }
  }

  static func failure(_ call: String) -> CommandFailure {
    .input("\(call) failed: \(describe(errorNumber: errno))")
  }
}

/// A reserved range of addresses, unmapped when it leaves scope.
@safe
struct AddressRange: ~Copyable {
  /// The first byte, which has the alignment that was asked for.
  let base: UnsafeMutableRawPointer
  /// The bytes from there.
  let byteCount: Int

  private let start: UnsafeMutableRawPointer
  private let length: Int

  init(byteCount: Int, alignment: Int) throws(CommandFailure) {
    let length = byteCount + alignment
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let start = unsafe mmap(nil, length, PROT_NONE, flags, -1, 0),
      unsafe start != MAP_FAILED
    else { throw MemoryFile.failure("mmap") }
    self.byteCount = byteCount
    self.length = length
    unsafe self.start = unsafe start
    unsafe base = unsafe start.alignedUp(toMultipleOf: alignment)
  }

  deinit {
    unsafe munmap(start, length)
  }
}
