// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

// These files are those of all test targets: the benchmarks' have a symbolic link to this folder.
#if VCBENCH
  import vcbench
#else
  import vcdemo
#endif

/// Traces for tests.
enum Samples {
  /// The folder with the traces of real programs.
  static let folder = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Traces")

  /// The path of a trace of a real program.
  static func path(_ name: String) -> String {
    folder.appending(path: name).path
  }

  /// Reads the text of a trace.
  static func parse(_ text: String) throws(TraceError) -> Trace {
    try TraceParser.parse(Array(text.utf8))
  }

  /// The elements of a table, in order.
  static func elements<Element>(_ table: borrowing MappedTable<Element>) -> [Element] {
    var elements: [Element] = []
    for index in table.indices { elements.append(table[index]) }
    return elements
  }

  /// A trace of `count` random events that follows all the rules.
  static func random(_ count: Int, seed: UInt64, largest: Int = 40_000) throws -> Trace {
    var generator = SplitMix64(seed: seed)
    var alive: [Int] = []
    var born = 0
    var lines: [String] = []
    func bear() -> Int {
      alive.append(born)
      born += 1
      return born - 1
    }
    for time in 0..<count {
      let size = 1 + generator.below(largest)
      let choice = generator.below(10)
      if alive.isEmpty || choice < 5 {
        lines.append("a \(bear()) \(size) \(1 << generator.below(14)) 0 \(time)")
        continue
      }
      let gone = alive.remove(at: generator.below(alive.count))
      lines.append(
        choice < 7 ? "r \(gone) \(bear()) \(size) 0 \(time)" : "f \(gone) 0 \(time)")
    }
    return try parse(lines.joined(separator: "\n") + "\n")
  }

  /// Runs `body` with the path of a pipe that nothing writes to.
  static func withPipe<Result>(_ body: (String) throws -> Result) throws -> Result {
    let path = FileManager.default.temporaryDirectory
      .appending(path: "vcompound-test-\(UUID().uuidString).pipe").path
    try #require(mkfifo(path, 0o600) == 0)
    defer { unlink(path) }
    return try body(path)
  }

  /// Runs `body` while a shell does what `script` says; then the shell's process is ended.
  static func whileRunning<Result>(
    _ script: String, _ body: () throws -> Result
  ) throws -> Result {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", script]
    try process.run()
    defer {
      if process.isRunning { process.terminate() }
      process.waitUntilExit()
    }
    return try body()
  }

  /// Runs `body` with the path of a file that holds `text`.
  static func withFile<Result>(
    _ text: String, _ body: (String) throws -> Result
  ) throws -> Result {
    try withBytes(Array(text.utf8), body)
  }

  /// Runs `body` with the path of a file that holds `bytes`.
  static func withBytes<Result>(
    _ bytes: [UInt8], _ body: (String) throws -> Result
  ) throws -> Result {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "vcompound-test-\(UUID().uuidString).trace")
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
  }
}
