// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// What the census knows of one block.
///
/// All zeroes: of none.
package struct CensusEntry: BitwiseCopyable {
  /// The first byte of the block.
  package var address: UInt = 0
  /// The bytes that were asked for.
  package var asked: ByteCount = 0
  /// When the block was allocated, by `readCoarseClock`.
  package var time = 0
  /// How many blocks this one stands for, itself included.
  package var weight: Float = 1
  /// The runs of frames that a stitched block is mapped from; 0 for one in one piece.
  package var stitchedRuns: UInt32 = 0
  /// The entry behind it in its list, plus one.
  var next: UInt32 = 0
  /// The number of its site.
  var site: UInt16 = 0
  /// The bytes of the object's place in its slab; 0 for a block that has pages of its own.
  private var objectBytes: UInt16 = 0

  package init(
    address: UInt, asked: ByteCount, objectBytes: Int, stitchedRuns: Int, weight: Float = 1,
    time: Int = 0
  ) {
    self.address = address
    self.asked = asked
    self.objectBytes = UInt16(objectBytes)
    self.stitchedRuns = UInt32(stitchedRuns)
    self.weight = weight
    self.time = time
  }

  /// Whether several mappings make the block.
  package var isStitched: Bool { stitchedRuns > 0 }

  /// The runs of frames behind it.
  package var runs: Int { max(1, Int(stitchedRuns)) }

  /// The bytes that nobody else can have: whole pages, or a place in a slab.
  package var held: ByteCount {
    objectBytes > 0 ? ByteCount(Int(objectBytes)) : PageCount(covering: asked).byteCount
  }

  /// Takes over what may have changed of a block that was resized.
  package mutating func update(_ block: CensusEntry) {
    address = block.address
    asked = block.asked
    objectBytes = block.objectBytes
    stitchedRuns = block.stitchedRuns
  }
}
