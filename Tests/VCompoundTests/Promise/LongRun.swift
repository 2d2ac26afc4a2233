// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Long runs, which the environment asks for.
enum LongRun {
  /// The requests of a long run, from VCOMPOUND_LONG; nil where none is asked for.
  static var requests: Int? { number("VCOMPOUND_LONG") }

  /// The seed to begin with, from VCOMPOUND_SEED.
  static var seed: UInt64 { UInt64(number("VCOMPOUND_SEED") ?? 1) }

  private static func number(_ name: String) -> Int? {
    getenv(name).flatMap { Int(String(cString: $0)) }
  }

  /// Prints a line at once, so that it is there whatever happens next.
  static func report(_ text: String) {
    print(text)
    fflush(nil)
  }
}
