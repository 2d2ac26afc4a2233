// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

@_spi(Measuring) import VCompound

extension CompoundAllocator {
  /// An arena for so many pages, and some more.
  static func forPages(
    _ count: Int, hasMagazines: Bool
  ) throws(CommandFailure) -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    if !hasMagazines { configuration.leaveOut(.pageMagazines) }
    do throws(CompoundError) {
      return try CompoundAllocator(
        capacity: ByteCount((count + 512) * LivePeak.pageSize), configuration: configuration)
    } catch {
      throw .input("cannot open an arena: \(error)")
    }
  }
}
