// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A text of the program itself in one word: where it begins, and in the highest 16 bits, which an
/// address of a program does not need, how many bytes it has.
///
/// One store notes it, one load reads it, and no reader sees half of one and half of another.
struct PackedText: BitwiseCopyable {
  /// The word; 0 for no text.
  let word: UInt64

  /// A text from the word that it was.
  init(word: UInt64) { self.word = word }

  /// A text; of a length of less than 64 KiB.
  @inline(__always)
  init(_ text: StaticString) {
    guard text.hasPointerRepresentation else {
      word = 0
      return
    }
    let start = unsafe UInt64(UInt(bitPattern: text.utf8Start))
    word = start & (1 << 48 - 1) | UInt64(truncatingIfNeeded: text.utf8CodeUnitCount) << 48
  }

  /// The text, "" where there is none.
  var text: String {
    guard let start = unsafe UnsafePointer<UInt8>(bitPattern: UInt(word & (1 << 48 - 1))) else {
      return ""
    }
    return unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: Int(word >> 48)), as: UTF8.self)
  }
}

/// The holder of a page: what was said when it was taken.
///
/// Text of the program itself, so that noting it takes a store or some, and no memory.
struct PoolHolder: BitwiseCopyable {
  let label: PackedText
  /// Where in the program; noted in checked builds.
  let origin: PoolOrigin

  /// A label alone.
  @inline(__always)
  init(_ label: StaticString) {
    self.label = PackedText(label)
    origin = PoolOrigin(file: PackedText(word: 0), line: 0)
  }

  /// A label, and in checked builds the place in the program.
  @inline(__always)
  init(_ label: StaticString, _ file: StaticString, _ line: UInt) {
    self.label = PackedText(label)
    origin =
      CheckedBuild.isOn
      ? PoolOrigin(file: PackedText(file), line: line)
      : PoolOrigin(file: PackedText(word: 0), line: 0)
  }
}

/// Where in the program a page was taken.
struct PoolOrigin: BitwiseCopyable {
  let file: PackedText
  let line: UInt

  /// As `Module/File.swift:12`, or nil where it was not noted.
  var text: String? { file.word == 0 ? nil : "\(file.text):\(line)" }
}
