// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import vcbench

@Suite struct RelayTests {
  /// A consumer that looks only now and then sees the end of each burst: the next one does not
  /// begin before.
  @Test(.timeLimit(.minutes(1))) func noBurstBeginsBeforeTheLastWasSeenToEnd() throws {
    let relay = Relay<MallocPage>()
    let consumer = try BenchThreads(1) { _ in
      while relay.waitForBurst() {
        // It has dealt with everything, as far as it knows, and is kept from its processor.
        while !relay.isOver(after: 0) { usleep(2000) }
      }
      relay.setDone()
    }
    for burst in 1...20 {
      relay.begin(burst)
      usleep(500)
      relay.end(after: 0)
    }
    relay.finish()
    consumer.keep()
    _ = consume consumer
  }
}
