// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// `MADV_COLLAPSE`, which the headers of older C libraries do not have (Linux 6.1).
private let adviceCollapse: Int32 = 25
/// `MADV_POPULATE_WRITE` (Linux 5.14).
private let advicePopulateWrite: Int32 = 23
/// `MADV_WIPEONFORK` (Linux 4.14).
private let adviceWipeOnFork: Int32 = 18

extension OperatingSystem {
  /// Reserves address space: nothing can be read or written there, and no memory is charged.
  ///
  /// - Returns: the lowest address, on a page boundary, chosen by the kernel.
  func reserve(byteCount: ByteCount) throws(CompoundError) -> UInt {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    return try map(.reserve, at: nil, byteCount, PROT_NONE, flags, file: -1, offset: 0)
  }

  /// Maps zeroed private memory, which costs nothing until it is touched.
  func mapTable(byteCount: ByteCount) throws(CompoundError) -> UInt {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    let access = PROT_READ | PROT_WRITE
    let address = try map(.mapTable, at: nil, byteCount, access, flags, file: -1, offset: 0)
    tables?.add(AddressRange(address: address, byteCount: byteCount))
    return address
  }

  /// Calls a function with each page of a range that has memory: its number in the range, in order.
  @inline(never) @_semantics("optimize.no.crossmodule")
  func forEachResidentPage(
    of range: AddressRange, _ body: (Int) -> Void
  ) throws(CompoundError) {
    var answers = InlineArray<4096, UInt8>(repeating: 0)
    let pageCount = range.byteCount.rawValue >> PageCount.pageShift
    for first in stride(from: 0, to: pageCount, by: answers.count) {
      let count = min(answers.count, pageCount - first)
      let start = unsafe UnsafeMutableRawPointer(
        bitPattern: range.address + UInt(first << PageCount.pageShift))
      try perform(.countResident) {
        var bytes = answers.mutableSpan
        return unsafe bytes.withUnsafeMutableBufferPointer { bytes in
          guard let first = bytes.baseAddress else { return false }
          return unsafe mincore(start, count << PageCount.pageShift, first) == 0
        }
      }
      for page in 0..<count where answers[page] & 1 != 0 { body(first + page) }
    }
  }

  /// Maps a range of the arena's file over reserved address space.
  ///
  /// - Parameters:
  ///   - call: `.mapArena` or `.mapRun`.
  ///   - address: where; the range must be reserved by the caller, for what is there is replaced.
  ///   - byteCount: the length, whole pages.
  ///   - file: the arena's file.
  ///   - offset: the first byte of the range in the file.
  /// - Throws: `systemCall`.
  func mapFile(
    _ call: SystemCallKind, at address: UInt, byteCount: ByteCount, file: Int32, offset: ByteCount
  ) throws(CompoundError) {
    let access = PROT_READ | PROT_WRITE
    let flags = MAP_SHARED | MAP_FIXED
    _ = try map(call, at: address, byteCount, access, flags, file: file, offset: offset.rawValue)
  }

  /// Puts reserved address space in the place of the windows in a range.
  ///
  /// One call for any number of mappings. At the kernel's limit it can fail with ENOMEM
  /// although it would lower the number of mappings; `unmap` of whole mappings still works then.
  func clearWindow(at address: UInt, byteCount: ByteCount) throws(CompoundError) {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED
    _ = try map(.clearWindow, at: address, byteCount, PROT_NONE, flags, file: -1, offset: 0)
  }

  /// Gives a range of address space back to the kernel.
  func unmap(at address: UInt, byteCount: ByteCount) throws(CompoundError) {
    try perform(.unmap) {
      unsafe munmap(UnsafeMutableRawPointer(bitPattern: address), byteCount.rawValue) == 0
    }
  }

  /// Fills the page table of a mapped range, and makes memory for it where the file has holes.
  ///
  /// Fails where touching the pages would raise SIGBUS: that is the point of it.
  func populate(at address: UInt, byteCount: ByteCount) throws(CompoundError) {
    try advise(.populate, at: address, byteCount, advicePopulateWrite)
  }

  /// Makes a 2 MiB-aligned range of the linear map, and of the file, huge pages, zeroing holes.
  func collapse(at address: UInt, byteCount: ByteCount) throws(CompoundError) {
    try advise(.collapse, at: address, byteCount, adviceCollapse)
  }

  /// Makes mapped pages inaccessible, or readable and writable again.
  ///
  /// A part of a mapping becomes a mapping of its own, so this can meet the kernel's limit.
  func protect(
    at address: UInt, byteCount: ByteCount, isAccessible: Bool
  ) throws(CompoundError) {
    try perform(.protect) {
      unsafe mprotect(
        UnsafeMutableRawPointer(bitPattern: address), byteCount.rawValue,
        isAccessible ? PROT_READ | PROT_WRITE : PROT_NONE) == 0
    }
  }

  /// Keeps a mapping from every later child of fork.
  func excludeFromFork(at address: UInt, byteCount: ByteCount) throws(CompoundError) {
    try advise(.excludeFromFork, at: address, byteCount, MADV_DONTFORK)
  }

  /// Keeps the contents of a mapping out of core dumps.
  func excludeFromDump(at address: UInt, byteCount: ByteCount) throws(CompoundError) {
    try advise(.excludeFromDump, at: address, byteCount, MADV_DONTDUMP)
  }

  /// Has a private mapping read zero in every later child of fork.
  func wipeOnFork(at address: UInt, byteCount: ByteCount) throws(CompoundError) {
    try advise(.wipeOnFork, at: address, byteCount, adviceWipeOnFork)
  }

  private func advise(
    _ call: SystemCallKind, at address: UInt, _ byteCount: ByteCount, _ advice: Int32
  ) throws(CompoundError) {
    while true {
      do throws(CompoundError) {
        return try perform(call) {
          unsafe madvise(
            UnsafeMutableRawPointer(bitPattern: address), byteCount.rawValue, advice) == 0
        }
      } catch .systemCall(call, errno: EINTR) {
        // A signal came while pages were being made: the pages made so far stay, so go on.
        continue
      }
    }
  }

  private func map(
    _ call: SystemCallKind, at address: UInt?, _ byteCount: ByteCount, _ access: Int32,
    _ flags: Int32,
    file: Int32, offset: Int
  ) throws(CompoundError) -> UInt {
    var result: UInt = 0
    try perform(call) {
      let place = unsafe address.flatMap { unsafe UnsafeMutableRawPointer(bitPattern: $0) }
      let mapped = unsafe mmap(place, byteCount.rawValue, access, flags, file, offset)
      guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { return false }
      result = UInt(bitPattern: mapped)
      return true
    }
    return result
  }
}
