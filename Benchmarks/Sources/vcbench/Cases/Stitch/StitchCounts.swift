// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
@_spi(Measuring) package import VCompound

/// What stitching costs beside time, counted in passes of its own.
package enum StitchCounts {
  /// The blocks of a pass.
  package static let blocks = 128

  /// The system calls for each block, by kind; those that were not made are left out.
  package static func systemCalls(
    _ plan: StitchPlan
  ) throws(CommandFailure) -> [(call: SystemCallKind, count: Double)] {
    let counts = SystemCallCounts()
    let arena = try StitchArena(plan, counts: counts)
    let before = SystemCallKind.allCases.map { counts.count(of: $0) }
    _ = try arena.live { $0.count == blocks }
    return zip(SystemCallKind.allCases, before).compactMap { call, before in
      let count = counts.count(of: call) - before
      return count > 0 ? (call, Double(count) / Double(blocks)) : nil
    }
  }

  /// The TLB-shootdown interrupts for each operation while a thread runs on another processor; nil
  /// where there is no other, or the kernel does not count them.
  ///
  /// - Parameter pass: does `blocks` operations.
  /// - Returns: interrupts.
  /// - Throws: the failure of `pass`.
  package static func shootdowns(
    _ pass: () throws(CommandFailure) -> Void
  ) throws(CommandFailure) -> Double? {
    let processors = Processors.allowed()
    guard processors.count > 1 else { return nil }
    Processors.allow([processors[0]])
    defer { Processors.allow(processors) }
    let spinner = Spinner()
    // Waits for the thread as it leaves scope, after the spinner was told that it is over.
    let threads = try BenchThreads(1) { _ in
      Processors.allow([processors[1]])
      spinner.spin()
    }
    defer {
      spinner.isOver.store(true, ordering: .releasing)
      threads.keep()
    }
    while !spinner.isSpinning.load(ordering: .acquiring) {}
    guard let before = interrupts() else { return nil }
    try pass()
    guard let after = interrupts() else { return nil }
    return Double(after - before) / Double(blocks)
  }

  private static func interrupts() -> Int? {
    (try? InputFile.bytes(at: "/proc/interrupts")).flatMap(interrupts)
  }

  /// The sum of the line `TLB:` in the text of `/proc/interrupts`.
  package static func interrupts(_ bytes: [UInt8]) -> Int? {
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let fields = line.split(separator: UInt8(ascii: " "))
      guard let first = fields.first, first.elementsEqual("TLB:".utf8) else { continue }
      return fields.dropFirst().lazy.map { Int(String(decoding: $0, as: UTF8.self)) }
        .prefix { $0 != nil }.reduce(0) { $0 + ($1 ?? 0) }
    }
    return nil
  }
}

/// A thread that keeps a processor, and this process's address space on it.
private final class Spinner: Sendable {
  let isSpinning = Atomic<Bool>(false)
  let isOver = Atomic<Bool>(false)

  func spin() {
    isSpinning.store(true, ordering: .releasing)
    while !isOver.load(ordering: .acquiring) {}
  }
}
