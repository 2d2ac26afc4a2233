// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How datagrams are fetched from the socket.
package enum ReceiveCall: String, CaseIterable, Sendable {
  /// By `recvmmsg`, a message for each datagram, of any length.
  case recvmmsg
  /// By `recvmmsg` with UDP_GRO, a message for a train of datagrams of one length, which is known
  /// beforehand: so each lands in a page of its own all the same.
  case train

  /// The datagrams that a call may bring.
  package func capacity(_ options: ReceiveOptions) -> Int {
    switch self {
    case .recvmmsg: options.batch
    case .train: UDPSocket.trainLength(of: options.byteCount)
    }
  }
}

/// The arguments of `recvmmsg`: messages of one piece, or one message of many pieces; a piece is a
/// page.
///
/// Invariants: message *i* of several names piece *i*, one message names all; the arrays live while
/// this does.
@safe
struct MessageBatch: ~Copyable {
  private let messages: UnsafeMutablePointer<mmsghdr>
  private let pieces: UnsafeMutablePointer<iovec>
  private let control: ControlMessage
  private let call: ReceiveCall
  /// The pages of a call.
  private let count: Int
  /// The length of the datagrams of a train.
  private let byteCount: Int

  /// Makes the arguments of a call.
  init(_ call: ReceiveCall, _ options: ReceiveOptions) {
    self.call = call
    byteCount = options.byteCount
    count = call.capacity(options)
    let length = call == .train ? byteCount : LivePeak.pageSize
    unsafe messages = UnsafeMutablePointer.allocate(capacity: count)
    unsafe messages.initialize(repeating: mmsghdr(), count: count)
    unsafe pieces = UnsafeMutablePointer.allocate(capacity: count)
    unsafe pieces.initialize(repeating: iovec(iov_base: nil, iov_len: length), count: count)
    control = ControlMessage()
    for index in 0..<count {
      unsafe messages[index].msg_hdr.msg_iov = unsafe pieces + index
      unsafe messages[index].msg_hdr.msg_iovlen = 1
    }
    if call == .train { unsafe messages[0].msg_hdr.msg_iovlen = count }
  }

  deinit {
    unsafe messages.deallocate()
    unsafe pieces.deallocate()
  }

  /// Names the page that a datagram goes into.
  @inline(__always)
  func set(_ index: Int, _ page: UnsafeMutableRawPointer) {
    precondition(0 <= index && index < count)
    unsafe pieces[index].iov_base = unsafe page
  }

  /// The length of a datagram that was received.
  @inline(__always)
  func byteCount(_ index: Int) -> Int {
    precondition(0 <= index && index < count)
    switch call {
    case .recvmmsg: return unsafe Int(messages[index].msg_len)
    case .train: return unsafe min(byteCount, Int(messages[0].msg_len) - index * byteCount)
    }
  }

  /// Receives what is there, without waiting.
  ///
  /// - Returns: how many datagrams, 0 where there is none.
  func receive(_ socket: borrowing UDPSocket) throws(CommandFailure) -> Int {
    if call == .train { unsafe control.attach(to: &messages[0].msg_hdr) }
    let most = call == .train ? 1 : UInt32(count)
    let received = unsafe recvmmsg(
      socket.descriptor, messages, most, Int32(MSG_DONTWAIT), nil)
    guard received >= 0 else {
      if errno == EAGAIN || errno == EINTR { return 0 }
      throw UDPSocket.failure("recvmmsg")
    }
    return call == .train && received > 0 ? try trainLength() : Int(received)
  }

  /// The datagrams of the train that came.
  private func trainLength() throws(CommandFailure) -> Int {
    let length = unsafe Int(messages[0].msg_len)
    let each = unsafe control.segmentByteCount(of: messages[0].msg_hdr) ?? length
    guard each == byteCount || length <= byteCount else {
      throw .input("receive: a train of datagrams of \(each) bytes came, not of \(byteCount)")
    }
    return max(1, (length + byteCount - 1) / byteCount)
  }
}

/// Room for what the kernel says beside a message: the length of a train's datagrams.
@safe
struct ControlMessage: ~Copyable {
  private let base = UnsafeMutableRawPointer.allocate(
    byteCount: ControlMessage.byteCount, alignment: 8)

  private static let byteCount = 64

  deinit { unsafe base.deallocate() }

  /// Has the next call write here.
  func attach(to header: inout msghdr) {
    unsafe header.msg_control = unsafe base
    unsafe header.msg_controllen = ControlMessage.byteCount
  }

  /// The length of the datagrams of a train; nil for a message that is none.
  func segmentByteCount(of header: msghdr) -> Int? {
    let size = MemoryLayout<cmsghdr>.size
    guard unsafe header.msg_controllen >= size + MemoryLayout<Int32>.size else { return nil }
    let control = unsafe base.load(as: cmsghdr.self)
    guard control.cmsg_level == UDPSocket.solUDP, control.cmsg_type == UDPSocket.udpGRO else {
      return nil
    }
    return unsafe Int(base.load(fromByteOffset: size, as: Int32.self))
  }
}
