// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What `vcdemo receive` is asked to do.
package struct ReceiveOptions: Equatable, Sendable {
  /// The datagrams of one run, at most.
  package var count = 200_000
  /// The time of one run, at most.
  package var nanoseconds: UInt64 = 1_000_000_000
  /// The bytes of a datagram.
  package var byteCount = 1472
  /// The datagrams that one call may bring.
  package var batch = 64
  /// The share of pages that the host-like consumer keeps for a while, in millionths.
  package var keptMillionths = 100_000
  /// How often everything is measured.
  package var rounds = 5
  package var seed: UInt64 = 1
  /// The ways to compare.
  package var ways = PageWayName.allCases
  /// Whether the report is a JSON document.
  package var json = false
  /// The datagram that is sent with a damaged byte, in tests.
  package var damagedNumber: Int?

  /// Options as they are by default.
  package init() {}

  /// Reads the command line.
  package init(_ arguments: inout Arguments) throws(CommandFailure) {
    json = try arguments.flag("--json")
    count = try arguments.value("--count", Self.number(1...1_000_000_000)) ?? count
    let seconds = try arguments.value("--seconds", Values.ratio)
    byteCount = try arguments.value("--size", Self.length) ?? byteCount
    batch = try arguments.value("--batch", Self.number(1...1024)) ?? batch
    keptMillionths = try arguments.value("--keep", Values.share)?.millionths ?? keptMillionths
    rounds = try arguments.value("--rounds", Values.times) ?? rounds
    seed = try arguments.value("--seed", Values.seed) ?? seed
    let named = try arguments.values("--way", Values.choice(PageWayName.self))
    try arguments.finish()
    if !named.isEmpty { ways = PageWayName.allCases.filter(named.contains) }
    if let seconds {
      guard seconds.millionths <= 60 * Ratio.one else {
        throw arguments.failure("--seconds expects at most 60")
      }
      nanoseconds = UInt64(seconds.millionths) * 1000
    }
  }

  private static func number(_ range: ClosedRange<Int>) -> ValueKind<Int> {
    ValueKind(expects: "a number from \(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  private static let length = ValueKind<Int>(
    expects: "a multiple of 8 from \(Datagram.headerByteCount) to \(Datagram.mostBytes)"
  ) { text in
    Values.size.parse(text).flatMap { size in
      size >= Datagram.headerByteCount && size <= Datagram.mostBytes && size % 8 == 0 ? size : nil
    }
  }
}
