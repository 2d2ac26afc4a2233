// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file that is open to be read from any thread.
package final class ReadFile: Sendable {
  /// Its name, as it was given.
  package let path: String
  private let descriptor: Int32
  private let opened: Version

  /// What tells that somebody has changed a file.
  private struct Version: Equatable {
    let size: Int
    let seconds: Int
    let nanoseconds: Int

    init(_ status: stat) {
      size = Int(status.st_size)
      seconds = status.st_mtim.tv_sec
      nanoseconds = status.st_mtim.tv_nsec
    }
  }

  /// Opens a file.
  ///
  /// - Parameter path: the name of a regular file; anything else might have no end.
  /// - Throws: a failure of the form `PATH: No such file or directory`.
  package init(_ path: String) throws(CommandFailure) {
    let (descriptor, status) = try InputFile.open(path)
    self.path = path
    self.descriptor = descriptor
    opened = Version(status)
  }

  deinit {
    close(descriptor)
  }

  /// Whether somebody has changed the file since it was opened.
  package var hasChanged: Bool {
    var status = stat()
    return unsafe fstat(descriptor, &status) != 0 || Version(status) != opened
  }

  /// The size that it has now, in bytes.
  private var size: Int {
    var status = stat()
    return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
  }

  /// Reads from the file with plain `pread`.
  ///
  /// - Parameters:
  ///   - offset: where to begin.
  ///   - chunk: where to put the bytes.
  /// - Returns: the bytes read; fewer than the chunk has only at the end of the file.
  /// - Throws: a failure that names the file.
  package func read(
    at offset: Int, into chunk: inout [UInt8]
  ) throws(CommandFailure) -> Int {
    var done = 0
    while done < chunk.count {
      let count = unsafe chunk.withUnsafeMutableBytes { bytes in
        let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[done...])
        return unsafe pread(descriptor, rest.baseAddress, rest.count, offset + done)
      }
      if count == 0 { break }
      if count > 0 {
        done += count
      } else if errno != EINTR {
        throw .input("\(path): \(describe(errorNumber: errno))")
      }
    }
    return done
  }

  /// Reads from the file into pages.
  ///
  /// One `preadv` where the kernel gives all at once, as it does for files unless a signal comes.
  ///
  /// - Parameters:
  ///   - offset: where to begin.
  ///   - vector: the pages, all of which must be filled.
  /// - Throws: a failure that names the file; also where it ends too early.
  package func read(at offset: Int, into vector: inout ReadVector) throws(CommandFailure) {
    var done = 0
    while true {
      let (start, pieces) = unsafe vector.rest
      if pieces == 0 { return }
      let count = unsafe preadv(descriptor, start, pieces, offset + done)
      if count == 0 {
        throw .input("\(path): shrank while it was read, to \(Format.size(size))")
      }
      if count > 0 {
        done += count
        vector.advance(by: count)
      } else if errno != EINTR {
        throw .input("\(path): \(describe(errorNumber: errno))")
      }
    }
  }
}
