// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import VCompound

/// Blocks of allocators that keep a census.
extension MallocRow {
  static let listed = [CensusCoverage.everything, .sampled(every: .kibibytes(16))].flatMap {
    census in
    [
      MallocRow("blocks with labels, \(census)", configure: { $0.census = census }) { allocator in
        var held = roomForPointers(5000)
        return try mallocs {
          for number in 0..<5000 {
            held.append(
              try allocator.allocatePointer(byteCount: ByteCount(1 + number % 9000), label: "a"))
          }
          for number in 0..<100 {
            held[number] = try allocator.reallocatePointer(held[number], byteCount: 20_000)
          }
          allocator.deallocate(all: held)
          _ = try allocator.allocate(byteCount: 70_000, label: "b")
        }
      },
      MallocRow(
        "stitched and refused, \(census)", .mebibytes(8),
        configure: {
          $0.census = census
          $0.mayExchange = false
        }
      ) { allocator in
        let kept = try allocator.fragment { $0 % 2 == 0 }
        let calls = try mallocs {
          let buffer = try allocator.allocate(byteCount: .kibibytes(64), label: "a")
          _ = try? allocator.allocate(byteCount: .mebibytes(5), label: "b")
          _ = consume buffer
        }
        #expect(allocator.census().total.stitches == 1)
        allocator.deallocate(all: kept)
        return calls
      },
    ]
  }
}
