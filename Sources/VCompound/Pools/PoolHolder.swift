// This source file is part of the VCompound project.
// Copyright (c) 2026 the VCompound authors.
// SPDX-License-Identifier: Apache-2.0

/// The holder of a page: what was said when it was taken.
///
/// Text of the program itself, so that noting it takes some stores and no memory.
struct PoolHolder: BitwiseCopyable {
  /// The first byte of the label, or 0.
  private var label: UInt
  private var file: UInt
  private var lengths: UInt64

  /// A label alone.
  @inline(__always)
  init(_ label: StaticString) {
    guard label.hasPointerRepresentation else {
      self.label = 0
      file = 0
      lengths = 0
      return
    }
    self.label = unsafe UInt(bitPattern: label.utf8Start)
    lengths = UInt64(truncatingIfNeeded: label.utf8CodeUnitCount & 0xFFFF)
    file = 0
  }

  /// A label, and in checked builds the place in the program.
  @inline(__always)
  init(_ label: StaticString, _ file: StaticString, _ line: UInt) {
    self.init(label)
    if CheckedBuild.isOn, file.hasPointerRepresentation {
      self.file = unsafe UInt(bitPattern: file.utf8Start)
      lengths |= UInt64(truncatingIfNeeded: file.utf8CodeUnitCount & 0xFFFF) << 16
      lengths |= UInt64(truncatingIfNeeded: line & 0xFFFF_FFFF) << 32
    }
  }

  /// The label, or "" where there is none.
  var labelText: String { Self.text(label, Int(lengths & 0xFFFF)) }

  /// The place, as `Module/File.swift:12`, or nil where it was not noted.
  var place: String? {
    file == 0 ? nil : Self.text(file, Int(lengths >> 16 & 0xFFFF)) + ":\(lengths >> 32)"
  }

  private static func text(_ address: UInt, _ count: Int) -> String {
    guard let start = unsafe UnsafePointer<UInt8>(bitPattern: address) else { return "" }
    return unsafe String(
      decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
