// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// Where a block is, in one word: the address of its first byte, and in the lowest bits, which an
/// address does not need, what backs it, and a mark for the holder's use.
///
/// What holds many blocks of one size keeps these. All zeroes: no block.
package struct PackedPlace: BitwiseCopyable, Hashable, Sendable {
  private var bits: UInt

  /// The word.
  @inline(__always)
  var rawValue: UInt { bits }

  /// A place, from the word that it was.
  @inline(__always)
  init(rawValue: UInt) { bits = rawValue }

  private static var stitchedFlag: UInt { 1 }
  private static var objectFlag: UInt { 2 }
  private static var markFlag: UInt { 4 }

  /// A block in the linear map that has pages of its own.
  @inline(__always)
  package init(address: UInt) { bits = address }

  /// A block.
  package init(_ block: Block) {
    switch block.place {
    case .contiguous: bits = block.address
    case .stitched: bits = block.address | Self.stitchedFlag
    case .object: bits = block.address | Self.objectFlag
    }
  }

  /// No block.
  @inline(__always)
  package static var none: PackedPlace { PackedPlace(rawValue: 0) }

  /// Whether there is no block.
  @inline(__always)
  package var isNone: Bool { bits == 0 }

  /// Whether the block is stitched.
  @inline(__always)
  package var isStitched: Bool { bits & Self.stitchedFlag != 0 }

  /// Whether the block is an object.
  @inline(__always)
  package var isObject: Bool { bits & Self.objectFlag != 0 }

  /// Whether the block is one run with pages of its own.
  @inline(__always)
  package var isContiguous: Bool { bits & (Self.stitchedFlag | Self.objectFlag) == 0 && bits != 0 }

  /// The first byte.
  @inline(__always)
  package var address: UInt { bits & ~7 }

  /// The same block with a mark.
  @inline(__always)
  package var marked: PackedPlace { PackedPlace(rawValue: bits | Self.markFlag) }

  /// Whether there is a mark.
  @inline(__always)
  package var isMarked: Bool { bits & Self.markFlag != 0 }

  /// The same block without a mark.
  @inline(__always)
  package var unmarked: PackedPlace { PackedPlace(rawValue: bits & ~Self.markFlag) }
}
