// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What the benchmark is asked to do.
package struct BenchOptions: Equatable, Sendable {
  /// The cases, by name or by how their names begin; all where there is none, for a list.
  package var cases: [String] = []
  /// How often everything is measured.
  package var rounds = 7
  /// The time of one measurement.
  package var nanoseconds: UInt64 = 50_000_000
  /// The seed of all random choices.
  package var seed: UInt64 = 1
  /// Mallocs to compare with beside those that are found.
  package var peers: [Peer] = []
  /// Files with sizes, rates and live objects.
  package var profiles: [String] = []
  /// Files with the allocations of programs.
  package var traces: [String] = []
  /// The file for a chart of the allocfree cases, or nil.
  package var svg: String?
  /// The file for the page, or nil.
  package var html: String?
  /// The bytes to touch before, so that the host of a virtual machine backs them.
  package var warmBytes = 0
  /// Whether the cases are only listed.
  package var lists = false
  /// Whether the report is a JSON document.
  package var json = false

  /// Whether all cases are meant.
  var meansAll: Bool { cases.isEmpty || cases.contains(BenchCatalogue.all) }

  /// Options as they are by default.
  package init() {}

  /// Reads the command line.
  package init(_ arguments: inout Arguments) throws(CommandFailure) {
    json = try arguments.flag("--json")
    warmBytes = try arguments.value("--warm", Values.size) ?? warmBytes
    lists = try arguments.flag("--list")
    rounds = try arguments.value("--rounds", Values.times) ?? rounds
    nanoseconds = try arguments.value("--seconds", Values.seconds(upTo: 60)) ?? nanoseconds
    seed = try arguments.value("--seed", Values.seed) ?? seed
    peers = try arguments.peers()
    svg = try arguments.value("--svg", BenchOptions.chart)
    html = try arguments.value("--html", Values.file)
    profiles = try arguments.values("--fleetbench", BenchOptions.file)
    traces = try arguments.values("--trace", BenchOptions.trace)
    if !lists || (try? arguments.finish()) == nil { cases = try arguments.operands("CASE") }
    try arguments.finish()
  }

  private static let chart = ValueKind(expects: "a file such as allocfree.svg") { text in
    text.isEmpty ? nil : text
  }

  private static let trace = ValueKind(expects: "a file such as numpy.trace") { text in
    text.isEmpty ? nil : text
  }

  private static let file = ValueKind(expects: "a file such as TCMALLOC_0.csv") { text in
    text.isEmpty ? nil : text
  }
}
