// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import Glibc

/// Reads whole files; `-` is standard input.
package enum InputFile {
  /// The most bytes that are read of a file: 1 GiB.
  package static let largestSize = 1 << 30

  /// The name by which standard input is meant.
  package static let standardInput = "-"

  private static let chunk = 1 << 14

  /// The bytes of the file at `path`.
  ///
  /// - Parameters:
  ///   - path: the name of a regular file or of a pipe; anything else might have no end.
  ///   - largestSize: the most bytes that are read.
  ///   - patience: the seconds that a pipe may bring nothing.
  /// - Returns: its contents.
  /// - Throws: a failure of the form `PATH: No such file or directory`.
  package static func bytes(
    at path: String, largestSize: Int = largestSize, patience: Int32 = 30
  ) throws(CommandFailure) -> [UInt8] {
    let table = try table(at: path, largestSize: largestSize, patience: patience)
    return unsafe table.span.withUnsafeBufferPointer { unsafe Array($0) }
  }

  /// The bytes of the file at `path`, in memory that is no malloc's; else as ``bytes(at:)``.
  package static func table(
    at path: String, largestSize: Int = largestSize, patience: Int32 = 30
  ) throws(CommandFailure) -> MappedTable<UInt8> {
    let (descriptor, status) = try open(path, orPipe: true)
    defer { close(descriptor) }
    let isPipe = status.st_mode & S_IFMT == S_IFIFO
    // More than the file has, so that its end shows without growing the table.
    let size = (1...largestSize).contains(Int(status.st_size)) ? Int(status.st_size) : 0
    var bytes = MappedTable<UInt8>(capacity: size + chunk)
    while max(bytes.count, Int(status.st_size)) <= largestSize {
      if isPipe { try wait(for: descriptor, path, patience) }
      var count = 0
      unsafe bytes.append(upTo: chunk) { room in
        count = unsafe read(descriptor, room.baseAddress, room.count)
        return max(0, count)
      }
      if count == 0 { return bytes }
      if count < 0, errno != EINTR, errno != EAGAIN {
        throw failure(path, errno)
      }
    }
    throw .input("\(path): too large: at most \(Format.size(largestSize)) can be read")
  }

  /// Opens a file to be read.
  ///
  /// - Parameters:
  ///   - path: the name of a regular file; anything else might have no end.
  ///   - orPipe: whether it may be a pipe too, which can be read once.
  /// - Returns: a descriptor that belongs to the caller, and what the file is.
  /// - Throws: a failure of the form `PATH: No such file or directory`.
  package static func open(
    _ path: String, orPipe: Bool = false
  ) throws(CommandFailure) -> (descriptor: Int32, status: stat) {
    // Without O_NONBLOCK the opening of a pipe would wait for a writer.
    let descriptor = unsafe Glibc.open(
      path == standardInput ? "/dev/stdin" : path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw failure(path, errno) }
    var status = stat()
    let code = unsafe fstat(descriptor, &status) == 0 ? 0 : errno
    let kind = status.st_mode & S_IFMT
    if code == 0, kind == S_IFREG || orPipe && kind == S_IFIFO { return (descriptor, status) }
    close(descriptor)
    if code != 0 { throw failure(path, code) }
    if kind == S_IFDIR { throw failure(path, EISDIR) }
    throw .input(
      orPipe
        ? "\(path): neither a regular file nor a pipe"
        : "\(path): not a regular file, which is what can be read again and again")
  }

  /// Waits until a pipe has bytes or no writer any more.
  private static func wait(
    for descriptor: Int32, _ path: String, _ patience: Int32
  ) throws(CommandFailure) {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&request, 1, patience * 1000) == 0 else { return }
    throw .input("\(path): the pipe brought nothing for \(Format.count(Int(patience), "second"))")
  }

  private static func failure(_ path: String, _ code: Int32) -> CommandFailure {
    .input("\(path): \(describe(errorNumber: code))")
  }
}
