// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A text of the program itself in one word: where it begins, and in the highest 16 bits, which an
/// address of a program does not need, how many bytes it has.
///
/// One store notes it, one load reads it, and no reader sees half of one and half of another.
package struct PackedText: BitwiseCopyable, Hashable, Sendable {
  /// The word; 0 for no text.
  package let word: UInt64

  /// A text from the word that it was.
  @inline(__always)
  package init(word: UInt64) { self.word = word }

  /// A text; of a length of less than 64 KiB.
  @inline(__always)
  package init(_ text: StaticString) {
    guard text.hasPointerRepresentation else {
      word = 0
      return
    }
    let start = unsafe UInt64(UInt(bitPattern: text.utf8Start))
    word = start & (1 << 48 - 1) | UInt64(truncatingIfNeeded: text.utf8CodeUnitCount) << 48
  }

  /// Whether there is no text, or an empty one.
  package var isEmpty: Bool { word >> 48 == 0 }

  /// The text, "" where there is none.
  package var text: String {
    guard let start = unsafe UnsafePointer<UInt8>(bitPattern: UInt(word & (1 << 48 - 1))) else {
      return ""
    }
    return unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: Int(word >> 48)), as: UTF8.self)
  }
}
