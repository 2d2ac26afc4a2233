// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// How much may become resident so that a request need not be stitched.
@Suite struct SlackTests {
  private func room(
    used: PageCount, resident: PageCount, request: PageCount = 0, slack: Double
  ) -> PageCount {
    var residency = Residency()
    residency.add(resident)
    residency.noteUsed(free: resident - used)
    return residency.room(for: request, free: resident - used, slack: slack)
  }

  /// A heap smaller than a chunk gets one more, though a fifth of it is less.
  @Test(arguments: [1, 100, 400, 511])
  func aSmallHeapMayHaveAChunkMore(used: Int) {
    #expect(room(used: PageCount(used), resident: 512, slack: 0.2) == 512)
    #expect(room(used: PageCount(used), resident: 1024, slack: 0.2) == 0)
  }

  @Test func aLargeHeapMayHaveItsShareMore() {
    #expect(room(used: 51_200, resident: 51_200, slack: 0.2) == 10_240)
    #expect(room(used: 51_200, resident: 61_440, slack: 0.2) == 0)
    #expect(room(used: 51_200, resident: 51_200, request: 100, slack: 0.2) == 10_360)
  }

  @Test(arguments: [1, 511, 51_200])
  func withoutSlackThereIsNone(used: Int) {
    let whole = PageCount((used + 511) / 512 * 512)
    #expect(room(used: PageCount(used), resident: whole, request: 0, slack: 0) == 0)
  }
}
