// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing
import vcbench

@Suite struct ReadPlanTests {
  @Test func cutsFilesIntoRequestsOfWholePagesButTheLast() {
    let plan = ReadPlan(sizes: [0, 1, 8192, 8193, 4096 * 5 + 13], pages: 2)
    #expect(
      plan.requests == [
        ReadRequest(file: 1, offset: 0, byteCount: 1, firstBlock: 0),
        ReadRequest(file: 2, offset: 0, byteCount: 8192, firstBlock: 1),
        ReadRequest(file: 3, offset: 0, byteCount: 8192, firstBlock: 3),
        ReadRequest(file: 3, offset: 8192, byteCount: 1, firstBlock: 5),
        ReadRequest(file: 4, offset: 0, byteCount: 8192, firstBlock: 6),
        ReadRequest(file: 4, offset: 8192, byteCount: 8192, firstBlock: 8),
        ReadRequest(file: 4, offset: 16384, byteCount: 4096 + 13, firstBlock: 10),
      ])
    #expect(plan.requests.map(\.blockCount) == [1, 2, 2, 1, 2, 2, 2])
    #expect(plan.blockCount == 12)
    #expect(plan.byteCount == 1 + 8192 + 8193 + 4096 * 5 + 13)
    #expect(plan.blocks(ofFile: 0).isEmpty)
    #expect(plan.blocks(ofFile: 3) == 3..<6)
  }

  @Test(arguments: [1, 3, 64, 1024])
  func everyBlockIsReadOnce(pages: Int) {
    let plan = ReadPlan(sizes: [10_000_000, 4095, 4096, 4097], pages: pages)
    let blocks = plan.requests.flatMap { $0.firstBlock..<($0.firstBlock + $0.blockCount) }
    #expect(blocks == Array(0..<plan.blockCount))
    #expect(plan.requests.allSatisfy { $0.blockCount <= pages })
  }

  @Test func knowsWhereABlockIs() {
    let plan = ReadPlan(sizes: [4097, 0, 8192], pages: 64)
    let places = (0..<plan.blockCount).map { plan.place(ofBlock: $0) }
    #expect(places.map(\.file) == [0, 0, 2, 2])
    #expect(places.map(\.offset) == [0, 4096, 0, 4096])
  }

  @Test func filesWithoutBytesMakeNoRequest() {
    #expect(ReadPlan(sizes: [0, 0], pages: 64).requests.isEmpty)
  }
}
