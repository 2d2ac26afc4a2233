// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One allocator, and the trace as it is played on it.
final class RunLane<Backend: ReplayBackend & ~Copyable> {
  /// The allocator.
  var backend: Backend
  private var replayer: Replayer
  private let trace: Trace

  /// The pages of the blocks that are alive.
  private(set) var askedPages = 0

  /// The first request that was refused, by its number among the events.
  private(set) var firstRefusal: Int?

  init(_ trace: Trace, on backend: consuming Backend) {
    self.trace = trace
    self.backend = backend
    replayer = Replayer(trace, verifies: true)
  }

  /// The requests that were refused.
  var refused: Int { replayer.outcome.failures }

  /// The blocks whose stamps were damaged.
  var damaged: Int { replayer.outcome.damaged }

  /// Plays an event.
  ///
  /// - Returns: whether it was refused, or left out because its block had been.
  func step(_ index: Int) -> (isRefused: Bool, isSkipped: Bool) {
    let event = trace.events[index]
    let before = replayer.outcome
    let gone = event.kind == .free ? event.block : event.previous
    if gone >= 0 { askedPages -= pages(gone) }
    replayer.play(index..<index + 1, on: &backend)
    if event.kind != .free { askedPages += pages(event.block) }
    let isRefused = replayer.outcome.failures > before.failures
    if isRefused, firstRefusal == nil { firstRefusal = index }
    return (isRefused, replayer.outcome.skipped > before.skipped)
  }

  /// Checks what is still alive, and frees it.
  func finish() {
    replayer.finish(on: &backend)
    askedPages = 0
  }

  private func pages(_ block: Int32) -> Int {
    unsafe replayer.block(block).map { unsafe LivePeak.pageCount($0.byteCount) } ?? 0
  }
}
