// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

import VCompound

/// A block that is used, all of it resident, and every word of it 1.
@safe
package final class UseBlock {
  private let arena: StitchArena?
  private let buffer: CompoundBuffer

  /// How many words of 8 bytes it has.
  package let wordCount: Int

  private init(_ arena: consuming StitchArena?, _ buffer: consuming CompoundBuffer) {
    wordCount = buffer.byteCount.rawValue / 8
    self.arena = arena
    self.buffer = buffer
    var state: UInt64 = 0
    UseWay.writeInOrder.pass(over: self, &state)
  }

  /// A block in one piece, in an arena of its own.
  package static func contiguous(pageCount: Int) throws(CommandFailure) -> UseBlock {
    let byteCount = pageCount * LivePeak.pageSize
    let source = try CompoundSource(capacity: byteCount, mayExchange: false)
    do throws(CompoundError) {
      return UseBlock(nil, try source.allocator.allocate(byteCount: ByteCount(byteCount)))
    } catch {
      throw CompoundSource.failure(error)
    }
  }

  /// A block stitched from runs of one length, in an arena that has no others free.
  package static func stitched(run: Int, pageCount: Int) throws(CommandFailure) -> UseBlock {
    let plan = StitchPlan(run: run, blockPages: pageCount, blocks: 1)
    // Of single pages it needs more than the usual share of what a process may map.
    let arena = try StitchArena(plan, mappingLimit: plan.runsOfBlock + 16)
    let buffer = try arena.block()
    return UseBlock(arena, buffer)
  }

  /// The lengths of its runs in pages, each once; the block's own where it is contiguous.
  package var runLengths: Set<Int> { Set(buffer.runs.map(\.pageCount.rawValue)) }

  /// How many of its bytes the processor finds by huge pages; nil where the kernel does not tell.
  package var hugeByteCount: Int? {
    let start = unsafe UInt(bitPattern: buffer.baseAddress)
    return HugeMappings.byteCount(in: start..<start + UInt(buffer.byteCount.rawValue))
  }

  /// The first word.
  @unsafe var words: UnsafeMutablePointer<UInt64> {
    unsafe buffer.baseAddress.assumingMemoryBound(to: UInt64.self)
  }
}
