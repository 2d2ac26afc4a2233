// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing
import vcdemo

/// The program on a terminal: what it shows, and that the terminal is as it was afterwards.
@Suite(.serialized) struct RunTerminalTests {
  private func start(
    _ words: String..., speed: Int = 300, width: Int = 80
  ) throws -> PseudoTerminal {
    let program = try ProgramProcess.program().path
    let terminal = try PseudoTerminal([program, "run", "--speed", "\(speed)"] + words)
    terminal.resize(width: width, height: 24)
    try #require(terminal.wait(for: "VCompound"), "\(terminal.output)")
    #expect(!terminal.isCooked)
    return terminal
  }

  @Test func keysDoWhatTheyAreThereFor() throws {
    let terminal = try start("--beside", "buddy", width: 120)
    #expect(terminal.output.contains("\u{1B}[?1049h") && terminal.output.contains("classic buddy"))
    terminal.type(" ")
    #expect(terminal.wait(for: "paused"))
    terminal.type("\u{1B}[A+")
    let length = terminal.output.count
    terminal.type(" ")
    #expect(terminal.wait(for: "600 a second", behind: length))
    terminal.type("q")
    #expect(terminal.end() == 0)
    #expect(terminal.isRestored)
    // The summary stays.
    #expect(terminal.output.contains("classic buddy: live"))
  }

  @Test func aStepIsOneEvent() throws {
    let terminal = try start()
    terminal.type(" ")
    try #require(terminal.wait(for: "paused"))
    usleep(300_000)
    terminal.read()
    let length = terminal.output.count
    terminal.type("s.s")
    usleep(300_000)
    terminal.type("q")
    #expect(terminal.end() == 0)
    #expect(terminal.output.dropFirst(length).contains("events"))
    #expect(terminal.isRestored)
  }

  /// However the program ends, and at which moment.
  @Test(arguments: [
    (SIGTERM, 128 + SIGTERM), (SIGHUP, 128 + SIGHUP), (SIGABRT, -SIGABRT), (SIGSEGV, -SIGSEGV),
    (SIGQUIT, -SIGQUIT),
  ])
  func signalsGiveTheTerminalBack(signal: Int32, end: Int32) throws {
    let terminal = try start()
    kill(terminal.process, signal)
    #expect(terminal.end() == end)
    #expect(terminal.isRestored)
  }

  /// As Swift says why it stops a program, just before the signal.
  @Test(
    arguments: [(SIGILL, 0), (SIGILL, O_NONBLOCK), (SIGTERM, 0), (0, 0)] as [(Int32, Int32)])
  func messagesAreSeenAfterwards(signal: Int32, flags: Int32) throws {
    let program = try ProgramProcess.program().path
    let terminal = try PseudoTerminal([program, "run", "--speed", "300"], flags: flags)
    terminal.resize(width: 80, height: 24)
    try #require(terminal.wait(for: "VCompound"), "\(terminal.output)")
    let messages = open("/proc/\(terminal.process)/fd/2", O_WRONLY | O_APPEND)
    try #require(messages >= 0)
    defer { close(messages) }
    let message = "Fatal error: of " + String(repeating: "m", count: 1000) + " bytes\n"
    #expect(write(messages, message, message.utf8.count) == message.utf8.count)
    if signal == 0 { terminal.type("q") } else { kill(terminal.process, signal) }
    #expect(terminal.end() == (signal == 0 ? 0 : signal == SIGILL ? -SIGILL : 128 + signal))
    #expect(terminal.isRestored)
    let parts = terminal.output.components(separatedBy: "\u{1B}[?1049l")
    #expect(parts.count == 2 && !parts[0].contains("Fatal error"))
    #expect(parts.last?.components(separatedBy: "mmm bytes").count == 2)
  }

  @Test func anInterruptGivesTheTerminalBack() throws {
    let terminal = try start()
    terminal.type("\u{03}")
    #expect(terminal.end() == 130)
    #expect(terminal.isRestored)
  }

  @Test func anotherSizeOfTheWindowIsUsed() throws {
    let terminal = try start()
    #expect(!terminal.output.contains("\u{1B}[40;"))
    let length = terminal.output.count
    terminal.resize(width: 120, height: 40)
    // The keys stand in the last row.
    #expect(terminal.wait(for: "\u{1B}[40;1H", behind: length))
    terminal.resize(width: 20, height: 5)
    #expect(terminal.wait(for: "make the window", behind: length))
    terminal.type("q")
    #expect(terminal.end() == 0)
    #expect(terminal.isRestored)
  }

