// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The pieces of memory that one `preadv` fills, in order.
///
/// Invariant: pieces `next ..< count` are still to be filled, none of them is empty.
@safe
package struct ReadVector: ~Copyable {
  private let pieces: UnsafeMutablePointer<iovec>
  private let capacity: Int
  private var count = 0
  private var next = 0

  /// Room for so many pieces; the kernel takes at most 1,024 in one call.
  package init(capacity: Int) {
    self.capacity = capacity
    unsafe pieces = UnsafeMutablePointer.allocate(capacity: capacity)
  }

  deinit {
    unsafe pieces.deallocate()
  }

  /// What is still to be filled, as `preadv` wants it.
  var rest: (start: UnsafeMutablePointer<iovec>, count: Int32) {
    unsafe (pieces + next, Int32(count - next))
  }

  /// Forgets all pieces.
  package mutating func removeAll() {
    count = 0
    next = 0
  }

  /// Adds a piece of at least one byte.
  package mutating func append(_ start: UnsafeMutableRawPointer, byteCount: Int) {
    precondition(count < capacity && byteCount > 0, "no room for \(byteCount) bytes")
    unsafe (pieces + count).initialize(to: iovec(iov_base: start, iov_len: byteCount))
    count += 1
  }

  /// Notes that the next so many bytes are filled: whole pieces, and perhaps a part of one.
  package mutating func advance(by byteCount: Int) {
    var left = byteCount
    while next < count, unsafe left >= pieces[next].iov_len {
      left -= unsafe pieces[next].iov_len
      next += 1
    }
    guard left > 0 else { return }
    precondition(next < count, "more bytes were filled than there were to fill")
    unsafe pieces[next].iov_base += left
    unsafe pieces[next].iov_len -= left
  }

  /// The bytes that are still to be filled.
  package var bytesLeft: Int {
    var sum = 0
    for index in next..<count { sum += unsafe pieces[index].iov_len }
    return sum
  }
}
