// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcdemo

@Suite struct MappedArrayTests {
  @Test func keepsWhatIsWritten() throws {
    var array = try MappedArray(repeating: 7, count: 3000)
    let count = array.count
    #expect(count == 3000)
    array[0] = 1
    array[2999] = 2
    let values = [array[0], array[1], array[2998], array[2999]]
    #expect(values == [1, 7, 7, 2])
  }

  @Test func mayBeEmpty() throws {
    let array = try MappedArray(repeating: 0, count: 0)
    let count = array.count
    #expect(count == 0)
  }

  @Test func whatCannotBeMappedIsAFailure() {
    let failure = #expect(throws: CommandFailure.self) {
      _ = try MappedArray(repeating: UInt8(0), count: 1 << 60)
    }
    #expect(failure?.message.hasSuffix(": Cannot allocate memory") == true)
  }
}
