// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

@_spi(Measuring) package import VCompound

/// VCompound through its pointer interface, the size left out when a block is freed, as with
/// malloc.
package struct CompoundSource: BlockSource {
  /// Where the blocks come from.
  package let allocator: CompoundAllocator

  /// Hands out blocks of an allocator.
  package init(_ allocator: CompoundAllocator) {
    self.allocator = allocator
  }

  /// Opens an arena that stitches when it has to, whatever the build says.
  ///
  /// - Parameters:
  ///   - byteCount: its capacity.
  ///   - counts: counts the system calls.
  ///   - keepsWindows: whether windows of freed blocks are kept for blocks of the same size; else
  ///     they are torn down at once.
  ///   - mayExchange: whether scattered memory may be exchanged.
  ///   - mappingLimit: the most mappings for stitched blocks; nil for the usual share.
  ///   - upkeep: what a thread of the allocator's does; nil for none.
  /// - Throws: a failure where it cannot be opened.
  package init(
    capacity byteCount: Int, counts: SystemCallCounts? = nil, keepsWindows: Bool = true,
    mayExchange: Bool = true, mappingLimit: Int? = nil, upkeep: ArenaUpkeep? = nil
  ) throws(CommandFailure) {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    if let counts { configuration.countSystemCalls(by: counts) }
    configuration.mayExchange = mayExchange
    configuration.mappingLimit = mappingLimit
    configuration.upkeep = upkeep
    if !keepsWindows { configuration.keepNoWindows() }
    do throws(CompoundError) {
      allocator = try CompoundAllocator(
        capacity: ByteCount(byteCount), configuration: configuration)
    } catch {
      throw .input("cannot open an arena of \(Format.size(byteCount)): \(error)")
    }
  }

  @inline(__always)
  package func allocate(
    _ byteCount: Int, alignment: Int, zeroed: Bool
  ) throws(CommandFailure) -> UnsafeMutableRawPointer {
    do throws(CompoundError) {
      return unsafe try allocator.allocatePointer(
        byteCount: ByteCount(byteCount), alignment: ByteCount(alignment), zeroed: zeroed)
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  @inline(__always)
  package func free(_ block: UnsafeMutableRawPointer, byteCount: Int) {
    unsafe allocator.deallocate(block)
  }

  /// The failure that ends a benchmark whose request was refused.
  @inline(never)
  package static func failure(_ error: some Error) -> CommandFailure {
    .input("VCompound refused a request: \(error)")
  }
}

extension Lap {
  /// The same with the library's errors.
  @inline(__always)
  package static func run<Failure: Error>(
    for budget: UInt64, _ body: () throws(Failure) -> Void
  ) throws(Failure) -> Lap {
    do throws(CommandFailure) {
      return try run(for: budget) { () throws(CommandFailure) in
        do throws(Failure) {
          try body()
        } catch {
          throw CompoundSource.failure(error)
        }
      }
    } catch {
      preconditionFailure(error.message)
    }
  }
}
