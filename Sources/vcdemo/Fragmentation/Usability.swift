// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// How much of the free memory can be had as buffers of one size, by three ways to place them.
package struct Usability: Equatable, Sendable {
  /// The bytes of a buffer.
  package let byteCount: Int
  /// The most buffers that anybody can get out of so much free memory.
  package let possible: Int
  /// The buffers that a classic buddy can serve: the aligned blocks.
  package let buddy: Int
  /// The buffers that a placement in any contiguous run can serve.
  package let anyRun: Int
  /// The buffers that VCompound did serve.
  package var compound = 0
  /// The buffers that had lost a stamp when all were there.
  package var damaged = 0
  /// Why VCompound served no more, where it did not serve all.
  package var refusal: String?
  /// Whether the reason was the limit on mappings.
  package var metMappingLimit = false

  /// The sizes of the table: every power of two from a page to 64 MiB.
  package static let sizes = (12...26).map { 1 << $0 }

  /// Whether VCompound served all that is possible, and every buffer had memory of its own.
  package var isWhole: Bool { compound == possible && damaged == 0 }

  /// Whether a buffer fits into the free memory at all.
  package var isApplicable: Bool { possible > 0 }

  /// Makes a row of known figures.
  package init(byteCount: Int, possible: Int, buddy: Int, anyRun: Int) {
    self.byteCount = byteCount
    self.possible = possible
    self.buddy = buddy
    self.anyRun = anyRun
  }

  /// Computes what the free memory of an allocator that was drained holds of one size, before any
  /// of it is served.
  package init(_ byteCount: Int, in allocator: CompoundAllocator) {
    let pages = PageCount(covering: ByteCount(byteCount))
    let availability = allocator.availability(order: PageOrder(covering: pages))
    self.init(
      byteCount: byteCount, possible: availability.freePages.rawValue / pages.rawValue,
      buddy: availability.alignedBlocks, anyRun: availability.anyRunBlocks)
  }

  /// Adds what VCompound can serve, which is not computed but proved: the buffers are allocated,
  /// all at the same time, stamped, checked and freed.
  package func proved(
    on allocator: CompoundAllocator, watch: (CompoundAllocator, String) -> Void
  ) -> Usability {
    var row = self
    var buffers = HeldBlocks(allocator, byteCount: byteCount, expected: possible)
    do throws(CompoundError) {
      for _ in 0..<possible { try buffers.add() }
    } catch {
      row.refusal = error.description
      if case .mappingBudget = error { row.metMappingLimit = true }
    }
    row.compound = buffers.count
    let count = Format.count(buffers.count, "buffer")
    watch(allocator, "Served \(count) of \(Format.size(byteCount))")
    row.damaged = buffers.damaged
    return row
  }
}
