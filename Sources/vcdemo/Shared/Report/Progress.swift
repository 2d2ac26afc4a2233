// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One line on the terminal that is rewritten while long work goes on.
///
/// Nothing is shown before the work has taken a second, nor where standard error is no terminal.
package struct Progress {
  private static let delay: UInt64 = 1_000_000_000
  private static let interval: UInt64 = 100_000_000

  private let what: String
  private let isOn: Bool
  private var next: UInt64
  private var isShown = false

  /// Starts the work called `what`.
  package init(_ what: String) {
    self.what = what
    isOn = StandardError.isTerminal
    next = Clock.now() + Progress.delay
  }

  /// Says how far the work is, if it is time to.
  ///
  /// - Parameters:
  ///   - done: the steps done.
  ///   - total: all the steps.
  ///   - now: the time, where the caller knows it anyway.
  package mutating func update(_ done: Int, of total: Int, now: UInt64 = Clock.now()) {
    guard isOn, now >= next, total > 0 else { return }
    next = now + Progress.interval
    isShown = true
    Signals.setProgress(isShown: true)
    StandardError.write("\r\u{1B}[K\(what): \(done * 100 / total) %")
  }

  /// Wipes the line.
  package mutating func finish() {
    guard isShown else { return }
    isShown = false
    Signals.setProgress(isShown: false)
    StandardError.write("\r\u{1B}[K")
  }
}
