// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

package import VCompound

/// An arena that is filled with blocks, freed at random, and then asked for buffers of all sizes.
package struct FragmentDemo: ~Copyable {
  private let allocator: CompoundAllocator
  private var survivors: HeldBlocks

  /// The blocks that the arena was filled with.
  package let blockCount: Int
  /// The blocks that were freed again.
  package let freedCount: Int
  /// The pages that are free now.
  package let freePages: PageCount
  /// The maximal runs of them, before anything is served: what is exchanged is one run afterwards.
  package let scattered: ArenaFragmentation
  /// What they hold of each size, by the other ways to place buffers.
  package let rows: [Usability]

  /// Opens the arena, fills it and frees.
  ///
  /// - Parameters:
  ///   - options: how large, how full, how fragmented.
  ///   - memory: the memory that can be had.
  ///   - watch: called from time to time with the allocator and what has just happened to it.
  /// - Throws: a failure where the arena cannot be opened or filled, or where nothing is free.
  package init(
    _ options: FragmentOptions, memory: MachineMemory = MachineMemory(),
    watch: (CompoundAllocator, String) -> Void = { _, _ in }
  ) throws(CommandFailure) {
    // Whatever is not filled is written to all the same, when it is served as buffers.
    try memory.check(options.size, for: "fragment: the arena", "choose a smaller --size")
    let allocator = try FragmentDemo.open(options)
    var blocks = HeldBlocks(allocator, byteCount: options.block, expected: options.blockCount)
    var progress = Progress("filling the arena")
    defer { progress.finish() }
    for number in 0..<options.blockCount {
      do throws(CompoundError) {
        try blocks.add()
      } catch {
        guard case .mappingBudget = error else {
          throw .input("fragment: cannot fill the arena: \(error)")
        }
        throw .input(
          "fragment: filling the arena meets the mapping limit; choose a smaller --size or a "
            + "larger --block, or raise vm.max_map_count")
      }
      if number & 1023 == 0 { progress.update(number, of: options.blockCount) }
      if FragmentDemo.isMilestone(number, of: options.blockCount) {
        watch(allocator, "Filled with \(Format.count(number + 1, "block"))")
      }
    }
    var generator = SplitMix64(seed: options.seed)
    let freed = options.freed.roundedDown(of: blocks.count)
    for number in 0..<freed {
      blocks.free(1, using: &generator)
      if FragmentDemo.isMilestone(number, of: freed) {
        watch(allocator, "Freed \(Format.count(number + 1, "block")) at random")
      }
    }
    allocator.drain()
    let freePages = allocator.availability(order: PageOrder(0)).freePages
    guard freePages > 0 else {
      throw .usage("fragment: nothing is free; make --freed larger or --fill smaller")
    }
    scattered = allocator.fragmentation
    rows = Usability.sizes.map { Usability($0, in: allocator) }
    self.allocator = allocator
    self.freePages = freePages
    blockCount = options.blockCount
    freedCount = freed
    survivors = blocks
  }

  /// The bytes that are free now.
  package var freeBytes: Int { freePages.byteCount.rawValue }

  /// The figures for buffers of one size.
  package borrowing func prove(
    _ row: Usability, watch: (CompoundAllocator, String) -> Void = { _, _ in }
  ) -> Usability {
    row.proved(on: allocator, watch: watch)
  }

  /// All the free pages as one buffer.
  package borrowing func largest() throws(CompoundError) -> LargestBuffer {
    try LargestBuffer(pages: freePages, in: scattered, on: allocator)
  }

  /// How many of the blocks that were never freed have lost a stamp.
  package borrowing func damagedSurvivors() -> Int { survivors.damaged }

  /// Whether so many eighths of the way are done with this number.
  private static func isMilestone(_ number: Int, of count: Int) -> Bool {
    (number + 1) * 8 / count > number * 8 / count
  }

  private static func open(
    _ options: FragmentOptions
  ) throws(CommandFailure) -> CompoundAllocator {
    var configuration = AllocatorConfiguration()
    configuration.seed = options.seed
    // The demo is alone in its process, so it may use more of the kernel's mappings than a
    // library in a program may: the limit then shows only with extreme options.
    if let left = ProcessMemory.mappingsLeft() { configuration.mappingLimit = left / 4 * 3 }
    do throws(CompoundError) {
      return try CompoundAllocator(
        capacity: ByteCount(options.size), configuration: configuration)
    } catch {
      throw .input("fragment: cannot open an arena of \(Format.size(options.size)): \(error)")
    }
  }
}
