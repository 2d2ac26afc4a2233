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

  // MARK: Connections

  /// A server leaves who asks nothing for a minute, as a view does that is stopped.
  @Test func aViewThatWasLeftConnectsAgain() throws {
    let allocator = try open("before")
    var server: ReportServer? = try ReportServer(of: allocator, at: path)
    var source = AttachSource(try ReportClient(path), at: path)
    #expect(source.state(room: 50).panes.first?.name == "before")
    source.press(.pause)
    server = nil
    let other = try open("after")
    server = try ReportServer(of: other, at: path)
    source.press(.pause)
    #expect(source.state(room: 50).panes.first?.name == "after")
    let isGone = source.isGone
    #expect(!isGone)
    withExtendedLifetime(server == nil) {}
  }

  /// The ninth is told why, also where the server has closed before it could ask.
  @Test func whoIsTurnedAwayIsToldWhy() throws {
    let allocator = try open()
    let server = try ReportServer(of: allocator, at: path)
    let others = try (0..<8).map { _ in Holder(try ReportClient(path)) }
    for other in others { #expect(try other.client.ask("statistics") != "") }
    let ninth = Holder(try ReportClient(path))
    usleep(300_000)
    #expect(throws: ReportClient.Failure.strange("too many ask at a time")) {
      _ = try ninth.client.ask("statistics")
    }
    withExtendedLifetime((server.path, others)) {}
  }

  private final class Holder {
    let client: ReportClient
    init(_ client: consuming ReportClient) { self.client = client }
  }

  // MARK: What others send

  /// Numbers that no arena has: none is reckoned with.
  @Test(arguments: ["1099511627777", "9223372036854775807", "99999999999999999999", "-1"])
  func numbersBeyondAllArenasAreRefused(number: String) throws {
    for text in [
      "capacity \(number)\npagesPerCell 1\n", "capacity 1\npagesPerCell \(number)\n",
      "capacity 1\npagesPerCell 1\n\(number) 0 0 0 0 0 -\n",
      "capacity 1\npagesPerCell 1\n0 0 0 0 0 \(number) 1f\n",
    ] { #expect(ArenaMap(lines: text) == nil, "\(text)") }
    #expect(LiveFigures(lines: ["name a", "live 9007199254740992"]) == nil)
  }

  /// The largest ones that are taken can be drawn and told.
  @Test func theLargestNumbersAreDrawn() throws {
    let (pages, bytes) = (1 << 40, 1 << 52)
    let cell = String(repeating: "\(pages) ", count: 6) + "ffffffffffffffff\n"
    let text = "capacity \(pages)\npagesPerCell \(pages)\n"
    let cells = String(repeating: cell, count: 1 << 16)
    #expect(ArenaMap(lines: text + cells + cell) == nil)
    let map = try #require(ArenaMap(lines: text + cells))
    #expect(map.pageCount.rawValue == 6 << 56)
    #expect(PlainMap.legend(map).contains("4 PiB"))
    #expect(PlainMap.lines(map).count == 911)
    #expect(MapScale.pagesPerCell(pages, room: 100_000) >= pages / 100_000)
    let names = ["capacity", "live", "contiguousAllocations", "stitchedAllocations", "failures"]
    let lines = names.map { "\($0) \(bytes)" }
    let figures = try #require(LiveFigures(lines: lines.map { $0[...] })).figures
    let pane = LiveState.Pane(
      name: "large", figures: figures, map: map, freeBlocks: Array(repeating: .max, count: 70))
    let state = LiveState(
      title: "", progress: "", share: nil, panes: [pane], request: "", events: [], keys: "")
    let view = LiveView(width: 200, height: 50, LiveLook(hasColour: true, isASCII: false))
    #expect(view.screen(state).text(ofRow: 2).contains("4 PiB"))
  }

  /// Escape sequences of a server do not reach the terminal.
  @Test func whatIsPrintedHasNoControlCharacters() throws {
    #expect(Format.printable("a\u{1B}[2J\u{9B}2J\r\u{7F}\0\tb\nä") == "a?[2J?2J????b\nä")
    let listener = try strangeServer()
    let holder = Holder(try ReportClient(path))
    let connection = accept(listener, .init(__sockaddr__: nil), nil)
    defer {
      close(connection)
      close(listener)
      unlink(path)
    }
    send(connection, "ok 5\na\u{1B}[2\nerror \u{1B}]0;x\u{07}\n")
    #expect(try holder.client.ask("report") == "a?[2\n")
    #expect(throws: ReportClient.Failure.strange("?]0;x?")) {
      _ = try holder.client.ask("report")
    }
  }

  /// Who answers with something else, or not at all.
  @Test(arguments: [
    "", "hello\n", "ok x\n", "ok -5\n", "ok 99999999999\n", "ok 3\nab", "error no\n",
  ])
  func strangeAnswersEndTheView(answer: String) throws {
    let listener = try strangeServer()
    defer {
      close(listener)
      unlink(path)
    }
    let client = try ReportClient(path, patience: 1)
    let connection = accept(listener, .init(__sockaddr__: nil), nil)
    send(connection, answer)
    var source = AttachSource(client, at: path)
    _ = source.state(room: 10)
    let (isGone, end) = (source.isGone, source.end)
    #expect(isGone && end?.hasPrefix(path + ": ") == true)
    close(connection)
  }

  private func send(_ connection: Int32, _ text: String) {
    let bytes = Array(text.utf8)
    Glibc.send(connection, bytes, bytes.count, 0)
  }

  /// A socket at the path, which others can connect to.
  private func strangeServer() throws -> Int32 {
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isBound = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, .init(__sockaddr__: $0), socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    try #require(isBound && listen(listener, 1) == 0)
    return listener
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
