// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the sender is asked for: a burst of datagrams.
package struct SenderRequest: BitwiseCopyable, Equatable, Sendable {
  /// The port that they go to.
  package var port: UInt64
  /// The number of the first.
  package var first: UInt64
  /// How many.
  package var count: UInt64

  /// Asks for a burst.
  package init(port: UInt16, first: Int, count: Int) {
    self.port = UInt64(port)
    self.first = UInt64(first)
    self.count = UInt64(count)
  }
}

/// One end of the connection between the receiver and the sender: requests one way, the number of
/// datagrams that were sent the other way.
///
/// Whoever reads sleeps meanwhile: the sender uses no processor while datagrams are received. When
/// either end is closed, the other one reads that nothing more comes.
package struct SenderChannel: ~Copyable, Sendable {
  let descriptor: Int32

  /// Takes over a connected socket.
  package init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Has the other end read that nothing more comes, before this one is closed.
  package func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  /// Makes two ends, as descriptors that belong to the caller.
  package static func pair() throws(CommandFailure) -> (receiver: Int32, sender: Int32) {
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
      throw UDPSocket.failure("socketpair")
    }
    return (ends[0], ends[1])
  }

  /// Has the other end send a burst, and waits until it is done.
  func burst(_ request: SenderRequest) throws(CommandFailure) {
    guard write(request), let sent: UInt64 = read(), sent == request.count else {
      throw .input("receive: the sender ended early")
    }
  }

  /// The next request; nil where there will be none.
  package func nextRequest() -> SenderRequest? { read() }

  /// Says that a burst is done.
  ///
  /// - Returns: whether anybody hears it.
  @discardableResult
  package func answer(_ count: UInt64) -> Bool { write(count) }

  private func write<Value: BitwiseCopyable>(_ value: Value) -> Bool {
    unsafe withUnsafeBytes(of: value) { bytes in
      while true {
        // Messages this short go as a whole.
        let written = unsafe Glibc.send(
          descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        if written == bytes.count { return true }
        guard written < 0, errno == EINTR else { return false }
      }
    }
  }

  private func read<Value: BitwiseCopyable>() -> Value? {
    unsafe withUnsafeTemporaryAllocation(of: Value.self, capacity: 1) { value in
      while true {
        let size = MemoryLayout<Value>.size
        let count = unsafe recv(
          descriptor, value.baseAddress, size, Int32(MSG_WAITALL))
        if count == size { return unsafe value[0] }
        guard count < 0, errno == EINTR else { return nil }
      }
    }
  }
}
