// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// On which processors a thread may run.
enum Processors {
  /// The processors that the calling thread may run on, by number.
  static func allowed() -> [Int] {
    var set = cpu_set_t()
    guard unsafe sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &set) == 0 else { return [] }
    return unsafe withUnsafeBytes(of: &set) { bytes in
      (0..<bytes.count * 8).filter { unsafe bytes[$0 / 8] & 1 << ($0 % 8) != 0 }
    }
  }

  /// Has the calling thread run on these processors only.
  static func allow(_ numbers: [Int]) {
    var set = cpu_set_t()
    unsafe withUnsafeMutableBytes(of: &set) { bytes in
      for number in numbers { unsafe bytes[number / 8] |= 1 << (number % 8) }
    }
    _ = unsafe sched_setaffinity(0, MemoryLayout<cpu_set_t>.size, &set)
  }
}
