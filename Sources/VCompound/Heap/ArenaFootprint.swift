// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The memory that an allocator uses, all together: what a limit on the process or its group
/// counts.
public struct ArenaFootprint: Hashable, Sendable {
  /// The arena's, as the kernel counts it: blocks, and what is free and resident.
  public let memory: ByteCount
  /// Tables of frames, blocks, runs, slabs, windows and magazines, as the kernel counts them.
  public let metadata: ByteCount
  /// Page tables of chunks that have lost some of their pages, and of stitched blocks.
  ///
  /// A page for each such chunk, and for each 2 MiB of a window. Those that the kernel needs where
  /// it had no huge page to give are not known.
  public let pageTables: ByteCount

  /// All of it.
  public var total: ByteCount { memory + metadata + pageTables }
}

extension Heap {
  /// See `ArenaFootprint`.
  ///
  /// - Throws: `systemCall`.
  package func footprint() throws(CompoundError) -> ArenaFootprint {
    let split = pages.read { $0.frames.splitCount }
    let tables = split + windows.pageTables
    return ArenaFootprint(
      memory: try arena.residentByteCount(),
      metadata: try system.tables?.residentByteCount(system: system) ?? 0,
      pageTables: PageCount(tables).byteCount)
  }
}
