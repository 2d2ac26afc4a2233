// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Owns a UDP socket on the loopback interface.
package struct UDPSocket: ~Copyable, Sendable {
  let descriptor: Int32

  /// The memory that the kernel is asked to keep for datagrams that nobody has read yet.
  ///
  /// It gives what `net.core.rmem_max` allows.
  private static let bufferByteCount: Int32 = 4 << 20

  // Not in the Glibc module: from <linux/udp.h> and <netinet/in.h>.
  static let solUDP: Int32 = 17
  private static let udpSegment: Int32 = 103
  static let udpGRO: Int32 = 104

  /// Opens a socket bound to a free port.
  package init() throws(CommandFailure) {
    descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw UDPSocket.failure("socket") }
    set(SOL_SOCKET, SO_RCVBUF, UDPSocket.bufferByteCount)
    set(SOL_SOCKET, SO_SNDBUF, UDPSocket.bufferByteCount)
    var address = UDPSocket.loopback(port: 0)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, __CONST_SOCKADDR_ARG(__sockaddr__: $0), length) == 0
      }
    }
    guard isBound else { throw UDPSocket.failure("bind") }
  }

  deinit { close(descriptor) }

  /// The port that it is bound to; 0 where the kernel does not say.
  package var port: UInt16 {
    var address = sockaddr_in()
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isKnown = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe getsockname(descriptor, __SOCKADDR_ARG(__sockaddr__: $0), &length) == 0
      }
    }
    return isKnown ? UInt16(bigEndian: address.sin_port) : 0
  }

  /// Has this socket send to a port of this machine.
  package func connect(toPort port: UInt16) throws(CommandFailure) {
    var address = UDPSocket.loopback(port: port)
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isConnected = unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe Glibc.connect(descriptor, __CONST_SOCKADDR_ARG(__sockaddr__: $0), length) == 0
      }
    }
    guard isConnected else { throw UDPSocket.failure("connect") }
  }

  /// The most datagrams of a length that go through the network stack as one.
  static func trainLength(of byteCount: Int) -> Int { min(64, 65_507 / byteCount) }

  /// Has the kernel hand over trains of datagrams as they are (UDP_GRO).
  func receiveTrains() throws(CommandFailure) {
    guard set(UDPSocket.solUDP, UDPSocket.udpGRO, 1) else {
      throw .input("receive: this kernel has no UDP_GRO: use --call recvmmsg")
    }
  }

  /// Has the kernel cut what is sent into datagrams of one length (UDP_SEGMENT), so that the way
  /// through the network stack is paid once for many.
  ///
  /// - Parameter byteCount: the length.
  /// - Returns: how many datagrams one call may send; 1 where the kernel cannot.
  package func segment(into byteCount: Int) -> Int {
    let most = UDPSocket.trainLength(of: byteCount)
    guard most > 1, set(UDPSocket.solUDP, UDPSocket.udpSegment, Int32(byteCount)) else { return 1 }
    return most
  }

  /// How many datagrams of a length may wait in the socket without one being dropped.
  ///
  /// The kernel counts each with what it takes up, not with its length: its records, and memory in
  /// powers of two. A quarter of the buffer it may give back late.
  package func window(of byteCount: Int) -> Int {
    var size: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    unsafe getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, &length)
    var each = 1024
    while each < byteCount + 512 { each *= 2 }
    return max(1, Int(size) / 4 * 3 / (each + 512))
  }

  /// Sends bytes: a datagram, or several of the length that they are cut into.
  package func send(_ bytes: UnsafeRawPointer, byteCount: Int) throws(CommandFailure) {
    while unsafe Glibc.send(descriptor, bytes, byteCount, 0) < 0 {
      guard errno == EINTR || errno == ENOBUFS else { throw UDPSocket.failure("send") }
    }
  }

  /// Waits until a datagram is there.
  ///
  /// - Parameter milliseconds: for so long at most.
  /// - Returns: whether one is.
  func wait(milliseconds: Int32) -> Bool {
    var query = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return unsafe poll(&query, 1, milliseconds) > 0
  }

  @discardableResult
  private func set(_ level: Int32, _ option: Int32, _ value: Int32) -> Bool {
    var value = value
    let length = socklen_t(MemoryLayout<Int32>.size)
    return unsafe setsockopt(descriptor, level, option, &value, length) == 0
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(INADDR_LOOPBACK).bigEndian
    return address
  }

  /// What a failed call says.
  static func failure(_ call: String) -> CommandFailure {
    .input("receive: \(call) failed: \(describe(errorNumber: errno))")
  }
}
