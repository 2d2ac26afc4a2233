// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A connection to a program that tells about its allocator (`ReportServer`).
package struct ReportClient: ~Copyable {
  /// Why there is no answer.
  package enum Failure: Error, Equatable, Sendable {
    /// The program has ended, or has ended the server.
    case ended
    /// It sends nothing, or something else than answers.
    case strange(String)
  }

  private let socket: Int32

  /// The process at the other end, or nil where the system does not tell.
  package let process: Int32?

  /// The longest path of a socket, and the largest answer.
  private static let longestPath = 107
  private static let largestAnswer = 16 << 20

  /// Connects.
  ///
  /// - Parameters:
  ///   - path: where the socket is.
  ///   - patience: the seconds that an answer may take.
  /// - Throws: a failure of one line.
  package init(_ path: String, patience: Int = 5) throws(CommandFailure) {
    guard (1...Self.longestPath).contains(path.utf8.count) else {
      throw .input("\(path): the path of a socket has 1 to \(Self.longestPath) bytes")
    }
    let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
    let socket = Glibc.socket(AF_UNIX, kind, 0)
    guard socket >= 0 else { throw .input("a socket: \(describe(errorNumber: errno))") }
    var time = timeval(tv_sec: patience, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      unsafe setsockopt(
        socket, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
    guard Self.connect(socket, path) else {
      let code = errno
      close(socket)
      throw .input("\(path): \(Self.reason(code, path))")
    }
    var peer = ucred()
    var size = socklen_t(MemoryLayout<ucred>.size)
    let isKnown = unsafe getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0
    self.socket = socket
    process = isKnown && peer.pid > 0 ? peer.pid : nil
  }

  deinit { close(socket) }

  /// Asks a question, and waits for the answer.
  ///
  /// - Parameter question: a line, without its end.
  /// - Returns: the text, which a terminal may have.
  /// - Throws: why there is none.
  package func ask(_ question: String) throws(Failure) -> String {
    try send(Array("\(question)\n".utf8))
    let head = try line()
    let words = head.split(separator: " ", maxSplits: 1)
    guard words.count == 2 else { throw .strange("not an answer: \(head.prefix(60))") }
    guard words[0] == "ok", let count = Int(words[1]), (0...Self.largestAnswer).contains(count)
    else { throw .strange(words[0] == "error" ? String(words[1]) : "not an answer") }
    return Format.printable(String(decoding: try receive(count), as: UTF8.self))
  }

  private func send(_ bytes: [UInt8]) throws(Failure) {
    let count = unsafe Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    if count == bytes.count { return }
    guard count < 0 else { throw .strange("no room") }
    let failure = Self.failure(errno)
    // Whoever closed may have said why, which is read next: where too many ask, at once.
    guard failure == .ended else { throw failure }
  }

  /// Receives a line, byte by byte: what is behind it is no part of it.
  private func line() throws(Failure) -> String {
    var bytes: [UInt8] = []
    while bytes.last != UInt8(ascii: "\n") {
      guard bytes.count < 256 else { throw .strange("not an answer") }
      bytes += try receive(1)
    }
    return Format.printable(String(decoding: bytes.dropLast(), as: UTF8.self))
  }

  private func receive(_ count: Int) throws(Failure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let received = unsafe bytes.withUnsafeMutableBytes { room in
        unsafe recv(socket, room.baseAddress.map { unsafe $0 + done }, count - done, 0)
      }
      if received > 0 {
        done += received
      } else if received == 0 {
        throw .ended
      } else if errno != EINTR {
        throw Self.failure(errno)
      }
    }
    return bytes
  }

  private static func failure(_ code: Int32) -> Failure {
    switch code {
    case EPIPE, ECONNRESET: .ended
    case EAGAIN: .strange("it does not answer")
    default: .strange(describe(errorNumber: code))
    }
  }

  private static func reason(_ code: Int32, _ path: String) -> String {
    var status = stat()
    if unsafe code == ECONNREFUSED && stat(path, &status) == 0,
      status.st_mode & S_IFMT != S_IFSOCK
    {
      return "it is no socket"
    }
    let advice =
      code == ECONNREFUSED || code == ENOENT ? ": no program tells about its allocator there" : ""
    return describe(errorNumber: code) + advice
  }

  private static func connect(_ socket: Int32, _ path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
      unsafe room.copyBytes(from: path.utf8)
    }
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    return unsafe withUnsafePointer(to: &address) { address in
      unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        unsafe Glibc.connect(socket, .init(__sockaddr__: address), size) == 0
      }
    }
  }
}
