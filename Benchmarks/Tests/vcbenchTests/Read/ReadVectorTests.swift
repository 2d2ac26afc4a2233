// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct ReadVectorTests {
  /// Short reads: what is left begins where they ended, also inside a page.
  @Test func goesOnWhereAShortReadEnded() {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: 300, alignment: 8)
    defer { memory.deallocate() }
    var vector = ReadVector(capacity: 3)
    for index in 0..<3 { vector.append(memory + 100 * index, byteCount: 100) }
    var left: [Int] = []
    for step in [30, 70, 150, 49, 1] {
      vector.advance(by: step)
      left.append(vector.bytesLeft)
    }
    #expect(left == [270, 200, 50, 1, 0])
    vector.removeAll()
    vector.append(memory, byteCount: 1)
    let again = vector.bytesLeft
    #expect(again == 1)
  }
}
