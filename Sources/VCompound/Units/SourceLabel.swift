// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A label, and the place in the program where it was given: text of the program itself, so that
/// noting it takes some stores and no memory.
///
/// Labels that say the same at different addresses are different values here; whoever shows them
/// compares the texts.
package struct SourceLabel: BitwiseCopyable, Hashable, Sendable {
  private let label: PackedText
  /// The file's name; or a mark, which is no address of a program.
  private let file: PackedText
  private let line: UInt

  private static var markOfCaller: UInt64 { 1 }
  private static var markOfOthers: UInt64 { 2 }

  @inline(__always)
  private init(_ label: PackedText, mark: UInt64 = 0) {
    self.label = label
    file = PackedText(word: mark)
    line = 0
  }

  /// No label, and no place.
  @inline(__always)
  package static var none: SourceLabel { SourceLabel(PackedText(word: 0)) }

  /// What stands for a block that its caller lists, not the heap.
  @inline(__always)
  package static var listedByCaller: SourceLabel {
    SourceLabel(PackedText(word: 0), mark: markOfCaller)
  }

  /// All labels for which there was no room.
  package static var others: SourceLabel { SourceLabel(PackedText(word: 0), mark: markOfOthers) }

  /// A label alone.
  @inline(__always)
  package init(_ label: StaticString) { self.init(PackedText(label)) }

  /// A label and a place.
  @inline(__always)
  package init(_ label: StaticString, _ file: StaticString, _ line: UInt) {
    self.label = PackedText(label)
    self.file = PackedText(file)
    self.line = line
  }

  /// A name, or where that is empty another one.
  package init(_ name: StaticString, ifEmpty other: StaticString) {
    self.init(PackedText(name).isEmpty ? other : name)
  }

  /// The label, or "" where there is none.
  package var text: String {
    file.word == Self.markOfOthers ? "(more labels than are listed)" : label.text
  }

  /// The place, as `Module/File.swift:12`, or nil where it was not noted.
  package var place: String? {
    file.word <= Self.markOfOthers ? nil : "\(file.text):\(line)"
  }

  /// A number to find the label by in a table.
  package var hash: UInt64 {
    (label.word ^ file.word << 20 ^ UInt64(line)) &* 0x9E37_79B9_7F4A_7C15
  }
}
