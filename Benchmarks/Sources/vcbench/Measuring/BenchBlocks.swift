// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Blocks of one size that are held for a while, and freed when this leaves scope.
package struct BenchBlocks<Source: BlockSource>: ~Copyable {
  private let source: Source
  private let byteCount: Int

  /// Their addresses.
  package private(set) var addresses: [UInt] = []

  /// Holds nothing yet.
  package init(_ source: Source, byteCount: Int) {
    self.source = source
    self.byteCount = byteCount
  }

  deinit {
    for address in addresses { source.free(address, byteCount: byteCount) }
  }

  /// How many are held.
  package var count: Int { addresses.count }

  /// Takes so many more.
  package mutating func take(_ count: Int) throws(CommandFailure) {
    addresses.reserveCapacity(addresses.count + count)
    for _ in 0..<count {
      addresses.append(UInt(bitPattern: unsafe try source.allocate(byteCount)))
    }
  }

  /// Frees so many, chosen at random.
  package mutating func free(_ count: Int, using generator: inout SplitMix64) {
    for _ in 0..<min(count, addresses.count) {
      addresses.swapAt(generator.below(addresses.count), addresses.count - 1)
      source.free(addresses.removeLast(), byteCount: byteCount)
    }
  }

  /// Frees those of which a function says so.
  package mutating func free(where isUnwanted: (UInt) -> Bool) {
    let kept = addresses.partition(by: isUnwanted)
    for address in addresses[kept...] { source.free(address, byteCount: byteCount) }
    addresses.removeSubrange(kept...)
  }
}
