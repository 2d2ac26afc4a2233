// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Owns a UDP socket on the loopback interface.
struct UDPSocket: ~Copyable, Sendable {
  let descriptor: Int32

  /// The memory that the kernel is asked to keep for datagrams that nobody has read yet.
  ///
  /// It gives what `net.core.rmem_max` allows.
  private static let bufferByteCount: Int32 = 4 << 20

  /// Opens a socket bound to a free port.
  init() throws(CommandFailure) {
    descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw UDPSocket.failure("socket") }
    var size = UDPSocket.bufferByteCount
    let length = socklen_t(MemoryLayout<Int32>.size)
    // Whoever may, has what he asks for.
    if unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &size, length) != 0 {
      unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, length)
    }
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &size, length)
    var address = UDPSocket.loopback
    let isBound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(
          descriptor, __CONST_SOCKADDR_ARG(__sockaddr__: $0),
          socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard isBound else { throw UDPSocket.failure("bind") }
  }

  deinit { close(descriptor) }

  /// Has this socket send to another one.
  func connect(to other: borrowing UDPSocket) throws(CommandFailure) {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(other.descriptor, __SOCKADDR_ARG(__sockaddr__: $0), &length) == 0
          && Glibc.connect(descriptor, __CONST_SOCKADDR_ARG(__sockaddr__: $0), length) == 0
      }
    }
    guard isConnected else { throw UDPSocket.failure("connect") }
  }

  /// How many datagrams of a length may wait in the socket without one being dropped.
  ///
  /// - Parameter byteCount: the length.
  /// - Returns: a number that is surely small enough. The kernel counts each with what it takes up:
  ///   its length and some headers, rounded up to a power of two, and a record of 256 bytes or so.
  func window(byteCount: Int) -> Int {
    var size: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, &length)
    let header = 512
    let rounded = 1 << (Int.bitWidth - (byteCount + header - 1).leadingZeroBitCount)
    return max(4, Int(size) / (rounded + header) / 2)
  }

  private static var loopback: sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    return address
  }

  /// What a failed call says.
  static func failure(_ call: String) -> CommandFailure {
    .input("receive: \(call) failed: \(describe(errorNumber: errno))")
  }
}

/// The arguments of `recvmmsg` and `sendmmsg` for a batch of single-piece messages.
///
/// Invariants: message *i* names piece *i*; both arrays live while this does.
@safe
struct MessageBatch: ~Copyable {
  private let messages: UnsafeMutablePointer<mmsghdr>
  private let pieces: UnsafeMutablePointer<iovec>
  private let count: Int

  init(count: Int) {
    self.count = count
    unsafe messages = UnsafeMutablePointer.allocate(capacity: count)
    unsafe messages.initialize(repeating: mmsghdr(), count: count)
    unsafe pieces = UnsafeMutablePointer.allocate(capacity: count)
    unsafe pieces.initialize(repeating: iovec(), count: count)
    for index in 0..<count {
      unsafe messages[index].msg_hdr.msg_iov = unsafe pieces + index
      unsafe messages[index].msg_hdr.msg_iovlen = 1
    }
  }

  deinit {
    unsafe messages.deallocate()
    unsafe pieces.deallocate()
  }

  /// Names the memory of a message.
  func set(_ index: Int, _ base: UnsafeMutableRawPointer, _ byteCount: Int) {
    precondition(0 <= index && index < count)
    unsafe pieces[index].iov_base = unsafe base
    unsafe pieces[index].iov_len = byteCount
  }

  /// The length of a message that was received.
  func byteCount(_ index: Int) -> Int { unsafe Int(messages[index].msg_len) }

  /// Receives what is there, without waiting.
  ///
  /// - Returns: how many messages, 0 where there is none.
  func receive(_ descriptor: Int32) throws(CommandFailure) -> Int {
    let received = unsafe recvmmsg(
      descriptor, messages, UInt32(count), Int32(MSG_DONTWAIT), nil)
    if received >= 0 { return Int(received) }
    if errno == EAGAIN || errno == EINTR { return 0 }
    throw UDPSocket.failure("recvmmsg")
  }

  /// Sends the first messages.
  ///
  /// - Returns: how many were sent.
  func send(_ descriptor: Int32, _ number: Int) throws(CommandFailure) -> Int {
    let sent = unsafe sendmmsg(descriptor, messages, UInt32(min(number, count)), 0)
    if sent >= 0 { return Int(sent) }
    if errno == EINTR || errno == ENOBUFS || errno == EAGAIN { return 0 }
    throw UDPSocket.failure("sendmmsg")
  }
}
