// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

@Suite struct SlabTests {
  @Test(arguments: [1, 2, 63, 64, 65, 128, 511, 512])
  func aSlabGivesEveryObjectOnceLowestFirst(capacity: Int) {
    var slab = Slab(capacity: capacity)
    var taken: [Int] = []
    while true {
      let count = slab.take(atMost: 7) { taken.append($0) }
      if count == 0 { break }
    }
    #expect(taken == Array(0..<capacity))
    #expect(slab.free == 0)
    for index in taken.reversed() {
      #expect(!slab.contains(index))
      let isPut = slab.put(index)
      #expect(isPut && slab.contains(index))
      let isPutTwice = slab.put(index)
      #expect(!isPutTwice)
    }
    #expect(slab.free == UInt16(capacity))
  }

  @Test(arguments: [1, 16])
  func slabsPackWell(longest: Int) {
    for kind in 0..<SizeClass.count {
      let shape = SlabShape(kind: kind, longest: longest, depotBytes: 65536)
      let size = SizeClass.byteCount(kind)
      guard longest == 16 || size <= 4096 else { continue }
      #expect(shape.byteCount == size)
      #expect((1...longest).contains(shape.pageCount.rawValue))
      let bytes = shape.pageCount.byteCount.rawValue
      let capacity = shape.capacity(shape.pageCount)
      #expect(capacity == bytes / size && capacity <= Slab.largestCapacity)
      #expect(longest == 1 || (bytes - capacity * size) * 12 <= bytes, "\(size)")
      for pages in 1...16 {
        #expect(shape.capacity(PageCount(pages)) == pages * 4096 / size)
      }
      #expect(shape.magazineLimit >= 2 && shape.magazineLimit <= ObjectMagazines.largestCapacity)
      for offset in 0..<bytes where shape.index(ofByte: offset) != offset / size {
        Issue.record("byte \(offset) of a slab of \(size) bytes")
        return
      }
    }
  }
}
