// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// `MFD_NOEXEC_SEAL` (Linux 6.3): the file is never executable, and its mode is sealed.
private let flagNoExecSeal: UInt32 = 0x8

extension OperatingSystem {
  /// Creates a memory file: close-on-exec, open to seals, and never executable where the kernel
  /// can promise that (Linux 6.3; older ones answer EINVAL and get the rest).
  @inline(never) @_semantics("optimize.no.crossmodule")
  func createFile(name: String) throws(CompoundError) -> Int32 {
    var file: Int32 = -1
    func create(_ flags: UInt32) -> Bool {
      file = unsafe memfd_create(name, flags)
      return file >= 0
    }
    let flags = UInt32(MFD_CLOEXEC) | UInt32(MFD_ALLOW_SEALING)
    try perform(.createFile) {
      create(flags | flagNoExecSeal) || (errno == EINVAL && create(flags))
    }
    return file
  }

  /// Sets the file's size.
  ///
  /// A size beyond the process's limit on files (`RLIMIT_FSIZE`) is an error: the kernel would send
  /// a signal that ends the process.
  func resizeFile(_ file: Int32, byteCount: ByteCount) throws(CompoundError) {
    var limit = rlimit()
    if unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0,
      UInt64(byteCount.rawValue) > UInt64(limit.rlim_cur)
    {
      throw .systemCall(.resizeFile, errno: EFBIG)
    }
    try perform(.resizeFile) {
      var result: Int32
      repeat { result = ftruncate(file, byteCount.rawValue) } while result != 0 && errno == EINTR
      return result == 0
    }
  }

  /// Seals the file against growing, shrinking and further seals.
  ///
  /// The mapped pages of a file that cannot shrink never raise SIGBUS.
  @inline(never) @_semantics("optimize.no.crossmodule")
  func sealFile(_ file: Int32) throws(CompoundError) {
    try perform(.sealFile) {
      fcntl(file, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0
    }
  }

  /// The memory that the file holds now, as the kernel counts it.
  func residentByteCount(of file: Int32) throws(CompoundError) -> ByteCount {
    var status = stat()
    try perform(.statFile) { unsafe fstat(file, &status) == 0 }
    // st_blocks counts in 512 bytes whatever the file system's block size is (stat(2)).
    return ByteCount(Int(status.st_blocks) * 512)
  }

  /// Gives the memory of a range back; the range reads zero afterwards.
  @inline(never) @_semantics("optimize.no.crossmodule")
  func punchHole(
    _ file: Int32, offset: ByteCount, byteCount: ByteCount
  ) throws(CompoundError) {
    let mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE
    try perform(.punchHole) {
      var result: Int32
      repeat {
        result = fallocate(file, mode, offset.rawValue, byteCount.rawValue)
      } while result != 0 && errno == EINTR
      return result == 0
    }
  }

  /// Closes a file.
  ///
  /// Linux closes the descriptor even where it reports an error: another try could close a file
  /// that has got the same number meanwhile.
  func closeFile(_ file: Int32) {
    _ = strike(.closeFile)
    _ = close(file)
  }
}
