// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What a thread waits for at a socket.
struct SocketInterest {
  /// Its descriptor.
  let socket: Int32
  /// Whether it waits for room to send, or else for what is received.
  let toSend: Bool
  /// Whether there is some, or the other side is gone.
  var isReady = false
}

/// Which file a path names.
struct FileIdentity: Equatable {
  let device: UInt
  let number: UInt
  let isSocket: Bool
}

// Sockets of this machine, each at a path. None of the calls waits but `wait` and `lockFolder`, and
// none raises a signal.
extension OperatingSystem {
  /// The most bytes of a path: `sun_path` has one more, for its end.
  static var longestSocketPath: Int { 107 }

  /// Makes a socket, which nobody but the user may use once it has a path.
  @inline(never) @_semantics("optimize.no.crossmodule")
  func openSocket() throws(CompoundError) -> Int32 {
    var socket: Int32 = -1
    try perform(.openSocket) {
      let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
      socket = Glibc.socket(AF_UNIX, kind, 0)
      // Linux gives the file this mode, less the umask.
      if socket < 0 || fchmod(socket, 0o600) == 0 { return socket >= 0 }
      let code = errno
      close(socket)
      errno = code
      return false
    }
    return socket
  }

  /// Makes a file for a socket, which must not be there yet.
  func bindSocket(_ socket: Int32, _ path: String) throws(CompoundError) {
    try perform(.bindSocket) {
      unsafe Self.withAddress(path) { unsafe bind(socket, .init(__sockaddr__: $0), $1) == 0 }
    }
  }

  /// Lets others connect.
  func listen(_ socket: Int32) throws(CompoundError) {
    try perform(.listen) { Glibc.listen(socket, 8) == 0 }
  }

  /// Connects, as who wants to know whether anybody is there.
  func connectSocket(_ socket: Int32, _ path: String) throws(CompoundError) {
    try perform(.connect) {
      unsafe Self.withAddress(path) { unsafe connect(socket, .init(__sockaddr__: $0), $1) == 0 }
    }
  }

  /// Takes a connection that somebody made.
  @inline(never) @_semantics("optimize.no.crossmodule")
  func acceptConnection(_ socket: Int32) throws(CompoundError) -> Int32 {
    var connection: Int32 = -1
    try perform(.accept) {
      let flags = Int32(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
      connection = unsafe accept4(socket, .init(__sockaddr__: nil), nil, flags)
      return connection >= 0
    }
    return connection
  }

  /// Receives what is there.
  ///
  /// - Returns: the bytes; none where the other side sends no more. Nil where nothing is there now.
  /// - Throws: `systemCall`.
  func receive(_ socket: Int32, atMost limit: Int) throws(CompoundError) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: limit)
    var count = 0
    do throws(CompoundError) {
      try perform(.receive) {
        count = unsafe recv(socket, &bytes, limit, 0)
        return count >= 0
      }
    } catch .systemCall(_, errno: EAGAIN), .systemCall(_, errno: EINTR) {
      return nil
    } catch {
      throw error
    }
    return Array(bytes.prefix(count))
  }

  /// Sends as much as there is room for.
  ///
  /// - Returns: the bytes that went.
  /// - Throws: `systemCall`.
  func send(_ socket: Int32, _ bytes: ArraySlice<UInt8>) throws(CompoundError) -> Int {
    var count = 0
    do throws(CompoundError) {
      try perform(.send) {
        count = unsafe bytes.withUnsafeBytes { bytes in
          unsafe Glibc.send(socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
        }
        return count >= 0
      }
    } catch .systemCall(_, errno: EAGAIN), .systemCall(_, errno: EINTR) {
      return 0
    } catch {
      throw error
    }
    return count
  }

  /// Waits until something is ready, or a time is over; for ever where that is negative.
  func wait(for interests: inout [SocketInterest], milliseconds: Int) throws(CompoundError) {
    var requests = interests.map {
      pollfd(fd: $0.socket, events: Int16($0.toSend ? POLLOUT : POLLIN), revents: 0)
    }
    let timeout = Int32(clamping: max(-1, milliseconds))
    try perform(.wait) { unsafe poll(&requests, nfds_t(requests.count), timeout) >= 0 }
    for (index, request) in requests.enumerated() {
      interests[index].isReady = request.revents != 0
    }
  }

  /// Ends a socket for everybody who has it, and wakes who waits for it.
  func shutDown(_ socket: Int32) { _ = shutdown(socket, Int32(SHUT_RDWR)) }

  /// Which file a path names; nil where there is none.
  func identity(ofFile path: String) -> FileIdentity? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return FileIdentity(
      device: UInt(status.st_dev), number: UInt(status.st_ino),
      isSocket: status.st_mode & S_IFMT == S_IFSOCK)
  }

  /// Opens the folder that a socket's path is in.
  func openFolder(of path: String) throws(CompoundError) -> Int32 {
    let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? "."
    let folder = unsafe open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw .systemCall(.bindSocket, errno: errno) }
    return folder
  }

  /// Locks a folder against others who do the same, a second long at most.
  ///
  /// - Returns: whether it is locked.
  func lockFolder(_ folder: Int32) -> Bool {
    for _ in 0..<1000 {
      if flock(folder, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK || errno == EINTR else { return false }
      usleep(1000)
    }
    return false
  }

  /// Unlocks it, also where a child of fork has the descriptor still.
  func unlockFolder(_ folder: Int32) { _ = flock(folder, LOCK_UN) }

  /// Removes a file.
  func removeFile(_ path: String) throws(CompoundError) {
    try perform(.removeFile) { unsafe unlink(path) == 0 }
  }

  private static func withAddress(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Bool
  ) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
      for (index, byte) in path.utf8.prefix(longestSocketPath).enumerated() {
        unsafe room[index] = byte
      }
    }
    return unsafe withUnsafeBytes(of: &address) { bytes in
      guard let start = bytes.baseAddress else { stop("an address without bytes") }
      return unsafe body(
        start.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
  }
}