  @Test func colourIsLeftOutWhereItIsNotWanted() throws {
    for (word, variables) in [("--plain", [:]), ("--ascii", ["NO_COLOR": "1"])] {
      let program = try ProgramProcess.program().path
      let terminal = try PseudoTerminal([program, "run", word], environment: variables)
      try #require(terminal.wait(for: "VCompound"))
      #expect(!terminal.output.contains("38;5;"))
      #expect(terminal.output.contains("\u{1B}") == (word != "--plain"))
      if word == "--ascii" { terminal.type("q") }
      #expect(terminal.end() == 0 && terminal.isCooked)
    }
  }

  /// With nobody to press a key, the view ends with the trace.
  @Test func withoutKeysItEndsWithTheTrace() throws {
    let program = try ProgramProcess.program().path
    let terminal = try PseudoTerminal(
      ["/bin/sh", "-c", "\"\(program)\" run --speed 100000 </dev/null"], flags: O_NOCTTY)
    #expect(terminal.end() == 0)
    #expect(terminal.output.contains("\u{1B}[?1049h") && terminal.isRestored)
    #expect(terminal.output.contains("VCompound: live"))
  }

  /// A trace from a pipe: the keys are those of the terminal that controls the program.
  @Test func keysDoNotDependOnStandardInput() throws {
    let program = try ProgramProcess.program().path
    let trace = Samples.path("numpy.trace")
    let terminal = try PseudoTerminal([
      "/bin/sh", "-c", "cat \"\(trace)\" | \"\(program)\" run - --speed 100",
    ])
    try #require(terminal.wait(for: "VCompound"), "\(terminal.output)")
    terminal.type(" ")
    #expect(terminal.wait(for: "paused") && !terminal.isCooked)
    terminal.type("q")
    #expect(terminal.end() == 0 && terminal.isRestored)
  }

  /// Ctrl-S holds up neither the view nor who ends it.
  @Test func outputCannotBeStopped() throws {
    let terminal = try start()
    terminal.type("\u{13} ")
    #expect(terminal.wait(for: "paused"))
    kill(terminal.process, SIGTERM)
    #expect(terminal.end() == 128 + SIGTERM)
    #expect(terminal.isRestored)
  }

  /// Another program has told the terminal not to wait, and nobody reads: the view waits.
  @Test func aFullTerminalIsWaitedFor() throws {
    let program = try ProgramProcess.program().path
    let terminal = try PseudoTerminal(
      [program, "run", "--speed", "1000000"], flags: O_NONBLOCK)
    terminal.resize(width: 150, height: 60)
    sleep(2)
    #expect(terminal.wait(for: "at the end"))
    terminal.type("q")
    #expect(terminal.end() == 0 && terminal.isRestored)
  }

  /// A signal while the terminal is being given back, or just before or after that.
  @Test(arguments: [SIGTERM, SIGTSTP]) func signalsAtTheEndLeaveNothing(signal: Int32) throws {
    for delay in 0..<6 {
      let terminal = try start()
      terminal.type("q")
      // What is pressed may be read as late as a frame's end.
      usleep(UInt32(delay) * 300)
      for _ in 0..<(signal == SIGTSTP ? 500 : 1) {
        kill(terminal.process, signal)
        usleep(20)
      }
      let end = terminal.end()
      #expect(end == 0 || end == 128 + signal)
      #expect(terminal.isRestored)
    }
  }

  /// No more than ten frames a second, each of which begins with a place.
  @Test func framesAreFew() throws {
    let terminal = try start(speed: 100_000)
    let length = terminal.output.count
    let clock = ContinuousClock()
    let start = clock.now
    while clock.now - start < .seconds(1) {
      terminal.type("+-")
      terminal.read()
    }
    // The first cell of a frame that differs is one of the title's row.
    let frames = terminal.output.dropFirst(length).components(separatedBy: "\u{1B}[1;").count
    #expect(frames <= 30)
    terminal.type("q")
    #expect(terminal.end() == 0)
  }
}
