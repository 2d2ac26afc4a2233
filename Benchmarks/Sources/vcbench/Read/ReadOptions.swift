// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What `vcbench read` is asked to do.
package struct ReadOptions: Equatable, Sendable {
  /// What is read where no file is named: this program.
  package static let ownExecutable = "/proc/self/exe"

  /// The files.
  package var paths = [ReadOptions.ownExecutable]
  /// How often everything is measured.
  package var rounds = 5
  /// The time of one measurement, if the files can be read at least once in it.
  package var nanoseconds: UInt64 = 200_000_000
  /// The pages of one request, and so of one `preadv`.
  package var pages = 64
  /// The requests that are in flight at once.
  package var depth = 16
  /// The threads that read.
  package var readers = 2
  /// The threads that check and release.
  package var hashers = 2
  /// The ways to compare, in the order of the table.
  package var ways = PageWay.forRead
  /// Whether the report is a JSON document.
  package var json = false

  /// Options as they are by default.
  package init() {}

  /// Reads the command line.
  package init(_ arguments: inout Arguments) throws(CommandFailure) {
    json = try arguments.flag("--json")
    rounds = try arguments.value("--rounds", Values.times) ?? rounds
    nanoseconds = try arguments.value("--seconds", Values.seconds(upTo: 60)) ?? nanoseconds
    pages = try arguments.value("--pages", Self.number(upTo: 1024)) ?? pages
    depth = try arguments.value("--depth", Self.number(upTo: 256)) ?? depth
    readers = try arguments.value("--readers", Self.number(upTo: 64)) ?? readers
    hashers = try arguments.value("--hashers", Self.number(upTo: 64)) ?? hashers
    let named = try arguments.values("--way", Values.choice(of: PageWay.forRead))
    if (try? arguments.finish()) == nil { paths = try arguments.operands("FILE") }
    try arguments.finish()
    for way in named where named.count(where: { $0 == way }) > 1 {
      throw arguments.failure("--way \(way.rawValue) is given twice")
    }
    if !named.isEmpty { ways = PageWay.forRead.filter(named.contains) }
  }

  private static func number(upTo limit: Int) -> ValueKind<Int> {
    ValueKind(expects: "a number from 1 to \(limit)") { text in
      guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      return Int(text).flatMap { (1...limit).contains($0) ? $0 : nil }
    }
  }
}
