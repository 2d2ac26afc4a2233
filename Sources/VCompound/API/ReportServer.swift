// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Shows other programs of the same user how an allocator does, at a socket in the file system:
/// `vcdemo attach` draws it.
///
/// ```swift
/// import VCompound
///
/// let allocator = try CompoundAllocator(capacity: .mebibytes(64))
/// do {
///   let reports = try ReportServer(of: allocator, at: "/tmp/example.socket")
///   print("vcdemo attach \(reports.path)")
/// }  // The socket goes here, where `reports` goes out of scope.
/// ```
///
/// A thread of its own answers, and ends when the value goes out of scope. It looks as
/// ``CompoundAllocator/report()`` and ``CompoundAllocator/map(cellCount:)`` do, a hundred times a
/// second at most. Who asks can neither hold the program up nor make its memory grow: there are
/// eight connections at most, and a hundred new ones a second. Who asks nothing for 60 seconds, or
/// does not take an answer within 10, is left, and may connect again. The file is there for its
/// user only (mode 0600). What a process left that is gone is replaced.
///
/// Any program can ask, by a line of text: `report`, `statistics`, `fragmentation`, `map cells`
/// and how many, or `map pages` and how many in a cell. The answer begins with a line: `ok` and the
/// number of bytes that follow, or `error` and what is wrong.
///
/// ```sh
/// echo report | nc -U -N /tmp/example.socket
/// ```
///
/// In a child of `fork` the value does nothing, and the socket stays with the parent.
///
/// The allocator lives as long as the value.
public struct ReportServer: ~Copyable, Sendable {
  /// Where the socket is, as was asked for.
  public let path: String

  private let core: ReportCore

  /// Makes the socket and begins to answer.
  ///
  /// - Parameters:
  ///   - allocator: what is told about.
  ///   - path: where the socket shall be: a file that is not there, or the socket of a process that
  ///     is gone; in a folder in which no other user may write.
  /// - Throws: ``ReportServerError``; nothing is left behind then.
  public init(of allocator: CompoundAllocator, at path: String) throws(ReportServerError) {
    core = try ReportCore(allocator.lifetime, at: path)
    self.path = path
  }

  deinit { core.end() }
}
