// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How fast events come: so many times as fast as in the program that was recorded.
struct Pace {
  private let factor: Double
  private let start = Clock.now()

  /// Begins now.
  init(_ ratio: Ratio) { factor = Double(ratio.millionths) / Double(Ratio.one) }

  /// Waits until the time of an event has come.
  func wait(for time: UInt64) {
    let due = Double(time) / factor
    while true {
      let left = due - Double(Clock.now() &- start)
      guard left > 0 else { return }
      // Threads sleep some ten microseconds too long; the rest is waited for at work.
      if left > 200_000 { usleep(UInt32(min(left / 1000 - 100, 100_000))) }
    }
  }
}
