// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// Somebody who connects to a socket, for tests of servers.
final class LocalClient {
  let socket: Int32

  /// Connects; nil where nobody listens.
  init?(_ path: String, seconds: Int = 5) {
    socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    let socket = socket
    let isConnected = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, .init(__sockaddr__: $0), size) == 0
      }
    }
    guard isConnected else { return nil }
    var time = timeval(tv_sec: seconds, tv_usec: seconds == 0 ? 200_000 : 0)
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(socket) }

  /// Sends text as it is.
  func send(_ text: String) {
    let bytes = Array(text.utf8)
    _ = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// Sends no more, and takes answers still.
  func finishSending() { shutdown(socket, Int32(SHUT_WR)) }

  /// Receives up to so many bytes; fewer where the other side closes or the time is over.
  func receive(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      var room = [UInt8](repeating: 0, count: min(65_536, count - bytes.count))
      let received = recv(socket, &room, room.count, 0)
      guard received > 0 else { break }
      bytes += room.prefix(received)
    }
    return bytes
  }

  /// Whether the other side has closed, within the time that an answer may take.
  var isClosed: Bool {
    var byte: UInt8 = 0
    return recv(socket, &byte, 1, 0) == 0
  }

  /// A line without its end.
  func line() -> String {
    var bytes: [UInt8] = []
    while let byte = receive(1).first, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Asks, and has the text of the answer; nil where there is none.
  func ask(_ question: String) -> String? {
    send(question + "\n")
    let words = line().split(separator: " ")
    guard words.count == 2, words[0] == "ok", let count = Int(words[1]) else { return nil }
    let bytes = receive(count)
    return bytes.count == count ? String(decoding: bytes, as: UTF8.self) : nil
  }
}

/// A path for a socket that no other test has.
func socketPath() -> String {
  var random = SystemRandomNumberGenerator()
  return "/tmp/vcompound-test-\(getpid())-\(random.next()).socket"
}
