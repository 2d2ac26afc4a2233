// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Which way bytes go.
package enum TransferDirection: Sendable {
  /// From a file into memory.
  case read
  /// From memory into a file.
  case write

  fileprivate var call: SystemCallKind { self == .read ? .read : .write }
}

extension OperatingSystem {
  /// The most pieces that one call takes: `UIO_MAXIOV`.
  private static var mostVectors: Int { 1024 }

  /// Moves bytes between a file and pieces of memory, in as many calls as it takes: interrupted
  /// ones are repeated, and after short ones the rest is moved.
  ///
  /// - Parameters:
  ///   - direction: which way.
  ///   - file: its descriptor.
  ///   - offset: where in the file; nil for its position, and for pipes and sockets.
  ///   - pieces: the memory, of which the caller sees to it that it can be used.
  /// - Returns: the bytes moved, and an error number where that is not all; 0 at the end of the
  ///   file.
  func transfer(
    _ direction: TransferDirection, _ file: Int32, offset: Int64?, _ pieces: [Memory]
  ) -> (byteCount: Int, errno: Int32) {
    var done = 0
    var first = 0
    var skipped = 0
    while first < pieces.count {
      let batch = pieces[first..<min(first + Self.mostVectors, pieces.count)]
      var vectors = unsafe batch.map {
        unsafe iovec(iov_base: $0.start, iov_len: $0.byteCount.rawValue)
      }
      unsafe vectors[0].iov_base += skipped
      unsafe vectors[0].iov_len -= skipped
      let moved = unsafe move(direction, file, offset.map { $0 + Int64(done) }, vectors)
      guard moved.byteCount > 0 else {
        if moved.errno == EINTR { continue }
        return (done, moved.errno)
      }
      done += moved.byteCount
      skipped += moved.byteCount
      while first < pieces.count, skipped >= pieces[first].byteCount.rawValue {
        skipped -= pieces[first].byteCount.rawValue
        first += 1
      }
    }
    return (done, 0)
  }

  private func move(
    _ direction: TransferDirection, _ file: Int32, _ offset: Int64?, _ vectors: [iovec]
  ) -> (byteCount: Int, errno: Int32) {
    if let code = strike(direction.call) { return (0, code) }
    let count = Int32(unsafe vectors.count)
    let moved =
      switch (direction, offset) {
      case (.read, nil): unsafe readv(file, vectors, count)
      case (.read, let offset?): unsafe preadv(file, vectors, count, off_t(offset))
      case (.write, nil): unsafe writev(file, vectors, count)
      case (.write, let offset?): unsafe pwritev(file, vectors, count, off_t(offset))
      }
    // A file that takes nothing of a piece that has bytes is full.
    if moved == 0, direction == .write { return (0, ENOSPC) }
    return moved < 0 ? (0, errno) : (moved, 0)
  }
}
