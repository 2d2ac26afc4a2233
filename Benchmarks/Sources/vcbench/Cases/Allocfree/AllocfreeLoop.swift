// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

@_spi(Measuring) import VCompound

/// Allocates and frees blocks of one size with natural alignment, untouched.
enum AllocfreeLoop {
  /// VCompound, perhaps without one of its layers.
  static func run(_ task: WorkerTask) throws(CommandFailure) -> Lap {
    var configuration = AllocatorConfiguration()
    configuration.fallback = .whenNeeded
    if let layer = MeasuredLayer(rawValue: task.without.rawValue) { configuration.leaveOut(layer) }
    let allocator: CompoundAllocator
    do throws(CompoundError) {
      allocator = try CompoundAllocator(
        capacity: ByteCount(WarmLoop.capacity), configuration: configuration)
    } catch {
      throw CompoundSource.failure(error)
    }
    let byteCount = ByteCount(task.byteCount)
    let budget = task.nanoseconds
    return try WarmLoop.onThreads(task.threads) { () throws(CommandFailure) in
      try Lap.run(for: budget) { () throws(CommandFailure) in
        do throws(CompoundError) {
          unsafe allocator.deallocate(try allocator.allocatePointer(byteCount: byteCount))
        } catch {
          throw CompoundSource.failure(error)
        }
      }
    }
  }
}
