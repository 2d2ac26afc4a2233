// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Heap {
  /// Takes the memory of one extent of a region.
  ///
  /// - Parameters:
  ///   - pageCount: its size, 1 ... the capacity.
  ///   - alignment: in bytes, a power of two from a page to 1 GiB.
  ///   - isOptional: whether the region can do with less: then nothing is reclaimed for it, and a
  ///     refusal does not count.
  ///   - label: names the block in the census.
  /// - Returns: the block, which a buffer owns.
  /// - Throws: as `allocate`.
  package func allocateExtent(
    _ pageCount: PageCount, alignment: ByteCount, isOptional: Bool, _ label: SourceLabel
  ) throws(CompoundError) -> Block {
    attachThreadCache()
    keepSoftLimit(pageCount.byteCount)
    var request = try request(pageCount.byteCount, alignment: alignment, .buffer)
    request.stitching = policy.stitching(pageCount: pageCount)
    guard isOptional else { return listed(try allocatePages(request, label), label) }
    request.patience = .atOnce
    do throws(CompoundError) {
      return listed(try allocatePages(request, .listedByCaller), label)
    } catch {
      pages.withLock { $0.refusals.note(error, pageCount, -1) }
      throw error
    }
  }

  private func listed(_ block: Block, _ label: SourceLabel) -> Block {
    if policy.hasCensus { enterCensus(block, label) }
    return block
  }
}
