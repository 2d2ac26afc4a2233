// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing
import VCompound
import vcdemo

/// `vcdemo attach`, and a program that tells about its allocator: this one.
@Suite(.serialized) struct AttachTests {
  private let path = "/tmp/vcompound-attach-\(UUID().uuidString).socket"

  private func open(_ name: String = "tiles") throws -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.name = name
    configuration.fallback = .whenNeeded
    return try CompoundAllocator(capacity: .mebibytes(32), configuration: configuration)
  }

  @Test func theReportAndAMapArePrinted() throws {
    let allocator = try open()
    let buffer = try allocator.allocate(byteCount: .mebibytes(8))
    let server = try ReportServer(of: allocator, at: path)
    let run = try ProgramProcess("attach", server.path, "--once")
    #expect(run.status == 0 && run.messages == "" && !run.output.contains("\u{1B}"))
    #expect(run.output.hasPrefix("arena 'tiles' of 32.0 MiB"))
    let map = run.output.split(separator: "\n").filter { $0.hasPrefix("  |") }.joined()
    #expect(map.filter { $0 == "#" }.count * 4 >= 800 && map.contains(" "))
    // The same where standard output is no terminal.
    #expect(try ProgramProcess("attach", server.path).output == run.output)
    withExtendedLifetime(buffer) {}
  }

  @Test func theViewHasWhatTheAllocatorSays() throws {
    let allocator = try open()
    let buffer = try allocator.allocate(byteCount: .mebibytes(8))
    #expect(throws: CompoundError.self) { _ = try allocator.allocate(byteCount: .mebibytes(30)) }
    var server: ReportServer? = try ReportServer(of: allocator, at: path)
    var source = AttachSource(try ReportClient(path), at: path)
    let state = source.state(room: 300)
    #expect(state.title == "process \(getpid()), \(path): 32 MiB" && state.progress == "live")
    let pane = try #require(state.panes.first)
    #expect(pane.name == "tiles" && pane.figures == LiveFigures(allocator.statistics).figures)
    #expect(pane.map == MapScale.map(of: allocator, room: 300))
    #expect(pane.freeBlocks == allocator.fragmentation.freeBlocks)
    #expect(state.request == "1 request refused so far")
    server = nil
    // The last picture, and the reason.
    #expect(source.state(room: 300).panes.count == 1)
    let (isGone, end) = (source.isGone, source.end)
    #expect(isGone)
    #expect(end == "\(path): the program has ended, or has stopped telling")
    withExtendedLifetime((buffer.byteCount, server == nil)) {}
  }

  @Test func whatIsNotThereIsOneLine() throws {
    try Samples.withFile("") { file in
      for path in ["/nonexistent/x", file, String(repeating: "x", count: 200), ""] {
        let run = try ProgramProcess("attach", path)
        #expect(run.status == 2 && run.output == "")
        #expect(run.messages.split(separator: "\n").count == 1)
        #expect(run.messages.hasPrefix("vcdemo: \(path): "))
      }
    }
    #expect(try ProgramProcess("attach").messages.contains("PATH is missing"))
  }

  /// Who answers with something else, or not at all.
  @Test(arguments: [
    "", "hello\n", "ok x\n", "ok -5\n", "ok 99999999999\n", "ok 3\nab", "error no\n",
  ])
  func strangeAnswersEndTheView(answer: String) throws {
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(listener)
      unlink(path)
    }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isBound = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, .init(__sockaddr__: $0), socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    #expect(isBound && listen(listener, 1) == 0)
    let client = try ReportClient(path, patience: 1)
    let connection = accept(listener, .init(__sockaddr__: nil), nil)
    let bytes = Array(answer.utf8)
    send(connection, bytes, bytes.count, 0)
    var source = AttachSource(client, at: path)
    _ = source.state(room: 10)
    let (isGone, end) = (source.isGone, source.end)
    #expect(isGone && end?.hasPrefix(path + ": ") == true)
    close(connection)
  }

  /// The view on a terminal, and the end of the program that is looked at.
  @Test func theEndOfTheProgramIsTold() throws {
    let allocator = try open("watched")
    let buffer = try allocator.allocate(byteCount: .mebibytes(8))
    var server: ReportServer? = try ReportServer(of: allocator, at: path)
    let terminal = try PseudoTerminal([try ProgramProcess.program().path, "attach", path])
    terminal.resize(width: 90, height: 30)
    try #require(terminal.wait(for: "watched"), "\(terminal.output)")
    #expect(terminal.output.contains("process \(getpid())"))
    terminal.type(" ")
    #expect(terminal.wait(for: "stopped"))
    terminal.type(" ")
    server = nil
    #expect(terminal.end() == 0)
    #expect(terminal.output.contains("the program has ended") && terminal.isRestored)
    withExtendedLifetime((buffer.byteCount, server == nil)) {}
  }
}
