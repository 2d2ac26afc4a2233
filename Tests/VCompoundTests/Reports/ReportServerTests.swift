// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import VCompound

/// What a server of reports answers, and to whom.
@Suite(.serialized) struct ReportServerTests {
  @Test func itAnswersWhatIsAsked() throws {
    let path = socketPath()
    var configuration = AllocatorConfiguration()
    configuration.name = "textures"
    let allocator = try CompoundAllocator(capacity: .mebibytes(16), configuration: configuration)
    let block = try allocator.allocatePointer(byteCount: .mebibytes(3))
    do {
      let server = try ReportServer(of: allocator, at: path)
      #expect(server.path == path)
      let client = try #require(LocalClient(path))
      #expect(client.ask("report") == allocator.report())
      let statistics = try #require(client.ask("statistics"))
      #expect(statistics.hasPrefix("name textures\ncapacity \(16 << 20)\n"))
      #expect(statistics.contains("\nlive \(allocator.statistics.live.rawValue)\n"))
      let map = try #require(client.ask("map cells 50"))
      #expect(ArenaMap(lines: map) == allocator.map(cellCount: 50))
      let fine = try #require(client.ask("map pages 3"))
      #expect(ArenaMap(lines: fine) == allocator.map(pagesPerCell: 3))
      let blocks = try #require(client.ask("fragmentation")).split(separator: "\n").dropFirst(3)
      let expected = allocator.fragmentation.freeBlocks
      #expect(blocks.map { $0.split(separator: " ").last.flatMap { Int($0) } } == expected)
    }
    #expect(LocalClient(path) == nil && access(path, F_OK) != 0)
    allocator.deallocate(block)
  }

  @Test func whatIsNoQuestionIsAnError() throws {
    let path = socketPath()
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let server = try ReportServer(of: allocator, at: path)
    let client = try #require(LocalClient(path))
    let words = ["", "hello", "report 1", "map", "map cells", "map cells 0", "map cells 16385"]
    for line in words + ["map pages -1", "map pages x", "statistics statistics", "map cells 1 2"] {
      client.send(line + "\n")
      #expect(client.line().hasPrefix("error ask for: report, "), "\(line)")
    }
    // Cells of a page each would be too many: they are larger then.
    let large = try CompoundAllocator(capacity: .gibibytes(1))
    let second = try ReportServer(of: large, at: path + "2")
    let map = LocalClient(path + "2")?.ask("map pages 1").flatMap { ArenaMap(lines: $0) }
    #expect(map?.cells.count == 16_384 && map?.pagesPerCell == 16)
    withExtendedLifetime((server.path, second.path)) {}
  }

  @Test func aTextThatIsNoMapIsRefused() {
    let texts = [
      "", "capacity 4\n", "capacity 4\npagesPerCell 0\n", "capacity x\npagesPerCell 1\n",
      "capacity 4\npagesPerCell 1\n1 2 3 4 5 6\n", "capacity 4\npagesPerCell 1\n1 2 3 4 5 -6 -\n",
    ]
    for text in texts { #expect(ArenaMap(lines: text) == nil, "\(text)") }
    #expect(ArenaMap(lines: "capacity 4\npagesPerCell 1\n1 2 3 4 5 6 -\n")?.pageCount == 21)
  }

  // MARK: Paths

  @Test func pathsThatAreNoneAreRefused() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let long = "/tmp/" + String(repeating: "x", count: 103)
    for path in ["", long, "/tmp/a\0b"] {
      #expect(throws: ReportServerError.invalidPath(path, longest: 107)) {
        _ = try ReportServer(of: allocator, at: path)
      }
    }
    #expect(throws: ReportServerError.allocator(.systemCall(.bindSocket, errno: ENOENT))) {
      _ = try ReportServer(of: allocator, at: "/nonexistent/socket")
    }
  }

  @Test func aFileThatIsNoSocketStays() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let path = socketPath()
    close(open(path, O_CREAT | O_WRONLY, 0o600))
    #expect(throws: ReportServerError.noSocket(path)) {
      _ = try ReportServer(of: allocator, at: path)
    }
    #expect(access(path, F_OK) == 0)
    unlink(path)
  }

  @Test func aLiveOneIsRefusedAndADeadOneReplaced() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let path = socketPath()
    do {
      let server = try ReportServer(of: allocator, at: path)
      #expect(throws: ReportServerError.isInUse(path)) {
        _ = try ReportServer(of: allocator, at: path)
      }
      #expect(LocalClient(server.path)?.ask("report") != nil)
    }
    // What a process leaves that ends without its destructors.
    let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    try OperatingSystem().bindSocket(socket, path)
    close(socket)
    #expect(access(path, F_OK) == 0 && LocalClient(path) == nil)
    let server = try ReportServer(of: allocator, at: path)
    #expect(LocalClient(server.path)?.ask("report") != nil)
  }

  @Test func nobodyElseMayConnect() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let before = umask(0)
    let path = socketPath()
    let server = try ReportServer(of: allocator, at: path)
    umask(before)
    var status = stat()
    #expect(stat(server.path, &status) == 0 && status.st_mode & 0o777 == 0o600)
  }

  /// A socket that took the place of one's own is left alone.
  @Test func whatReplacedItStays() throws {
    let allocator = try CompoundAllocator(capacity: .mebibytes(4))
    let path = socketPath()
    do {
      let server = try ReportServer(of: allocator, at: path)
      unlink(server.path)
      close(open(path, O_CREAT | O_WRONLY, 0o600))
    }
    #expect(access(path, F_OK) == 0)
    unlink(path)
  }
}
