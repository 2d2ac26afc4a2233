// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// What the fragmentation demo is asked to do.
package struct FragmentOptions: Equatable, Sendable {
  /// The bytes of the arena where nothing else is asked for.
  ///
  /// Where every block is stitched, those that the arena is filled with take mappings too: it is
  /// smaller there, so that the demo stays far from the kernel's limit.
  package static let defaultSize = CompoundAllocator.isFallbackAlways ? 64 << 20 : 256 << 20

  /// The bytes of the arena.
  package var size = FragmentOptions.defaultSize
  /// The seed of all random choices.
  package var seed: UInt64 = 1
  /// The share of the arena that is filled first.
  package var fill = Ratio(millionths: Ratio.one)
  /// The bytes of the blocks it is filled with.
  package var block = 16 << 10
  /// The share of those blocks that is freed again.
  package var freed = Ratio(millionths: Ratio.one / 2)
  /// Whether the report is a JSON document.
  package var json = false
  /// The file for the page.
  package var html: String?

  /// Options as they are by default.
  package init() {}

  /// Reads the command line.
  package init(_ arguments: inout Arguments) throws(CommandFailure) {
    json = try arguments.flag("--json")
    size = try arguments.value("--size", Values.size) ?? size
    seed = try arguments.value("--seed", Values.seed) ?? seed
    fill = try arguments.value("--fill", Values.share) ?? fill
    block = try arguments.value("--block", Values.size) ?? block
    freed = try arguments.value("--freed", Values.share) ?? freed
    html = try arguments.value("--html", Values.file)
    try arguments.finish()
    if block > size { throw arguments.failure("--block is larger than --size") }
  }

  /// How many blocks fill the arena as far as was asked for.
  package var blockCount: Int {
    fill.roundedDown(of: size) / LivePeak.pageSize / blockPages
  }

  /// The pages of a block.
  var blockPages: Int {
    block / LivePeak.pageSize + (block % LivePeak.pageSize == 0 ? 0 : 1)
  }
}
