// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// One of the kernel's cases on one allocator, ready to loop: blocks that it holds meanwhile are
/// there, and are freed when this leaves scope.
///
/// Every block is written to in its first byte, as in the kernel.
package struct VmallocRun<Source: BlockSource>: ~Copyable {
  private let test: VmallocTest
  private let source: Source
  private var generator: SplitMix64
  private var held: BenchBlocks<Source>

  /// The alignment of `fix_align_alloc_test`: twice that of a kernel stack on x86-64.
  private static var fixedAlignment: Int { 32 << 10 }

  private static var page: Int { LivePeak.pageSize }

  /// Prepares a case.
  ///
  /// - Parameters:
  ///   - test: the case.
  ///   - source: where blocks come from.
  ///   - seed: of the random sizes.
  ///   - processors: how many the machine has, on which `full_fit_alloc_test` depends.
  /// - Throws: a failure where memory is refused.
  package init(
    _ test: VmallocTest, _ source: Source, seed: UInt64, processors: Int
  ) throws(CommandFailure) {
    self.test = test
    self.source = source
    generator = SplitMix64(seed: seed)
    held = BenchBlocks(source, byteCount: Self.page)
    switch test {
    case .longBusyList:
      try held.take(VmallocTest.busyBlocks)
    case .fullFit:
      var junk = BenchBlocks(source, byteCount: Self.page)
      for _ in 0..<VmallocTest.pairCount(processors: processors) {
        try held.take(1)
        try junk.take(1)
      }
    default: break
    }
  }

  /// How many blocks are held.
  package var heldBlocks: Int { held.count }

  /// Loops for so many nanoseconds; each loop is one operation.
  package mutating func measure(for budget: UInt64) throws(CommandFailure) -> Lap {
    switch test {
    case .fixSize, .fullFit:
      return try Lap.run(for: budget) { () throws(CommandFailure) in try once(Self.page) }
    case .longBusyList:
      return try Lap.run(for: budget) { () throws(CommandFailure) in
        let large = try take(100 * Self.page)
        let small = try take(Self.page)
        source.free(large, byteCount: 100 * Self.page)
        source.free(small, byteCount: Self.page)
      }
    case .randomSize:
      return try Lap.run(for: budget) { () throws(CommandFailure) in
        try once((generator.below(100) + 1) * Self.page)
      }
    case .fixAlign:
      return try Lap.run(for: budget) { () throws(CommandFailure) in
        try once(5 * Self.page, alignment: Self.fixedAlignment, zeroed: true)
      }
    case .randomSizeAlign:
      return try Lap.run(for: budget) { () throws(CommandFailure) in
        let chance = Int(generator.next() & 0xFF)
        try once((chance % 10 + 1) * Self.page, alignment: 1 << (chance % 23), zeroed: true)
      }
    }
  }

  @inline(__always)
  private func once(
    _ byteCount: Int, alignment: Int = LivePeak.pageSize, zeroed: Bool = false
  ) throws(CommandFailure) {
    source.free(
      try take(byteCount, alignment: alignment, zeroed: zeroed), byteCount: byteCount)
  }

  /// Takes a block and writes its first byte.
  @inline(__always)
  private func take(
    _ byteCount: Int, alignment: Int = LivePeak.pageSize, zeroed: Bool = false
  ) throws(CommandFailure) -> UInt {
    let block = unsafe try source.allocate(byteCount, alignment: alignment, zeroed: zeroed)
    unsafe block.storeBytes(of: 1, as: UInt8.self)
    return UInt(bitPattern: block)
  }
}
