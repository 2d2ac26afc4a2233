// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Where a block is, in one word: the address of its first byte, and in the lowest bits, which a
/// page's address does not need, whether it is stitched, and a mark that its holder uses.
///
/// What holds many blocks of one size keeps these. All zeroes: no block.
package struct PackedPlace: BitwiseCopyable, Hashable, Sendable {
  private var bits: UInt

  /// A block in the linear map, or in a window.
  @inline(__always)
  package init(address: UInt, isStitched: Bool) {
    bits = address | (isStitched ? 1 : 0)
  }

  /// A block.
  package init(_ block: Block) {
    if case .stitched = block.place {
      self.init(address: block.address, isStitched: true)
    } else {
      self.init(address: block.address, isStitched: false)
    }
  }

  /// No block.
  @inline(__always)
  package static var none: PackedPlace { PackedPlace(address: 0, isStitched: false) }

  /// Whether there is no block.
  @inline(__always)
  package var isNone: Bool { bits == 0 }

  /// Whether the block is stitched.
  @inline(__always)
  package var isStitched: Bool { bits & 1 != 0 }

  /// The first byte.
  @inline(__always)
  package var address: UInt { bits & ~3 }

  /// The same block with a mark.
  @inline(__always)
  var marked: PackedPlace {
    var place = self
    place.bits |= 2
    return place
  }

  /// Whether there is a mark.
  @inline(__always)
  var isMarked: Bool { bits & 2 != 0 }

  /// The same block without a mark.
  @inline(__always)
  var unmarked: PackedPlace {
    var place = self
    place.bits &= ~2
    return place
  }
}
