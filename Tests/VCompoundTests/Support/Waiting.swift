// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Lets time pass.
func sleepFor(milliseconds: UInt32) { usleep(milliseconds * 1000) }

/// Whether something comes true within 30 seconds, however busy the machine is.
func waits(_ isTrue: () -> Bool) -> Bool {
  let deadline = ContinuousClock.now + .seconds(30)
  while !isTrue() {
    if ContinuousClock.now > deadline { return false }
    sleepFor(milliseconds: 1)
  }
  return true
}
