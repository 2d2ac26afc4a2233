// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct SpreadTests {
  @Test func takesTheMiddle() {
    let odd = Spread([3, 9, 1])
    #expect([odd.median, odd.least, odd.most] == [3, 1, 9])
    let even = Spread([4, 1, 2, 100])
    #expect([even.median, even.least, even.most] == [3, 1, 100])
    let one = Spread([7])
    #expect([one.median, one.least, one.most] == [7, 7, 7])
  }

  @Test func multipliesForTheGeometricMean() throws {
    let mean = try #require(Spread.geometricMean([0.5, 2, 8]))
    #expect((mean - 2).magnitude < 1e-12)
    #expect(Spread.geometricMean([]) == nil)
    #expect(Spread.geometricMean([1, 0]) == nil)
  }

  @Test func choosesTheWordInBrackets() {
    #expect(HostFacts.chosen("always [madvise] never") == "madvise")
    #expect(HostFacts.chosen("none") == "none")
    #expect(HostFacts.current().cpus > 0)
    #expect(HostFacts.current().pageSize == 4096)
  }
}
