// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What the kernel had to do to make this process's memory resident.
enum PageFaults {
  /// The page faults of the process so far, those that read from a disk among them.
  static func count() -> Int {
    var usage = rusage()
    guard unsafe getrusage(RUSAGE_SELF, &usage) == 0 else { return 0 }
    return usage.ru_minflt + usage.ru_majflt
  }
}
