// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// VCompound through its pointer interface.
package struct CompoundBackend: ReplayBackend, ~Copyable {
  /// The arena, for who looks at it.
  package let allocator: CompoundAllocator
  private var refusal: CompoundError?

  /// Opens an arena.
  ///
  /// - Parameters:
  ///   - capacity: its bytes.
  ///   - upkeep: what a thread of the allocator's does; nil for none.
  /// - Throws: why it cannot be opened.
  package init(capacity: Int, upkeep: ArenaUpkeep? = nil) throws(CompoundError) {
    var configuration = AllocatorConfiguration()
    configuration.upkeep = upkeep
    allocator = try CompoundAllocator(
      capacity: ByteCount(capacity), configuration: configuration)
  }

  package mutating func allocate(byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    do throws(CompoundError) {
      return unsafe try allocator.allocatePointer(
        byteCount: ByteCount(byteCount), alignment: ByteCount(alignment))
    } catch {
      refusal = refusal ?? error
      return nil
    }
  }

  package mutating func reallocate(
    _ block: UnsafeMutableRawPointer, from oldByteCount: Int, to byteCount: Int
  ) -> UnsafeMutableRawPointer? {
    do throws(CompoundError) {
      return unsafe try allocator.reallocatePointer(block, byteCount: ByteCount(byteCount))
    } catch {
      refusal = refusal ?? error
      return nil
    }
  }

  package mutating func free(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe allocator.deallocate(block, byteCount: ByteCount(byteCount))
  }

  package var counters: BackendCounters? {
    let statistics = allocator.statistics
    let resident = (try? allocator.residentByteCountOfKernel()) ?? statistics.resident
    return BackendCounters(
      contiguous: statistics.contiguousAllocations,
      exchanged: statistics.exchangedAllocations,
      stitched: statistics.stitchedAllocations,
      runs: statistics.stitchedRuns,
      mappingsPeak: statistics.mappingsPeak,
      peakResident: statistics.peakResident.rawValue, resident: resident.rawValue)
  }

  package func map(pagesPerCell: PageCount) -> ArenaMap? {
    allocator.map(pagesPerCell: pagesPerCell)
  }

  package var firstRefusal: String? { refusal?.description }
}
