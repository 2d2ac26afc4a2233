// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What `vcbench receive` is asked to do.
package struct ReceiveOptions: Equatable, Sendable {
  /// The datagrams of one run, at most.
  package var count = 50_000
  /// The time of one run, at most.
  package var nanoseconds: UInt64 = 200_000_000
  /// The bytes of a datagram.
  package var byteCount = 1472
  /// How datagrams are fetched, one after the other.
  package var calls = ReceiveCall.allCases
  /// The datagrams that one call may bring, where a message is a datagram.
  package var batch = 64
  /// The datagrams that are sent before any is received, at most.
  package var burst = 1024
  /// The share of pages that the host-like consumer keeps for a while, in millionths.
  package var keptMillionths = 100_000
  /// How often everything is measured.
  package var rounds = 5
  /// The seed of all random choices.
  package var seed: UInt64 = 1
  /// The ways to compare.
  package var ways = PageWay.allCases
  /// Whether the report is a JSON document.
  package var json = false

  /// The most pages that the consumer keeps for a while.
  static let mostKept = 2048

  /// The pages that may be on their way to the consumer.
  static let ringCapacity = 1024

  /// The pages that the consumer lets go of between two looks at the clock.
  static let releaseBatch = 32

  /// The most pages that are out at once: kept, on their way, in the receiver's hands and in the
  /// consumer's.
  func mostPages(_ call: ReceiveCall) -> Int {
    ReceiveOptions.mostKept + ReceiveOptions.ringCapacity + call.capacity(self)
      + ReceiveOptions.releaseBatch + 1
  }

  /// Options as they are by default.
  package init() {}

  /// Reads the command line.
  package init(_ arguments: inout Arguments) throws(CommandFailure) {
    json = try arguments.flag("--json")
    count = try arguments.value("--count", Self.number(1...1_000_000_000)) ?? count
    nanoseconds = try arguments.value("--seconds", Values.seconds(upTo: 60)) ?? nanoseconds
    byteCount = try arguments.value("--size", Self.length) ?? byteCount
    batch = try arguments.value("--batch", Self.number(1...1024)) ?? batch
    let fetched = try arguments.values("--call", Values.choice(ReceiveCall.self))
    burst = try arguments.value("--burst", Self.number(1...65_536)) ?? burst
    keptMillionths = try arguments.value("--keep", Values.share)?.millionths ?? keptMillionths
    rounds = try arguments.value("--rounds", Values.times) ?? rounds
    seed = try arguments.value("--seed", Values.seed) ?? seed
    let named = try arguments.values("--way", Values.choice(PageWay.self))
    try arguments.finish()
    if !fetched.isEmpty { calls = ReceiveCall.allCases.filter(fetched.contains) }
    if !named.isEmpty { ways = PageWay.allCases.filter(named.contains) }
  }

  private static func number(_ range: ClosedRange<Int>) -> ValueKind<Int> {
    ValueKind(expects: "a number from \(range.lowerBound) to \(range.upperBound)") { text in
      Int(text).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  /// The length of a datagram.
  static let length = ValueKind<Int>(
    expects: "a multiple of 8 from \(Datagram.headerByteCount) to \(Datagram.mostBytes)"
  ) { text in
    Values.size.parse(text).flatMap { size in
      size >= Datagram.headerByteCount && size <= Datagram.mostBytes && size % 8 == 0 ? size : nil
    }
  }
}
