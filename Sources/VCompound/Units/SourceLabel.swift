// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// A label, and the place in the program where it was given: text of the program itself, so that
/// noting it takes some stores and no memory.
///
/// Labels that say the same at different addresses are different values here; whoever shows them
/// compares the texts.
package struct SourceLabel: BitwiseCopyable, Hashable, Sendable {
  /// The first byte of the label, or 0.
  private var label: UInt
  /// The first byte of the file's name, or 0; or a mark that is no address.
  private var file: UInt
  /// From the lowest bit: the label's length, the file's, the line.
  private var lengths: UInt64

  private static var markOfHeap: UInt { 1 }
  private static var markOfOthers: UInt { 2 }

  private init(mark: UInt) {
    label = 0
    file = mark
    lengths = 0
  }

  /// No label, and no place.
  @inline(__always)
  package static var none: SourceLabel { SourceLabel(mark: 0) }

  /// What stands for a block that its caller lists, not the heap.
  @inline(__always)
  package static var listedByCaller: SourceLabel { SourceLabel(mark: markOfHeap) }

  /// All labels for which there was no room.
  package static var others: SourceLabel { SourceLabel(mark: markOfOthers) }

  /// A label alone.
  @inline(__always)
  package init(_ label: StaticString) {
    self.init(mark: 0)
    guard label.hasPointerRepresentation else { return }
    self.label = unsafe UInt(bitPattern: label.utf8Start)
    lengths = UInt64(truncatingIfNeeded: min(label.utf8CodeUnitCount, 0xFFFF))
  }

  /// A label and a place.
  @inline(__always)
  package init(_ label: StaticString, _ file: StaticString, _ line: UInt) {
    self.init(label)
    guard file.hasPointerRepresentation else { return }
    self.file = unsafe UInt(bitPattern: file.utf8Start)
    lengths |= UInt64(truncatingIfNeeded: min(file.utf8CodeUnitCount, 0xFFFF)) << 16
    lengths |= UInt64(truncatingIfNeeded: line & 0xFFFF_FFFF) << 32
  }

  /// A name, or where that is empty another one.
  package init(_ name: StaticString, ifEmpty other: StaticString) {
    self.init(name)
    if lengths == 0 { self.init(other) }
  }

  /// The label, or "" where there is none.
  package var text: String {
    file == Self.markOfOthers
      ? "(more labels than are listed)" : Self.text(label, Int(lengths & 0xFFFF))
  }

  /// The place, as `Module/File.swift:12`, or nil where it was not noted.
  package var place: String? {
    file <= Self.markOfOthers
      ? nil : Self.text(file, Int(lengths >> 16 & 0xFFFF)) + ":\(lengths >> 32)"
  }

  /// A number to find the label by in a table.
  package var hash: UInt64 {
    (UInt64(label) ^ UInt64(file) << 20 ^ lengths) &* 0x9E37_79B9_7F4A_7C15
  }

  private static func text(_ address: UInt, _ count: Int) -> String {
    guard let start = unsafe UnsafePointer<UInt8>(bitPattern: address) else { return "" }
    return unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
