// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What a run is asked to do.
package struct RunOptions: Equatable, Sendable {
  /// What goes on beside VCompound.
  package enum Beside: String, CaseIterable, Sendable {
    /// A classic buddy.
    case buddy
  }

  /// The trace; nil for the workload that is built in.
  package var path: String?
  /// How large the arenas are.
  package var capacity: ReplayOptions.Capacity = .budget(Ratio(millionths: 1_050_000))
  /// What goes on beside VCompound.
  package var beside: Beside?
  /// The events a second of a moving picture; nil for half a minute in all.
  package var speed: Int?
  /// The seed of the workload that is built in.
  package var seed: UInt64 = 1
  /// Whether there is no moving picture, also on a terminal.
  package var isPlain = false
  /// When there are colours.
  package var colour = LiveLook.Choice.auto
  /// Whether all characters are of ASCII.
  package var isASCII = false
  /// The file for a drawing of the most remarkable moment.
  package var svg: String?

  /// Options as they are by default.
  package init() {}

  /// Reads the command line.
  package init(_ arguments: inout Arguments) throws(CommandFailure) {
    let budget = try arguments.value("--budget", Values.ratio)
    let bytes = try arguments.value("--capacity", Values.size)
    beside = try arguments.value("--beside", Values.choice(Beside.self))
    speed = try arguments.value("--speed", Self.speeds)
    let seed = try arguments.value("--seed", Values.seed)
    isPlain = try arguments.flag("--plain")
    colour = try arguments.value("--color", Values.choice(LiveLook.Choice.self)) ?? colour
    isASCII = try arguments.flag("--ascii")
    svg = try arguments.value("--svg", Values.file)
    path = try arguments.optionalOperand()
    try arguments.finish()
    if budget != nil, bytes != nil {
      throw arguments.failure("--budget and --capacity cannot both be given")
    }
    if path != nil, seed != nil { throw arguments.failure("--seed is for a run without a TRACE") }
    self.seed = seed ?? self.seed
    if let budget { capacity = .budget(budget) }
    if let bytes { capacity = .bytes(bytes) }
  }

  /// Events a second.
  static let speeds = ValueKind(expects: "events a second, from 1 to 1000000") { text in
    Int(text).flatMap { (1...1_000_000).contains($0) ? $0 : nil }
  }
}
