// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

extension Heap {
  /// Takes a block whose frames are mapped twice, one behind the other: a byte that far behind the
  /// block's end is the same as in the block.
  ///
  /// A stitched block in all else, also where its frames are one run: they go to transit and into a
  /// window, and `free` takes it. It must not be resized.
  ///
  /// - Parameters:
  ///   - byteCount: rounded up to pages, up to the capacity.
  ///   - label: names the block in the census.
  /// - Returns: the block, which a buffer owns; of whole pages.
  /// - Throws: as `allocate`; `mappingBudget` also where there are no mappings for one run.
  package func allocateMirrored(
    _ byteCount: ByteCount, _ label: SourceLabel
  ) throws(CompoundError) -> Block {
    attachThreadCache()
    keepSoftLimit(byteCount)
    let size = try request(byteCount, alignment: .page, .buffer).pageCount
    var request = try request(size.byteCount, alignment: .page, .buffer)
    request.isMirrored = true
    request.stitching = policy.stitching(pageCount: size)
    let block = try allocatePages(request, label)
    if policy.hasCensus { enterCensus(block, label) }
    return block
  }
}
