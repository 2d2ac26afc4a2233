// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Owns a socket at a path: makes its file, and removes it at the end.
///
/// In a child of fork the sockets are closed before `fork` returns there (`ProcessState`): so
/// nobody connects to a child, which has no thread to answer.
final class ReportSocket: Sendable {
  /// The socket, for who waits for it and takes connections.
  let descriptor: Int32

  private let path: String
  private let system: OperatingSystem
  private let file: FileIdentity?

  /// Makes the file, and lets others connect.
  ///
  /// A file that is there is replaced where it is the socket of a process that is gone. The folder
  /// is locked from the look until others can connect: nobody who does the same takes what is not
  /// ready yet, or has just been made, for such a socket. Where it cannot be locked nothing is
  /// replaced.
  ///
  /// - Throws: see `ReportServerError`.
  init(_ path: String, system: OperatingSystem) throws(ReportServerError) {
    let bytes = path.utf8
    guard !bytes.isEmpty, bytes.count <= OperatingSystem.longestSocketPath, !bytes.contains(0)
    else { throw .invalidPath(path, longest: OperatingSystem.longestSocketPath) }
    let socket = try Self.open(system)
    do throws(ReportServerError) {
      file = try Self.withFolderLocked(path, system) { (isLocked) throws(ReportServerError) in
        try Self.bind(socket, path, system, mayReplace: isLocked)
        try Self.listen(socket, path, system)
        return system.identity(ofFile: path)
      }
    } catch {
      ProcessState.closeDescriptor(socket, system: system)
      throw error
    }
    descriptor = socket
    self.path = path
    self.system = system
  }

  /// Ends it: who waits for it is woken, and nobody finds it any more.
  func end() {
    // Another process may have replaced it.
    if let file, system.identity(ofFile: path) == file { _ = try? system.removeFile(path) }
    system.shutDown(descriptor)
  }

  /// Closes it, when nobody uses it any more.
  func close() { ProcessState.closeDescriptor(descriptor, system: system) }

  private static func open(_ system: OperatingSystem) throws(ReportServerError) -> Int32 {
    try made { () throws(CompoundError) in
      try ProcessState.openDescriptor { () throws(CompoundError) in try system.openSocket() }
    }
  }

  private static func withFolderLocked<Value>(
    _ path: String, _ system: OperatingSystem,
    _ body: (_ isLocked: Bool) throws(ReportServerError) -> Value
  ) throws(ReportServerError) -> Value {
    let folder: Int32
    do throws(CompoundError) {
      folder = try ProcessState.openDescriptor { () throws(CompoundError) in
        try system.openFolder(of: path)
      }
    } catch {
      return try body(false)
    }
    defer {
      system.unlockFolder(folder)
      ProcessState.closeDescriptor(folder, system: system)
    }
    return try body(system.lockFolder(folder))
  }

  private static func listen(
    _ socket: Int32, _ path: String, _ system: OperatingSystem
  ) throws(ReportServerError) {
    do throws(CompoundError) {
      try system.listen(socket)
    } catch {
      _ = try? system.removeFile(path)
      throw .allocator(error)
    }
  }

  private static func bind(
    _ socket: Int32, _ path: String, _ system: OperatingSystem, mayReplace: Bool
  ) throws(ReportServerError) {
    do throws(CompoundError) {
      return try system.bindSocket(socket, path)
    } catch .systemCall(_, errno: EADDRINUSE) {
      try makeRoom(path, system, mayReplace: mayReplace)
    } catch {
      throw .allocator(error)
    }
    try made { () throws(CompoundError) in try system.bindSocket(socket, path) }
  }

  /// Removes the socket of a process that is gone.
  private static func makeRoom(
    _ path: String, _ system: OperatingSystem, mayReplace: Bool
  ) throws(ReportServerError) {
    guard system.identity(ofFile: path)?.isSocket ?? true else { throw .noSocket(path) }
    let probe = try open(system)
    defer { ProcessState.closeDescriptor(probe, system: system) }
    do throws(CompoundError) {
      try system.connectSocket(probe, path)
    } catch .systemCall(_, errno: ECONNREFUSED) {
      guard mayReplace else { throw .allocator(.systemCall(.bindSocket, errno: EADDRINUSE)) }
      return try made { () throws(CompoundError) in try system.removeFile(path) }
    } catch .systemCall(_, errno: ENOENT) {
      return
    } catch .systemCall(_, errno: EAGAIN) {
      // So many wait for it that no more can: somebody is there.
    } catch {
      throw .allocator(error)
    }
    throw .isInUse(path)
  }

  private static func made<Value>(
    _ body: () throws(CompoundError) -> Value
  ) throws(ReportServerError) -> Value {
    do throws(CompoundError) { return try body() } catch { throw .allocator(error) }
  }
}
